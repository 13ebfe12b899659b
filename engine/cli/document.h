#pragma once
#include <string>
#include <vector>

#include "core/error.h"
#include "core/job.h"

namespace roundel::cli {

/// The one document a verb writes with --json (reference/CLI.md, "The document").
struct Document {
  std::string verb;
  Json result = nullptr;
  std::vector<Warning> warnings = {};
  Json error = nullptr;  ///< null: all right
};

/// null where the text is empty.
Json textOrNull(const std::string& text);

/// {"code", "message", "case", "path", "remedy"}; absent values are null.
Json toJson(const Error& error);
Json toJson(const Document& document);

/// NaN and infinities become null at every depth: a document never holds them.
Json withoutNonFinite(const Json& json);

/// The version that documents, reports and run records name.
std::string programVersion();

}  // namespace roundel::cli
