#include <algorithm>
#include <charconv>
#include <set>

#include "core/bounded_json.h"
#include "core/error.h"
#include "core/files.h"
#include "exchange/export_losses.h"
#include "exchange/image_names.h"
#include "exchange/label_map.h"

namespace roundel {
namespace {

bool isTooth(std::int64_t number) { return number >= 11 && number <= 48 && number % 10 >= 1 && number % 10 <= 8; }

/// The entries that a class has, and nothing else of what a foreign table may hold.
Json knownEntries(const ForeignJson& list) {
  if (list.size() > kMaximumClasses) throw Error(ErrorKind::BadInput, "bad-classes", "A class table holds more than 4096 classes.");
  Json classes = Json::array();
  for (const auto& one : list) {
    Json known = Json::object();
    for (const char* key : {"id", "name", "colour", "mirror", "code"})
      if (const auto* value = member(one, key); value != nullptr && value->size() <= 3) known[key] = Json::parse(value->dump());
    classes.push_back(std::move(known));
  }
  return classes;
}

/// {"1": "Radius", "2": "Ulna"} or {"background": 0, "Radius": 1}.
Json entriesOfObject(const ForeignJson& object) {
  if (object.size() > kMaximumClasses) throw Error(ErrorKind::BadInput, "bad-classes", "A class table holds more than 4096 classes.");
  std::map<std::int64_t, std::string> names;
  for (const auto& [key, value] : object.items()) {
    const auto number = value.is_string() ? wholeNumber(key) : asInteger(value);
    if (number && *number != 0) names[*number] = value.is_string() ? value.get<std::string>() : key;
  }
  Json classes = Json::array();
  for (const auto& [number, name] : names) classes.push_back({{"id", number}, {"name", name}});
  return classes;
}

}  // namespace

std::optional<std::int64_t> wholeNumber(const std::string& text) {
  std::int64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

LabelSet classesOfNumbers(const std::vector<std::int64_t>& numbers) {
  const bool teeth = !numbers.empty() && std::all_of(numbers.begin(), numbers.end(), isTooth) &&
                     std::any_of(numbers.begin(), numbers.end(), [](std::int64_t number) { return number > 18; });
  if (teeth) return paletteClasses("fdi");
  Json list = Json::array();
  for (const std::int64_t number : std::set<std::int64_t>(numbers.begin(), numbers.end()))
    if (number > 0) list.push_back({{"id", number}, {"name", "class " + std::to_string(number)}});
  return labelSetFromJson(list);
}

LabelSet withToothFacts(const LabelSet& classes) {
  if (classes.empty()) return classes;
  for (const auto& one : classes.classes()) {
    const auto number = wholeNumber(one.name);
    if (!number || !isTooth(*number)) return classes;
  }
  const LabelSet palette = paletteClasses("fdi");
  std::vector<LabelClass> teeth = classes.classes();
  for (auto& one : teeth) {
    const LabelClass& known = palette[palette.indexOfName(one.name)];
    one.colour = known.colour;
    one.code = known.code;
    one.mirror = classes.indexOfName(known.mirror) >= 0 ? known.mirror : "";
  }
  return LabelSet(std::move(teeth));
}

void ClassTable::name(const std::string& fileStem, const ExportedCase& one) {
  const std::string reference = imageReference(one);
  if (imageStem(reference) != fileStem || reference.find('/') != std::string::npos) images[fileStem] = reference;
}

std::optional<ClassTable> readClassTable(const std::filesystem::path& folder) {
  const auto file = folder / kClassTableName;
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code)) return std::nullopt;
  const ForeignJson json = readForeignJson(file, {.bytes = 64 << 20, .depth = 16, .values = 10'000'000});
  ClassTable table;
  if (json.is_array()) {
    table.classes = labelSetFromJson(knownEntries(json));
  } else if (const auto* list = arrayMember(json, "classes")) {
    table.classes = labelSetFromJson(knownEntries(*list));
    table.ignore = integerMember(json, "ignore").value_or(0);
    if (const auto* cases = objectMember(json, "not_annotated"))
      for (const auto& [name, names] : cases->items())
        for (const auto& one : names)
          if (one.is_string()) table.notAnnotated[name].push_back(one.get<std::string>());
    if (const auto* images = objectMember(json, "images"))
      for (const auto& [name, image] : images->items())
        if (image.is_string()) table.images[name] = image.get<std::string>();
  } else if (json.is_object()) {
    table.classes = labelSetFromJson(entriesOfObject(json));
  } else {
    throw Error(ErrorKind::BadInput, "bad-classes", displayPath(file) + " is not of the expected form.", {.path = displayPath(file)});
  }
  return table;
}

void writeClassTable(const std::filesystem::path& folder, const ClassTable& table) {
  Json json = {{"schema", "roundel.classes/1"}, {"classes", toJson(table.classes)}};
  if (table.ignore != 0) json["ignore"] = table.ignore;
  Json cases = Json::object();
  for (const auto& [name, list] : table.notAnnotated) cases[name] = list;
  json["not_annotated"] = std::move(cases);
  if (!table.images.empty()) json["images"] = table.images;
  writeJsonAtomically(folder / kClassTableName, json);
}

}  // namespace roundel
