#pragma once
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

/// The rules of the house as data, and what reads the sources against them (docs/ARCHITECTURE.md).
namespace roundel::house {

/// What a room may use besides itself, the C++ standard library, POSIX and nlohmann-json.
struct Room {
  std::set<std::string> rooms;      ///< whose headers its files may include and whose library it may link
  std::set<std::string> libraries;  ///< from outside: "Torch", "GDCM", "OpenCV", "SQLite" ...
};

/// Room name -> what it may use. The one table; a change to it is a change of the architecture.
const std::map<std::string, Room>& rooms();

/// Every breach of the walls in `engine/` (a folder of rooms) and in the desktop's rooms beside it (`viewer`, `ui`, `app`) as a sentence
/// "room/file.h:12: ...", sorted. Checked are
/// - every include: a room or library that the table does not grant, a file that is not there, a library nobody knows;
/// - headers that leave a room: none leads to GDCM, OpenCV, SQLite or another library outside the room that owns the header,
///   and only rooms with Torch reach headers that name Torch, rooms with Qt those that name Qt;
/// - a source includes its own header first, so that every header is seen to stand alone;
/// - CMakeLists.txt of every room: it links nothing that the table does not grant.
std::vector<std::string> brokenWalls(const std::filesystem::path& engine);

/// Every breach of the habits in the folders `engine`, `tests`, `viewer`, `ui`, `app` of `root`, sorted: files over 400 lines
/// (headers over 200), tests that are switched off or assert nothing, notes to do something later, code that is commented out
/// with #if 0.
std::vector<std::string> brokenHabits(const std::filesystem::path& root);

}  // namespace roundel::house
