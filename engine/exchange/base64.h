#pragma once
#include <string>
#include <string_view>

namespace roundel {

/// RFC 4648, with padding; white space is passed over. Throws Error(BadInput, "bad-base64").
std::string fromBase64(std::string_view text);
std::string toBase64(std::string_view bytes);

}  // namespace roundel
