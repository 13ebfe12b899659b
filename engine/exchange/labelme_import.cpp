#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "core/bounded_json.h"
#include "core/error.h"
#include "core/files.h"
#include "exchange/base64.h"
#include "exchange/image_names.h"
#include "exchange/label_map.h"
#include "exchange/labelme_format.h"
#include "exchange/run_length.h"
#include "exchange/study_builder.h"
#include "raster/polygon.h"

namespace roundel {
namespace {

constexpr const char* kIgnoreLabel = "__ignore__";
constexpr const char* kBackgroundLabel = "_background_";
/// A picture inside the JSON may be large; depth and number of values are not.
constexpr JsonLimits kLimits{.bytes = std::uintmax_t{1} << 29, .depth = 32, .values = 50'000'000};

bool isLabelme(const std::filesystem::path& file) {
  if (lowerExtension(file) != ".json") return false;
  const auto keys = outermostKeys(file, kLimits);
  return keys.contains("shapes") && (keys.contains("imagePath") || keys.contains("version"));
}

std::vector<std::filesystem::path> jsonFiles(const std::filesystem::path& source) {
  std::vector<std::filesystem::path> files;
  std::error_code code;
  if (!std::filesystem::exists(source, code)) return files;
  for (const auto& file : filesUnder(source))
    if (lowerExtension(file) == ".json" && file.filename() != kClassTableName) files.push_back(file);
  return files;
}

Outline pointsOf(const ForeignJson& shape) {
  Outline points;
  if (const auto* list = arrayMember(shape, "points"))
    for (const auto& point : *list) {
      if (!point.is_array() || point.size() != 2 || !point[0].is_number() || !point[1].is_number())
        throw Error(ErrorKind::BadInput, "bad-outline", "A point of a shape is not two numbers.");
      points.push_back({point[0].get<double>(), point[1].get<double>()});
    }
  return points;
}

void requirePoints(const Outline& points, std::size_t count) {
  if (points.size() != count)
    throw Error(ErrorKind::BadInput, "bad-outline",
                "A shape has " + std::to_string(points.size()) + " points instead of " + std::to_string(count) + ".");
}

/// A labelme mask: a PNG in base 64 whose first pixel lies at the first point.
Mask maskOfPicture(const ForeignJson& shape, const Outline& points, Size size) {
  requirePoints(points, 2);
  const auto* text = member(shape, "mask");
  if (text == nullptr || !text->is_string()) throw Error(ErrorKind::BadInput, "bad-mask", "A mask has no picture.");
  const LabelPixels pixels = labelsFromPng(fromBase64(text->get_ref<const std::string&>()), "the mask of a shape");
  for (const double value : {points[0].x, points[0].y})
    if (!(std::abs(value) < 1e6)) throw Error(ErrorKind::BadInput, "bad-outline", "A mask lies far outside its image.");
  const auto x0 = static_cast<std::int64_t>(points[0].x), y0 = static_cast<std::int64_t>(points[0].y);
  std::vector<std::uint8_t> bytes(pixels.values.size());
  std::transform(pixels.values.begin(), pixels.values.end(), bytes.begin(), [](std::uint32_t value) { return value != 0 ? 1 : 0; });
  const auto counts = boxCounts(Mask::fromBytes(pixels.size, bytes), {0, 0, pixels.size.x, pixels.size.y});
  return maskFromBoxCounts(size, {x0, y0, x0 + pixels.size.x, y0 + pixels.size.y}, counts);
}

bool hasArea(const std::string& kind) { return kind == "polygon" || kind == "rectangle" || kind == "circle" || kind == "mask"; }

Mask maskOfShape(const ForeignJson& shape, const std::string& kind, Size size) {
  const Outline points = pointsOf(shape);
  if (kind == "polygon") return maskFromOutline(size, points);
  if (kind == "mask") return maskOfPicture(shape, points, size);
  if (kind == "circle") {
    requirePoints(points, 2);
    return maskFromCircle(size, points[0], std::hypot(points[1].x - points[0].x, points[1].y - points[0].y));
  }
  if (points.size() == 4) return maskFromOutline(size, points);  // labelme 5.5 and later write four corners too
  requirePoints(points, 2);
  return maskFromOutline(size, {points[0], {points[1].x, points[0].y}, points[1], {points[0].x, points[1].y}});
}

/// What one file says, before the study's classes are known.
struct LabelledFile {
  ImportedCase one;
  bool annotated = false;
  std::map<std::string, Mask> masks;
  std::vector<std::string> broken;
  std::vector<std::string> notAnnotated;
  Mask ignore;
};

class LabelmeReader {
 public:
  LabelmeReader(const ImportRequest& request, const std::filesystem::path& folder, ImageAccess& images)
      : m_request(request),
        m_folder(folder),
        m_builder(request,
                  request.images ? std::vector{*request.images} : std::vector{folder, folder / "images", folder.parent_path() / "images"},
                  images) {}

