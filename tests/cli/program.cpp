#include "cli/program.h"

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

#include "core/files.h"
#include "core/hash.h"

namespace roundel::test {

Start program(std::vector<std::string> arguments) {
  // One thread: tests run side by side, and threads that wait for each other on a busy machine take seconds for nothing.
  arguments.insert(arguments.begin(), {"--threads", "1"});
  return {.program = ROUNDEL_PROGRAM, .arguments = std::move(arguments)};
}

Ended roundel(std::vector<std::string> arguments, std::chrono::seconds limit) { return Process(program(std::move(arguments))).wait(limit); }

namespace {

void expectText(const Json& object, const char* key, bool mayBeNull) {
  ASSERT_TRUE(object.contains(key)) << key;
  EXPECT_TRUE(object[key].is_string() || (mayBeNull && object[key].is_null())) << key << " in " << object.dump();
  if (object[key].is_string()) {
    EXPECT_FALSE(object[key].get<std::string>().empty()) << key << ": absent values are null";
  }
}

void expectError(const Json& error) {
  EXPECT_EQ(error.size(), 5U) << error.dump();
  expectText(error, "code", false);
  expectText(error, "message", false);
  for (const char* key : {"case", "path", "remedy"}) expectText(error, key, true);
}

/// Ends the test with a message. Going on with a document that is not there would only end in a crash.
[[noreturn]] void giveUp(const std::string& what, const Ended& ended) {
  throw std::runtime_error(what + (ended.timedOut ? " (it took too long)" : "") + "\n" + ended.out + "\n" + ended.err);
}

/// The verb of a command line: the first word that is no flag of the program.
std::string verbOf(const std::vector<std::string>& arguments) { return arguments.empty() ? "roundel" : arguments.front(); }

}  // namespace

Json document(const Ended& ended, const std::string& verb) {
  EXPECT_FALSE(ended.timedOut) << ended.err;
  const Json json = Json::parse(ended.out, nullptr, false);  // fails on a second document too
  if (json.is_discarded() || !json.is_object()) giveUp("Not one document:", ended);
  for (const char* key : {"result", "warnings", "error", "ok"})
    if (!json.contains(key)) giveUp(std::string("No ") + key + " in the document:", ended);
  EXPECT_EQ(json.size(), 6U) << json.dump();
  EXPECT_EQ(json.value("schema", ""), "roundel." + verb + "/1");
  expectText(json, "version", false);
  EXPECT_TRUE(json.contains("ok") && json["ok"].is_boolean());
  EXPECT_TRUE(json.contains("result") && (json["result"].is_object() || json["result"].is_null()));
  EXPECT_TRUE(json.contains("warnings") && json["warnings"].is_array());
  EXPECT_TRUE(json.contains("error") && (json["error"].is_object() || json["error"].is_null()));
  for (const auto& warning : json["warnings"]) {
    EXPECT_EQ(warning.size(), 3U) << warning.dump();
    expectText(warning, "code", false);
    expectText(warning, "case", true);
    expectText(warning, "message", false);
  }
  if (json["error"].is_object()) expectError(json["error"]);
  EXPECT_EQ(json["ok"].get<bool>(), json["error"].is_null());
  EXPECT_EQ(ended.out.find("NaN"), std::string::npos);
  EXPECT_EQ(ended.out.find("\"-nan"), std::string::npos);
  return json;
}

Json resultOf(std::vector<std::string> arguments, int code) {
  const std::string verb = verbOf(arguments);
  arguments.insert(arguments.begin(), "--json");
  const Ended ended = roundel(std::move(arguments), std::chrono::seconds(120));
  EXPECT_EQ(ended.code, code) << ended.out << ended.err;
  const Json json = document(ended, verb);
  EXPECT_TRUE(json.value("ok", false)) << ended.out;
  if (!json["result"].is_object()) giveUp("No result:", ended);
  return json["result"];
}

Json errorIn(const Ended& ended, const std::string& verb, int code, const std::string& word) {
  EXPECT_FALSE(ended.killed) << "ended by signal " << ended.code - 128 << "\n" << ended.err;
  EXPECT_EQ(ended.code, code) << ended.out << ended.err;
  const Json json = document(ended, verb);
  if (!json["error"].is_object()) giveUp("No error:", ended);
  if (!word.empty()) {
    EXPECT_EQ(json["error"].value("code", ""), word) << json["error"].dump();
  }
  EXPECT_NE(json["error"].value("code", ""), "defect") << json["error"].dump();
  // A sentence, said to people too.
  const std::string message = json["error"].value("message", "");
  EXPECT_TRUE(message.ends_with('.') || message.ends_with('?') || message.ends_with(')')) << message;
  EXPECT_NE(ended.err.find(message), std::string::npos) << ended.err;
  return json["error"];
}

Json errorOf(std::vector<std::string> arguments, int code, const std::string& word) {
  const std::string verb = verbOf(arguments);
  arguments.insert(arguments.begin(), "--json");
  return errorIn(roundel(std::move(arguments)), verb, code, word);
}

std::vector<Json> eventsOf(const std::string& text) {
  std::vector<Json> events;
  EXPECT_TRUE(text.empty() || text.ends_with('\n')) << "the last line is not whole";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const Json event = Json::parse(line, nullptr, false);
    if (!event.is_object()) {
      ADD_FAILURE() << "Not an event: " << line;
      continue;
    }
    EXPECT_EQ(event.value("v", 0), 1) << line;
    EXPECT_EQ(event.value("seq", std::int64_t{-1}), static_cast<std::int64_t>(events.size())) << line;
    static const std::set<std::string> kTypes{"started", "progress", "metric", "artifact", "warning", "done", "cancelled", "failed"};
    EXPECT_TRUE(kTypes.contains(event.value("type", ""))) << line;
    for (const char* key : {"t", "run", "round", "stage", "done", "total", "eta_s"})
      EXPECT_TRUE(event.contains(key)) << key << " in " << line;
    events.push_back(event);
  }
  return events;
}

void expectStagesEnded(const std::vector<Json>& events) {
  std::map<std::string, std::string> last;
  for (const auto& event : events) last[event["round"].dump() + "/" + event["stage"].dump()] = event.value("type", "");
  EXPECT_FALSE(last.empty());
  for (const auto& [stage, type] : last)
    EXPECT_TRUE(type == "done" || type == "cancelled" || type == "failed") << stage << " ends with " << type;
}

std::string textOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  EXPECT_TRUE(in.good()) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

void writeText(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

Json jsonOf(const fs::path& file) { return Json::parse(textOf(file)); }

std::string fingerprint(const fs::path& folder) {
  std::set<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().filename() != "project.lock") files.insert(entry.path());
  Sha256 hash;
  for (const auto& file : files) hash.update(file.native() + "\n" + sha256OfFile(file) + "\n");
  return hash.hex();
}

}  // namespace roundel::test
