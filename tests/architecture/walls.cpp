#include <algorithm>
#include <fstream>
#include <optional>
#include <regex>
#include <sstream>

#include "architecture/house.h"

namespace roundel::house {
namespace {

namespace fs = std::filesystem;

struct Include {
  int line = 0;
  bool quoted = false;
  std::string name;
};

struct SourceFile {
  std::string room;
  std::vector<Include> includes;
};

using Sources = std::map<std::string, SourceFile>;  // by "room/file.h"

std::vector<std::string> linesOf(const fs::path& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool startsWith(const std::string& text, const std::string& start) { return text.compare(0, start.size(), start) == 0; }

/// Which library an <include> belongs to; empty for the standard library and POSIX; nothing where nobody knows it.
std::optional<std::string> libraryOf(const std::string& name) {
  static const std::vector<std::pair<std::string, std::string>> prefixes = {{"torch/", "Torch"},
                                                                            {"ATen/", "Torch"},
                                                                            {"c10/", "Torch"},
                                                                            {"caffe2/", "Torch"},
                                                                            {"itk", "ITK"},
                                                                            {"gdcm", "GDCM"},
                                                                            {"opencv2/", "OpenCV"},
                                                                            {"SQLiteCpp/", "SQLite"},
                                                                            {"sqlite3", "SQLite"},
                                                                            {"CLI/", "CLI11"},
                                                                            {"spdlog/", "spdlog"},
                                                                            {"zlib.h", "zlib"},
                                                                            {"zip.h", "libzip"},
                                                                            {"zstd.h", "zstd"},
                                                                            {"pugixml.hpp", "pugixml"},
                                                                            {"H5", "HDF5"},
                                                                            {"hdf5", "HDF5"},
                                                                            {"Q", "Qt"},
                                                                            {"vtk", "VTK"},
                                                                            {"nlohmann/", ""},
                                                                            {"sys/", ""},
                                                                            {"netinet/", ""},
                                                                            {"arpa/", ""},
                                                                            {"linux/", ""},
                                                                            {"gtest/", "GoogleTest"},
                                                                            {"gmock/", "GoogleTest"},
                                                                            {"Eigen/", "Eigen"},
                                                                            {"hpdf", "libharu"},
                                                                            {"png.h", "libpng"},
                                                                            {"jpeglib.h", "libjpeg"},
                                                                            {"jerror.h", "libjpeg"},
                                                                            {"tiff", "libtiff"}};
  static const std::set<std::string> posix = {"unistd.h", "fcntl.h",     "dlfcn.h",     "dirent.h",    "pwd.h",     "poll.h",
                                              "signal.h", "errno.h",     "spawn.h",     "sched.h",     "termios.h", "cpuid.h",
                                              "link.h",   "immintrin.h", "emmintrin.h", "smmintrin.h", "pthread.h", "locale.h",
                                              "malloc.h", "time.h",      "netdb.h",     "fnmatch.h",   "omp.h"};
  for (const auto& [prefix, library] : prefixes)
    if (startsWith(name, prefix)) return library;
  if (posix.count(name) > 0 || name.find_first_of("./") == std::string::npos) return std::string();
  return std::nullopt;
}

/// The rooms of the desktop lie beside engine/, under the same form of name.
const std::set<std::string>& desktopRooms() {
  static const std::set<std::string> names = {"viewer", "ui", "app"};
  return names;
}

fs::path folderOf(const fs::path& engine, const std::string& room) {
  return desktopRooms().count(room) > 0 ? engine.parent_path() / room : engine / room;
}

void readSources(const fs::path& folder, const fs::path& base, Sources& sources) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto extension = entry.path().extension();
    if (!entry.is_regular_file() || (extension != ".h" && extension != ".cpp")) continue;
    const fs::path relative = fs::relative(entry.path(), base);
    SourceFile file{.room = relative.begin()->string(), .includes = {}};
    int number = 0;
    for (const std::string& line : linesOf(entry.path())) {
      ++number;
      std::smatch found;
      if (std::regex_search(line, found, pattern)) file.includes.push_back({number, found[1] == "\"", found[2]});
    }
    sources[relative.generic_string()] = std::move(file);
  }
}

Sources readSources(const fs::path& engine) {
  Sources sources;
  readSources(engine, engine, sources);
  for (const auto& room : desktopRooms())
    if (fs::is_directory(folderOf(engine, room))) readSources(folderOf(engine, room), engine.parent_path(), sources);
  return sources;
}

std::string at(const std::string& path, int line) { return path + ":" + std::to_string(line) + ": "; }

/// The libraries that a file leads to, itself or through the headers it includes.
const std::set<std::string>& reach(const std::string& path, const Sources& sources, std::map<std::string, std::set<std::string>>& known) {
  const auto [entry, isNew] = known.try_emplace(path);
  if (!isNew) return entry->second;  // also ends a circle of includes
  std::set<std::string> found;
  const auto source = sources.find(path);
  if (source != sources.end())
    for (const Include& include : source->second.includes) {
      if (include.quoted) found.merge(std::set<std::string>(reach(include.name, sources, known)));
      else if (const auto library = libraryOf(include.name); library && !library->empty()) found.insert(*library);
    }
  return known[path] = found;
}

void checkIncludes(const std::string& path, const SourceFile& file, const Sources& sources,
                   std::map<std::string, std::set<std::string>>& known, std::vector<std::string>& breaches) {
  const auto rule = rooms().find(file.room);
  if (rule == rooms().end()) {
    breaches.push_back(at(path, 1) + "the room " + file.room + " is not in the table of rooms.");
    return;
  }
  const Room& room = rule->second;
  for (const Include& include : file.includes) {
    if (!include.quoted) {
      const auto library = libraryOf(include.name);
      if (!library) breaches.push_back(at(path, include.line) + "<" + include.name + "> is of no library that the house knows.");
      else if (!library->empty() && room.libraries.count(*library) == 0)
        breaches.push_back(at(path, include.line) + file.room + " may not use " + *library + " (<" + include.name + ">).");
      continue;
    }
    const auto target = sources.find(include.name);
    if (target == sources.end()) {
      breaches.push_back(at(path, include.line) + "\"" + include.name +
                         "\" is no file of the engine; includes are written \"room/file.h\".");
      continue;
    }
    const std::string& other = target->second.room;
    if (other == file.room) continue;
    if (room.rooms.count(other) == 0)
      breaches.push_back(at(path, include.line) + file.room + " may not use the room " + other + " (\"" + include.name + "\").");
    for (const std::string& library : reach(include.name, sources, known))
      if ((library != "Torch" && library != "Qt") || room.libraries.count(library) == 0)
        breaches.push_back(at(path, include.line) + "\"" + include.name + "\" leaves its room and leads to " + library + ".");
  }
}

void checkOwnHeaderFirst(const std::string& path, const SourceFile& file, const Sources& sources, std::vector<std::string>& breaches) {
  if (fs::path(path).extension() != ".cpp") return;
  const std::string own = fs::path(path).replace_extension(".h").generic_string();
  if (sources.count(own) == 0) return;
  if (file.includes.empty() || file.includes.front().name != own)
    breaches.push_back(at(path, 1) + "the first include is not its own header \"" + own + "\".");
}

/// Libraries as CMake names them.
std::vector<std::string> linkedLibraries(const std::string& text) {
  static const std::vector<std::pair<std::string, std::string>> names = {{R"(\bTORCH\b|roundel::torch\b|roundel_torch\b)", "Torch"},
                                                                         {R"(\bITK)", "ITK"},
                                                                         {"gdcm", "GDCM"},
                                                                         {"_hpdf", "libharu"},
                                                                         {"PNG::", "libpng"},
                                                                         {"JPEG::", "libjpeg"},
                                                                         {"TIFF::", "libtiff"},
                                                                         {"opencv_|OpenCV_", "OpenCV"},
                                                                         {"SQLite", "SQLite"},
                                                                         {"CLI11::", "CLI11"},
                                                                         {"spdlog::", "spdlog"},
                                                                         {"ZLIB::", "zlib"},
                                                                         {"libzip::", "libzip"},
                                                                         {"pugixml", "pugixml"},
                                                                         {"HDF5|hdf5::", "HDF5"},
                                                                         {R"(\bQt6?::)", "Qt"},
                                                                         {"VTK::", "VTK"},
                                                                         {"zstd::", "zstd"},
                                                                         {"Eigen3::", "Eigen"}};
  std::vector<std::string> found;
  for (const auto& [pattern, library] : names)
    if (std::regex_search(text, std::regex(pattern))) found.push_back(library);
  return found;
}

void checkLinks(const fs::path& engine, const std::string& name, const Room& room, std::vector<std::string>& breaches) {
  const std::string path = name + "/CMakeLists.txt";
  static const std::regex link(R"(roundel(?:::|_)([a-z]+)\b)");
  static const std::set<std::string> helpers = {"room", "json", "settings", "torch", name};
  std::string code;
  for (const std::string& line : linesOf(folderOf(engine, name) / "CMakeLists.txt")) code += line.substr(0, line.find('#')) + "\n";
  for (auto found = std::sregex_iterator(code.begin(), code.end(), link); found != std::sregex_iterator(); ++found) {
    const std::string other = (*found)[1];
    if (rooms().count(other) > 0 && other != name && room.rooms.count(other) == 0)
      breaches.push_back(at(path, 1) + name + " may not link the room " + other + ".");
  }
  for (const std::string& library : linkedLibraries(code))
    if (room.libraries.count(library) == 0) breaches.push_back(at(path, 1) + name + " may not link " + library + ".");
}

}  // namespace

std::vector<std::string> brokenWalls(const fs::path& engine) {
  const Sources sources = readSources(engine);
  std::map<std::string, std::set<std::string>> known;
  std::vector<std::string> breaches;
  for (const auto& [path, file] : sources) {
    checkIncludes(path, file, sources, known, breaches);
    checkOwnHeaderFirst(path, file, sources, breaches);
  }
  for (const auto& [name, room] : rooms()) checkLinks(engine, name, room, breaches);
  std::sort(breaches.begin(), breaches.end());
  breaches.erase(std::unique(breaches.begin(), breaches.end()), breaches.end());
  return breaches;
}

}  // namespace roundel::house