  ImportedStudy read(const std::vector<std::filesystem::path>& files, Job& job) {
    std::int64_t done = 0;
    for (const auto& file : files) {
      job.throwIfStopped();
      try {
        readDocument(file);
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::BadInput) throw;
        m_builder.refuse(displayPath(file.filename()), error.code(), error.what());
      }
      job.progress(++done, static_cast<std::int64_t>(files.size()), "reading labels");
    }
    const LabelSet classes = chooseClasses();
    m_builder.setClasses(classes);
    for (auto& file : m_files) m_builder.add(finished(file, classes));
    return m_builder.finish();
  }

 private:
  void readDocument(const std::filesystem::path& file) {
    const ForeignJson document = readForeignJson(file, kLimits);
    const auto* shapes = arrayMember(document, "shapes");
    if (shapes == nullptr) return;  // some other JSON in the folder
    const Size size{integerMember(document, "imageWidth").value_or(0), integerMember(document, "imageHeight").value_or(0), 1};
    auto one = openImage(document, file, size);
    if (!one) return;
    LabelledFile labelled{.one = std::move(*one), .ignore = {}};
    const Size grid = labelled.one.facts.geometry.size;
    requireLabelSize(grid);
    labelled.ignore = Mask(grid);
    for (const auto& shape : *shapes) readShape(shape, grid, labelled);
    if (const auto* states = objectMember(document, "roundel")) {
      labelled.annotated = true;
      if (const auto* list = arrayMember(*states, "not_annotated"))
        for (const auto& name : *list)
          if (name.is_string()) labelled.notAnnotated.push_back(name.get<std::string>());
    }
    m_files.push_back(std::move(labelled));
  }

  /// Beside the JSON as imagePath says, else wherever the images are.
  std::optional<ImportedCase> openImage(const ForeignJson& document, const std::filesystem::path& file, Size size) {
    const std::string path = textMember(document, "imagePath").value_or(displayPath(file.stem()) + ".png");
    std::error_code code;
    const auto name = std::filesystem::path(path).filename();
    if (!m_request.images && std::filesystem::is_regular_file(file.parent_path() / name, code))
      return m_builder.openFile(file.parent_path() / name, path, size);
    return m_builder.openCase(path, size);
  }

  void readShape(const ForeignJson& shape, Size size, LabelledFile& labelled) {
    const std::string label = textMember(shape, "label").value_or(""), kind = textMember(shape, "shape_type").value_or("polygon");
    if (!hasArea(kind)) return m_builder.count("no-area", "A shape of kind \"" + kind.substr(0, 30) + "\" has no area and was left out");
    if (label.empty())
      return m_builder.leaveOutObject(labelled.one.name, "unknown-class",
                                      "A shape of " + labelled.one.name + " has no label; it was left out.");
    labelled.annotated = true;
    if (label == kBackgroundLabel) return;
    m_labels.insert(label);
    try {
      const Mask mask = maskOfShape(shape, kind, size);
      if (label == kIgnoreLabel) labelled.ignore = unite(labelled.ignore, mask);
      else if (const auto found = labelled.masks.find(label); found != labelled.masks.end()) found->second = unite(found->second, mask);
      else labelled.masks.emplace(label, mask);
      if (mask.empty())
        m_builder.warn(labelled.one.name, "empty-object", "A shape of " + label + " in " + labelled.one.name + " covers no pixel.");
    } catch (const Error& error) {
      labelled.broken.push_back(label);
      m_builder.refuseObject(labelled.one.name, error.code(), label, error.what());
    }
  }

