#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "cli/process.h"
#include "core/json.h"
#include "support/temporary_folder.h"

namespace roundel::test {

namespace fs = std::filesystem;

/// A folder of its own for a test; its files' paths are texts, as arguments are.
struct TempFolder : TemporaryFolder {
  std::string operator/(const std::string& name) const { return (path() / name).string(); }
};

/// `roundel arguments...`, started.
Start program(std::vector<std::string> arguments);
/// The same, run to its end.
Ended roundel(std::vector<std::string> arguments, std::chrono::seconds limit = std::chrono::seconds(120));

/// The one document on standard output. Fails the test where there is none, more than one, or one of another form than
/// CLI.md says: schema, ok, version, result, warnings, error with their types.
Json document(const Ended& ended, const std::string& verb);

/// `roundel --json VERB ...` that must go well; its result.
Json resultOf(std::vector<std::string> arguments, int code = 0);
/// `roundel --json VERB ...` that must fail with this exit code and error code (empty: any); its error.
Json errorOf(std::vector<std::string> arguments, int code, const std::string& word = {});
/// The same of a program that has ended.
Json errorIn(const Ended& ended, const std::string& verb, int code, const std::string& word = {});

/// The events of a file: every line is an object with v, seq, t, type; seq counts from 0 without gaps.
std::vector<Json> eventsOf(const std::string& text);
/// The last line of every stage that was started ends it: done, cancelled or failed.
void expectStagesEnded(const std::vector<Json>& events);

std::string textOf(const fs::path& file);
void writeText(const fs::path& file, const std::string& text);
Json jsonOf(const fs::path& file);

/// SHA-256 of every file below a folder, by its path: to show that nothing was touched. The lock's file is left out.
std::string fingerprint(const fs::path& folder);

}  // namespace roundel::test
