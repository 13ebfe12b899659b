#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "cli/commands/commands.h"
#include "cli/commands/text_table.h"
#include "core/csv_line.h"
#include "core/error.h"
#include "core/files.h"
#include "project/project.h"

namespace roundel::cli {
namespace {

struct ClassesFlags {
  std::string folder;
  std::string file;
  std::string palette;
};

constexpr std::uintmax_t kLargestClassList = 1 << 24;

[[noreturn]] void failList(const std::string& path, int line, const std::string& why) {
  throw Error(ErrorKind::BadInput, "bad-classes", "Line " + std::to_string(line) + " of " + path + ": " + why + ".",
              {.path = path, .remedy = "Write id,name,colour, for instance 11,Incisor,#ff8800; the colour may be left out."});
}

std::string colourText(const LabelClass& one) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text = "#";
  for (const auto channel : one.colour) {
    text += kDigits[channel >> 4];
    text += kDigits[channel & 15];
  }
  return text;
}

/// "#rrggbb" as [r, g, b].
Json colourFromText(const std::string& text, const std::string& path, int line) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  if (text.size() != 7 || text[0] != '#' || std::from_chars(text.data() + 1, end, value, 16).ptr != end)
    failList(path, line, "\"" + sanitisedUtf8(text) + "\" is no colour such as #ff8800");
  return {value >> 16 & 255, value >> 8 & 255, value & 255};
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> cellsOf(const std::string& line, const std::string& path, int number) {
  auto cells = csvCells(line);
  if (!cells) failList(path, number, "a quotation mark is not closed");
  for (auto& cell : *cells) cell = trimmed(cell);
  return *cells;
}

/// id,name[,colour[,mirror[,code]]], one class a line; a first line that begins with "id" is the header.
LabelSet classesFromCsv(const std::string& text, const std::string& path) {
  Json list = Json::array();
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  for (int number = 1; at < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = trimmed(text.substr(at, end - at));
    at = end + 1;
    if (line.empty() || line[0] == '#') continue;
    const auto cells = cellsOf(line, path, number);
    if (list.empty() && cells[0] == "id") continue;
    if (cells.size() < 2 || cells.size() > 5) failList(path, number, "it has " + std::to_string(cells.size()) + " cells");
    std::int64_t id = 0;
    const char* stop = cells[0].data() + cells[0].size();
    if (const auto read = std::from_chars(cells[0].data(), stop, id); cells[0].empty() || read.ec != std::errc() || read.ptr != stop)
      failList(path, number, "\"" + sanitisedUtf8(cells[0]) + "\" is no id");
    Json one = {{"id", id}, {"name", sanitisedUtf8(cells[1])}};
    if (cells.size() > 2 && !cells[2].empty()) one["colour"] = colourFromText(cells[2], path, number);
    if (cells.size() > 3) one["mirror"] = sanitisedUtf8(cells[3]);
    if (cells.size() > 4) one["code"] = sanitisedUtf8(cells[4]);
    list.push_back(std::move(one));
  }
  return labelSetFromJson(list);
}

LabelSet classesFromFile(const std::string& path) {
  const std::string text = readFile(path, kLargestClassList), shown = displayPath(path);
  const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first != std::string::npos && (text[first] == '[' || text[first] == '{')) {
    const Json json = readJson(path, kLargestClassList);
    return labelSetFromJson(json.is_object() && json.contains("classes") ? json["classes"] : json);
  }
  return classesFromCsv(text, shown);
}

Outcome classes(const ClassesFlags& flags) {
  const bool change = !flags.file.empty() || !flags.palette.empty();
  Outcome outcome;
  LabelSet wanted;
  if (change) {
    wanted = flags.palette.empty() ? classesFromFile(flags.file) : paletteClasses(flags.palette);
    if (wanted.empty())
      throw Error(ErrorKind::BadInput, "bad-classes", displayPath(flags.file) + " names no class.", {.path = displayPath(flags.file)});
  }
  Project project = Project::open(flags.folder, change ? Access::Edit : Access::ReadOnly);
  if (change)
    for (const auto& sentence : project.setClasses(wanted)) outcome.warnings.push_back({"class-renamed", "", sentence});
  const LabelSet now = project.classes();
  TextTable table({"id", "name", "colour", "mirror", "code"});
  for (const auto& one : now.classes()) table.add({std::to_string(one.id), one.name, colourText(one), one.mirror, one.code});
  outcome.result = {{"classes", toJson(now)}, {"changed", change}};
  outcome.text =
      now.empty() ? "The project has no classes yet. Set them with --palette fdi, --palette carpal or --set FILE.\n" : table.text();
  return outcome;
}

}  // namespace

Command classesCommand() {
  return {
      .name = "classes",
      .sentence = "Show or set the classes of a project",
      .examples = {"classes teeth --palette fdi", "classes wrists --set bones.json", "classes wrists --set bones.csv", "classes wrists"},
      .declare = [](CLI::App& app) {
        auto flags = std::make_shared<ClassesFlags>();
        app.add_option("project", flags->folder, "Folder of the project")->required();
        auto* file = app.add_option("--set", flags->file, "Classes as a JSON list or as CSV: id,name,colour[,mirror[,code]]");
        app.add_option("--palette", flags->palette, "fdi (32 teeth) or carpal (17 bones of the wrist)")->excludes(file);
        return [flags](Context&) { return classes(*flags); };
      }};
}

}  // namespace roundel::cli
