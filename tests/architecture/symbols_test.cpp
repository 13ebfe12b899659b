#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>

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
