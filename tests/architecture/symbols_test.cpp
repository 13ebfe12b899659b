#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace roundel::house {
namespace {

namespace fs = std::filesystem;

/// What `nm` says of an archive: one line a symbol, "name type ...".
std::string symbolsOf(const fs::path& archive) {
  const std::string command = "nm -g --defined-only -P '" + archive.string() + "' 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 4096> piece{};
  while (pipe && std::fgets(piece.data(), piece.size(), pipe.get())) text += piece.data();
  return text;
}

/// Symbol -> the rooms that define it for themselves. Weak ones (templates, inline functions) may be anywhere.
void addSymbols(const std::string& room, const std::string& listed, std::map<std::string, std::set<std::string>>& homes) {
  std::istringstream lines(listed);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name, type;
    if (words >> name >> type && (type == "T" || type == "D" || type == "B" || type == "R")) homes[name].insert(room);
  }
}

/// Types that a source defines for everyone: name with its namespace -> files. Definitions begin their line where they are no one's inside
/// (clang-format); what an anonymous namespace holds is its file's own.
void addTypes(const std::string& file, std::istream& text, std::map<std::string, std::set<std::string>>& homes) {
  static const std::regex space(R"(^namespace ([\w:]*) ?\{)"), end(R"(^\}  // namespace)");
  static const std::regex type(R"(^(?:struct|class|enum class) (\w+)(?: final)?(?: : [^;]*)? \{)");
  std::vector<std::string> spaces;
  std::smatch match;
  for (std::string line; std::getline(text, line);) {
    if (std::regex_search(line, match, space)) spaces.push_back(match[1]);
    else if (std::regex_search(line, end)) {
      if (!spaces.empty()) spaces.pop_back();
    } else if (std::regex_search(line, match, type) && std::find(spaces.begin(), spaces.end(), "") == spaces.end()) {
      std::string name = match[1];
      for (auto at = spaces.rbegin(); at != spaces.rend(); ++at) name = *at + "::" + name;
      homes[name].insert(file);
    }
  }
}

/// Two types of one name: the compiler sees one of them at a time, and the linker keeps one destructor, one std::vector's growth for both.
TEST(House, EveryTypeHasOneHome) {
  std::map<std::string, std::set<std::string>> homes;
  for (const char* folder : {"engine", "viewer", "ui", "app"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(ROUNDEL_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
      std::ifstream in(entry.path());
      addTypes(entry.path().lexically_relative(ROUNDEL_SOURCE_DIR).string(), in, homes);
    }
  EXPECT_GT(homes.size(), 200U);
  for (const auto& [name, files] : homes) {
    std::string list;
    for (const auto& file : files) list += " " + file;
    EXPECT_EQ(files.size(), 1U) << name << " is defined in" << list;
  }
}

TEST(House, ATypeOfTwoHomesIsFound) {
  std::map<std::string, std::set<std::string>> homes;
  std::istringstream one(
      "namespace roundel {\nstruct Crop {\n};\nstruct Other;\nnamespace {\nstruct Own {\n};\n}  // namespace\n}  // namespace roundel\n");
  std::istringstream two(
      "namespace roundel {\nclass Crop : public Base {\n};\nnamespace {\nstruct Own {\n};\n}  // namespace\n}  // namespace roundel\n");
  addTypes("one.h", one, homes);
  addTypes("two.cpp", two, homes);
  EXPECT_EQ(homes, (std::map<std::string, std::set<std::string>>{{"roundel::Crop", {"one.h", "two.cpp"}}}));
}

/// Two functions of one name and signature in two rooms: the linker would silently take one of them for both.
TEST(House, EveryFunctionHasOneHome) {
  std::map<std::string, std::set<std::string>> homes;
  int archives = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(ROUNDEL_BUILD_DIR) / "engine"))
    if (entry.path().extension() == ".a") addSymbols(entry.path().stem().string(), symbolsOf(entry.path()), homes), ++archives;
  if (archives == 0 || homes.empty()) GTEST_SKIP() << "no archive to read here, or no nm";
  EXPECT_GT(homes.size(), 100U);
  for (const auto& [name, rooms] : homes) {
    std::string list;
    for (const auto& room : rooms) list += " " + room;
    EXPECT_EQ(rooms.size(), 1U) << name << " is defined by" << list;
  }
}

TEST(House, AFunctionOfTwoHomesIsFound) {
  std::map<std::string, std::set<std::string>> homes;
  addSymbols("core", "_Z6utcNowv T 0 10\n_Z6inlinev W 0 10\n", homes);
  addSymbols("rounds", "_Z6utcNowv T 0 10\n_Z6inlinev W 0 10\n", homes);
  EXPECT_EQ(homes.size(), 1U);
  EXPECT_EQ(homes["_Z6utcNowv"], (std::set<std::string>{"core", "rounds"}));
}

}  // namespace
}  // namespace roundel::house
