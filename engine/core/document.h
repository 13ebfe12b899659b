#pragma once
#include <string>

#include "core/error.h"
#include "core/geometry.h"
#include "core/json.h"

namespace roundel {

/// Returns read(). Where the JSON is not of the form that `read` wants (a field missing, of another type, out of range), throws
/// Error(BadInput, "bad-document") that says what was being read, e.g. "mask": a damaged document is no defect of ours.
template <class Read>
auto readDocument(const std::string& what, const Read& read) {
  try {
    return read();
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::BadInput, "bad-document", "The " + what + " in a document is damaged (" + error.what() + ").");
  }
}

/// [x, y, z], none below 0, at most 2^40 pixels in all. Throws Error(BadInput, "bad-document").
Size sizeFromJson(const Json& json);

}  // namespace roundel