  LabelSet chooseClasses() {
    m_labels.erase(kIgnoreLabel);
    std::vector<std::string> names;
    Json list = Json::array();
    std::int64_t next = 1;
    if (const auto table = readClassTable(m_folder)) {
      list = toJson(table->classes);
      for (const auto& one : table->classes.classes()) {
        m_labels.erase(one.name);
        next = std::max(next, one.id + 1);
      }
    } else {
      for (const auto& name : listedNames())
        if (m_labels.erase(name) > 0 || !name.starts_with("_")) names.push_back(name);
    }
    std::vector<std::string> others(m_labels.begin(), m_labels.end());
    std::sort(others.begin(), others.end(), naturallyBefore);
    names.insert(names.end(), others.begin(), others.end());
    if (names.size() > kMaximumClasses) throw Error(ErrorKind::BadInput, "bad-classes", "The labelme files name more than 4096 labels.");
    const LabelSet palette = paletteClasses("fdi");
    const bool teeth = list.empty() && !names.empty() &&
                       std::all_of(names.begin(), names.end(), [&](const auto& name) { return palette.indexOfName(name) >= 0; });
    for (const auto& name : names) list.push_back({{"id", teeth ? palette[palette.indexOfName(name)].id : next++}, {"name", name}});
    return withToothFacts(labelSetFromJson(list));
  }

  std::vector<std::string> listedNames() const {
    std::vector<std::string> names;
    std::error_code code;
    if (!std::filesystem::is_regular_file(m_folder / "labels.txt", code)) return names;
    std::istringstream lines(sanitisedUtf8(readFile(m_folder / "labels.txt", 1 << 20)));
    for (std::string line; std::getline(lines, line);) {
      while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
      if (!line.empty() && line != kIgnoreLabel && line != kBackgroundLabel && std::find(names.begin(), names.end(), line) == names.end())
        names.push_back(line);
    }
    return names;
  }

  ImportedCase finished(LabelledFile& file, const LabelSet& classes) const {
    if (!file.annotated || classes.empty()) return std::move(file.one);
    Annotation annotation = Annotation::empty(file.one.facts.geometry.size, classes.size());
    for (auto& [label, mask] : file.masks)
      if (!mask.empty()) annotation.set(classes.indexOfName(label), std::move(mask));
    settleMissing(annotation, m_request.missing);
    for (const auto* names : {&file.broken, &file.notAnnotated})
      for (const auto& name : *names)
        if (const int index = classes.indexOfName(name); index >= 0)
          annotation.classes[static_cast<std::size_t>(index)] = {ClassState::NotAnnotated, Mask(annotation.size)};
    annotation.ignore = file.ignore;
    file.one.annotation = std::move(annotation);
    return std::move(file.one);
  }

  const ImportRequest& m_request;
  std::filesystem::path m_folder;
  StudyBuilder m_builder;
  std::set<std::string> m_labels;
  std::vector<LabelledFile> m_files;
};

}  // namespace

bool LabelmeImport::recognises(const ImportRequest& request) const {
  // One file tells the kind of a folder: labelme folders hold a JSON an image.
  for (const auto& file : jsonFiles(request.source)) return isLabelme(file);
  return false;
}

ImportedStudy LabelmeImport::read(const ImportRequest& request, ImageAccess& images, Job& job) const {
  std::error_code code;
  const bool file = std::filesystem::is_regular_file(request.source, code);
  const auto files = jsonFiles(request.source);
  if (files.empty())
    throw Error(ErrorKind::BadInput, "unknown-format", "There is no labelme file in " + displayPath(request.source) + ".",
                {.path = displayPath(request.source)});
  return LabelmeReader(request, file ? request.source.parent_path() : request.source, images).read(files, job);
}

}  // namespace roundel
