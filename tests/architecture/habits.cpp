#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "architecture/house.h"

namespace roundel::house {
namespace {

namespace fs = std::filesystem;

std::string readAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string at(const std::string& path, const std::string& text, std::size_t offset) {
  return path + ":" + std::to_string(1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n')) + ": ";
}

/// The end of the block whose opening brace is at `open`; braces in strings and comments are rare enough to count along.
std::size_t blockEnd(const std::string& text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return text.size();
}

const std::regex& assertion() {
  static const std::regex pattern(R"(EXPECT_|ASSERT_|\bFAIL\(|ADD_FAILURE|\b(expect|check|require|verify)[A-Z]\w*\()");
  return pattern;
}

/// The functions that a source defines, by name, with their bodies.
std::vector<std::pair<std::string, std::string>> functionsIn(const std::string& text) {
  static const std::regex definition(R"(\b(\w+)\(([^;{}]*)\)\s*(const\s+)?\{)");
  std::vector<std::pair<std::string, std::string>> functions;
  for (auto match = std::sregex_iterator(text.begin(), text.end(), definition); match != std::sregex_iterator(); ++match) {
    const auto open = static_cast<std::size_t>(match->position() + match->length() - 1);
    const std::string name = (*match)[1];
    if (name == "if" || name == "for" || name == "while" || name == "switch" || name.rfind("TEST", 0) == 0) continue;
    functions.emplace_back(name, text.substr(open, blockEnd(text, open) - open));
  }
  return functions;
}

bool asserts(const std::string& body, const std::set<std::string>& helpers) {
  static const std::regex call(R"(\b(\w+)(<[^;()]*>)?\()");
  if (std::regex_search(body, assertion())) return true;
  for (auto match = std::sregex_iterator(body.begin(), body.end(), call); match != std::sregex_iterator(); ++match)
    if (helpers.count((*match)[1]) > 0) return true;
  return false;
}

/// The functions in a folder's sources that assert something, themselves or through another one: a test that calls one asserts
/// it too.
std::set<std::string> assertingFunctionsIn(const fs::path& folder) {
  std::vector<std::pair<std::string, std::string>> functions;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == ".cpp")
      for (auto& one : functionsIn(readAll(entry.path()))) functions.push_back(std::move(one));
  std::set<std::string> names;
  for (std::size_t before = 1; before != names.size();) {
    before = names.size();
    for (const auto& [name, body] : functions)
      if (asserts(body, names)) names.insert(name);
    if (names.empty()) break;
  }
  return names;
}

void checkTests(const std::string& path, const std::string& text, const std::set<std::string>& helpers,
                std::vector<std::string>& breaches) {
  // Spelt in two parts, so that this file does not find itself.
  static const std::regex switchedOff(
      "DISAB"
      "LED_");
  static const std::regex test(R"((^|\n)(TEST|TEST_F|TEST_P|TYPED_TEST)\(([^)]*)\)\s*\{)");
  std::smatch found;
  if (std::regex_search(text, found, switchedOff))
    breaches.push_back(at(path, text, static_cast<std::size_t>(found.position())) + "a test is switched off.");
  for (auto match = std::sregex_iterator(text.begin(), text.end(), test); match != std::sregex_iterator(); ++match) {
    const auto open = static_cast<std::size_t>(match->position() + match->length() - 1);
    if (!asserts(text.substr(open, blockEnd(text, open) - open), helpers))
      breaches.push_back(at(path, text, open) + "the test (" + (*match)[3].str() + ") asserts nothing.");
  }
}

/// What the tests of each folder assert through; a folder is read once, however many files it has.
using AssertingFunctions = std::map<fs::path, std::set<std::string>>;

const std::set<std::string>& helpersBeside(const fs::path& file, AssertingFunctions& known) {
  const auto found = known.find(file.parent_path());
  return found != known.end() ? found->second : known[file.parent_path()] = assertingFunctionsIn(file.parent_path());
}

void checkFile(const fs::path& file, const std::string& path, AssertingFunctions& known, std::vector<std::string>& breaches) {
  static const std::regex later(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X)\\b");
  static const std::regex hidden(R"((^|\n)\s*#\s*if\s+0\b)");
  const std::string text = readAll(file);
  const std::string extension = file.extension().string();
  const auto lines = std::count(text.begin(), text.end(), '\n');
  const bool isHeader = extension == ".h" && !path.ends_with("_body.h");  // a body is code that several sources compile, each its way
  const int limit = isHeader ? 200 : 400;
  if (lines > limit)
    breaches.push_back(path + ": " + std::to_string(lines) + " lines; over " + std::to_string(limit) +
                       " hides a concept that wants its own file.");
  std::smatch found;
  static const std::regex pathInside(
      "\\bTORCH_"
      "(INTERNAL_ASSERT|CHECK)\\b");
  if (path.starts_with("engine/") && std::regex_search(text, found, pathInside))
    breaches.push_back(at(path, text, static_cast<std::size_t>(found.position())) +
                       "LibTorch's macro puts the path of the source into the program; throw an Error.");
  if (std::regex_search(text, found, later))
    breaches.push_back(at(path, text, static_cast<std::size_t>(found.position())) + "says that something is still to be done.");
  if (std::regex_search(text, found, hidden))
    breaches.push_back(at(path, text, static_cast<std::size_t>(found.position())) + "hides code with #if 0.");
  if (path.rfind("tests/", 0) == 0) checkTests(path, text, helpersBeside(file, known), breaches);
}

}  // namespace

std::vector<std::string> brokenHabits(const fs::path& root) {
  std::vector<std::string> breaches;
  AssertingFunctions known;
  for (const char* folder : {"engine", "tests", "viewer", "ui", "app"}) {
    if (!fs::is_directory(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension().string();
      if (entry.is_regular_file() && (extension == ".h" || extension == ".cpp"))
        checkFile(entry.path(), fs::relative(entry.path(), root).generic_string(), known, breaches);
    }
  }
  std::sort(breaches.begin(), breaches.end());
  return breaches;
}

}  // namespace roundel::house
