#include "core/error.h"

#include <utility>

namespace roundel {

Error::Error(ErrorKind kind, std::string code, const std::string& message) : Error(kind, std::move(code), message, Details{}) {}

Error::Error(ErrorKind kind, std::string code, const std::string& message, Details details)
    : std::runtime_error(message), m_kind(kind), m_code(std::move(code)), m_details(std::move(details)) {}

}  // namespace roundel
