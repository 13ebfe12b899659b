#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <numbers>

#include <pugixml.hpp>

#include "core/error.h"
#include "core/files.h"
#include "exchange/cvat_format.h"
#include "exchange/image_names.h"
#include "exchange/label_map.h"
#include "exchange/run_length.h"
#include "exchange/study_builder.h"
#include "raster/polygon.h"

namespace roundel {
namespace {

constexpr std::uintmax_t kMaximumBytes = std::uintmax_t{1} << 30;

[[noreturn]] void badObject(const std::string& reason) { throw Error(ErrorKind::BadInput, "bad-mask", reason); }

std::string_view trimmedText(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

template <class Number>
Number numberIn(std::string_view text) {
  text = trimmedText(text);
  Number number{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size())
    badObject("\"" + sanitisedUtf8(text.substr(0, 40)) + "\" is no number.");
  return number;
}

/// Calls `use` with every piece between separators.
template <class Use>
void forPieces(std::string_view text, char separator, Use use) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    use(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

double realOf(const pugi::xml_node& node, const char* name) { return numberIn<double>(node.attribute(name).value()); }
std::int64_t wholeOf(const pugi::xml_node& node, const char* name) { return numberIn<std::int64_t>(node.attribute(name).value()); }

Outline turned(Outline outline, OutlinePoint centre, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  for (auto& point : outline) {
    const double x = point.x - centre.x, y = point.y - centre.y;
    point = {centre.x + x * std::cos(angle) - y * std::sin(angle), centre.y + x * std::sin(angle) + y * std::cos(angle)};
  }
  return outline;
}

double rotationOf(const pugi::xml_node& node) { return node.attribute("rotation") ? realOf(node, "rotation") : 0.0; }

Mask maskOfPolygon(const pugi::xml_node& node, Size size) {
  Outline outline;
  forPieces(node.attribute("points").value(), ';', [&](std::string_view pair) {
    const std::size_t comma = pair.find(',');
    if (comma == std::string_view::npos) badObject("An outline's coordinates do not come in pairs.");
    outline.push_back({numberIn<double>(pair.substr(0, comma)), numberIn<double>(pair.substr(comma + 1))});
  });
  return maskFromOutline(size, outline);
}

Mask maskOfRunLengths(const pugi::xml_node& node, Size size) {
  const std::int64_t left = wholeOf(node, "left"), top = wholeOf(node, "top"), width = wholeOf(node, "width"),
                     height = wholeOf(node, "height");
  for (const std::int64_t value : {left, top, width, height})
    if (std::abs(static_cast<double>(value)) > 1e6) badObject("The box of a mask lies far outside its image.");
  std::vector<std::int64_t> counts;
  forPieces(node.attribute("rle").value(), ',', [&](std::string_view piece) { counts.push_back(numberIn<std::int64_t>(piece)); });
  return maskFromBoxCounts(size, {left, top, left + width, top + height}, counts);
}

Mask maskOfBox(const pugi::xml_node& node, Size size) {
  const double x0 = realOf(node, "xtl"), y0 = realOf(node, "ytl"), x1 = realOf(node, "xbr"), y1 = realOf(node, "ybr");
  return maskFromOutline(size, turned({{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}, {(x0 + x1) / 2, (y0 + y1) / 2}, rotationOf(node)));
}

Mask maskOfEllipse(const pugi::xml_node& node, Size size) {
  const OutlinePoint centre{realOf(node, "cx"), realOf(node, "cy")};
  const double rx = realOf(node, "rx"), ry = realOf(node, "ry");
  Outline outline;
  constexpr int kCorners = 720;
  for (int i = 0; i < kCorners; ++i) {
    const double angle = 2 * std::numbers::pi * i / kCorners;
    outline.push_back({centre.x + rx * std::cos(angle), centre.y + ry * std::sin(angle)});
  }
  return maskFromOutline(size, turned(std::move(outline), centre, rotationOf(node)));
}

bool hasArea(const pugi::xml_node& node) {
  const std::string_view kind = node.name();
  return kind == "polygon" || kind == "mask" || kind == "box" || kind == "ellipse";
}

Mask maskOf(const pugi::xml_node& node, Size size) {
  const std::string_view kind = node.name();
  if (kind == "polygon") return maskOfPolygon(node, size);
  if (kind == "mask") return maskOfRunLengths(node, size);
  return kind == "box" ? maskOfBox(node, size) : maskOfEllipse(node, size);
}

/// The XML files of a request, below its folder at any depth.
std::vector<std::filesystem::path> cvatFiles(const std::filesystem::path& source) {
  const auto isCvat = [](const std::filesystem::path& file) {
    if (lowerExtension(file) != ".xml") return false;
    std::ifstream stream(file, std::ios::binary);
    std::string head(65536, '\0');
    stream.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(stream.gcount()));
    return head.find("<annotations") != std::string::npos;
  };
  std::vector<std::filesystem::path> files;
  std::error_code code;
  if (std::filesystem::is_regular_file(source, code)) {
    if (isCvat(source)) files.push_back(source);
    return files;
  }
  if (!std::filesystem::is_directory(source, code)) return files;
  for (auto& file : filesUnder(source))
    if (isCvat(file)) files.push_back(std::move(file));
  return files;
}

/// One label of the documents' head, with the selections that its shapes carry.
struct DeclaredLabel {
  std::string name;
  std::string colour;
  std::vector<std::pair<std::string, std::vector<std::string>>> selections;  ///< attribute -> values
};

class CvatReader {
 public:
  CvatReader(const ImportRequest& request, ImageAccess& images, std::string attribute)
      : m_request(request), m_attribute(std::move(attribute)), m_builder(request, folders(request), images) {}

  ImportedStudy read(const std::vector<std::filesystem::path>& files, Job& job) {
    std::vector<std::unique_ptr<pugi::xml_document>> documents;
    for (const auto& file : files) documents.push_back(parsed(file));
    for (const auto& document : documents) readHead(document->child("annotations"));
    chooseAttribute();
    std::vector<pugi::xml_node> list;
    for (const auto& document : documents)
      for (const auto& image : document->child("annotations").children("image")) list.push_back(image);
    collectClasses(list);
    std::int64_t done = 0;
    for (const auto& image : list) {
      job.throwIfStopped();
      readImage(image);
      job.progress(++done, static_cast<std::int64_t>(list.size()), "reading labels");
    }
    return m_builder.finish();
  }

 private:
  static std::vector<std::filesystem::path> folders(const ImportRequest& request) {
    if (request.images) return {*request.images};
    std::error_code code;
    const bool file = std::filesystem::is_regular_file(request.source, code);
    const auto folder = file ? request.source.parent_path() : request.source;
    return {folder, folder / "images", folder.parent_path() / "images"};
  }

  static std::unique_ptr<pugi::xml_document> parsed(const std::filesystem::path& file) {
    const std::string text = readFile(file, kMaximumBytes);
    const std::string shown = displayPath(file);
    auto document = std::make_unique<pugi::xml_document>();
    // Entities of a document type are never expanded: pugixml knows the five of XML and no others.
    const auto result = document->load_buffer(text.data(), text.size());
    if (!result)
      throw Error(ErrorKind::BadInput, "bad-document", shown + " is not valid XML: " + result.description() + ".", {.path = shown});
    const auto root = document->child("annotations");
    if (!root) throw Error(ErrorKind::BadInput, "bad-document", shown + " is no CVAT file.", {.path = shown});
    if (root.child("track"))
      throw Error(ErrorKind::BadInput, "bad-document", shown + " holds tracks of a video, not labels of images.",
                  {.path = shown, .remedy = "Export it from CVAT as \"CVAT for images 1.1\"."});
    return document;
  }

  void readHead(const pugi::xml_node& root) {
    for (const auto& part : root.child("meta").children())
      for (const auto& label : part.child("labels").children("label")) {
        const std::string name = sanitisedUtf8(label.child_value("name"));
        auto found = std::find_if(m_labels.begin(), m_labels.end(), [&](const auto& one) { return one.name == name; });
        if (found == m_labels.end()) found = m_labels.insert(m_labels.end(), {name, label.child_value("color"), {}});
        for (const auto& attribute : label.child("attributes").children("attribute"))
          if (const std::string_view type = attribute.child_value("input_type"); type == "select" || type == "radio")
            addSelection(*found, attribute);
      }
  }

  static void addSelection(DeclaredLabel& label, const pugi::xml_node& attribute) {
    const std::string name = sanitisedUtf8(attribute.child_value("name"));
    auto found = std::find_if(label.selections.begin(), label.selections.end(), [&](const auto& one) { return one.first == name; });
    if (found == label.selections.end()) found = label.selections.insert(label.selections.end(), {name, {}});
    forPieces(attribute.child_value("values"), '\n', [&](std::string_view value) {
      const std::string text = sanitisedUtf8(trimmedText(value));
      if (!text.empty() && found->second.size() < kMaximumClasses &&
          std::find(found->second.begin(), found->second.end(), text) == found->second.end())
        found->second.push_back(text);
    });
  }

  void chooseAttribute() {
    if (m_attribute == "none") m_attribute.clear();
    if (m_attribute != "auto") return;
    m_attribute.clear();
    if (m_labels.size() == 1 && m_labels[0].selections.size() == 1 && m_labels[0].selections[0].second.size() > 1)
      m_attribute = m_labels[0].selections[0].first;
  }

  std::string classNameOf(const pugi::xml_node& shape) const {
    if (!m_attribute.empty()) {
      for (const auto& attribute : shape.children("attribute"))
        if (m_attribute == attribute.attribute("name").value()) return sanitisedUtf8(trimmedText(attribute.child_value()));
      return "";
    }
    return sanitisedUtf8(shape.attribute("label").value());
  }

  /// The declared classes in their order, then those that only shapes name.
  void collectClasses(const std::vector<pugi::xml_node>& images) {
    std::vector<std::string> names;
    const auto take = [&](const std::string& name) {
      if (name.empty() || m_index.contains(name)) return;
      m_index[name] = static_cast<int>(names.size());
      names.push_back(name);
    };
    for (const auto& label : m_labels) {
      if (m_attribute.empty()) take(label.name);
      for (const auto& [attribute, values] : label.selections)
        if (attribute == m_attribute) std::for_each(values.begin(), values.end(), take);
    }
    for (const auto& image : images)
      for (const auto& shape : image.children())
        if (hasArea(shape)) take(classNameOf(shape));
    if (names.size() > kMaximumClasses) throw Error(ErrorKind::BadInput, "bad-classes", "The CVAT file names more than 4096 classes.");
    Json classes = Json::array();
    for (const auto& name : names) classes.push_back({{"name", name}});
    m_classes = withToothFacts(labelSetFromJson(classes));
    m_builder.setClasses(m_classes);
  }

  void readImage(const pugi::xml_node& image) {
    const std::string name = image.attribute("name").value();
    Size size{};
    try {
      size = {wholeOf(image, "width"), wholeOf(image, "height"), 1};
      requireLabelSize(size);
    } catch (const Error& error) {
      return m_builder.refuse(sanitisedUtf8(name), "bad-size", "The CVAT file gives " + sanitisedUtf8(name) + " no usable size.");
    }
    auto one = m_builder.openCase(name, size);
    if (!one) return;
    readShapes(image, *one);
    m_builder.add(std::move(*one));
  }

  void readShapes(const pugi::xml_node& image, ImportedCase& one) {
    const Size size = one.facts.geometry.size;
    Annotation annotation = Annotation::empty(size, m_classes.size());
    std::vector<bool> broken(static_cast<std::size_t>(m_classes.size()), false);
    bool any = false;
    for (const auto& shape : image.children()) {
      if (!hasArea(shape)) {
        const std::string_view kind = shape.name();
        if (kind != "tag" && !kind.empty())
          m_builder.count("no-area", "A shape of kind \"" + sanitisedUtf8(kind.substr(0, 30)) + "\" has no area and was left out");
        continue;
      }
      any = true;
      const auto found = m_index.find(classNameOf(shape));
      if (found == m_index.end()) {
        m_builder.leaveOutObject(one.name, "unknown-class",
                                 "A shape of " + one.name + " has no value of " + m_attribute + "; it was left out.");
        continue;
      }
      const auto index = static_cast<std::size_t>(found->second);
      try {
        Mask mask = maskOf(shape, size);
        if (mask.empty()) m_builder.warn(one.name, "empty-object", "A shape of " + found->first + " in " + one.name + " covers no pixel.");
        else annotation.set(found->second, unite(annotation.classes[index].mask, mask));
      } catch (const Error& error) {
        broken[index] = true;
        m_builder.refuseObject(one.name, error.code(), found->first, error.what());
      }
    }
    if (!any) return;
    settleMissing(annotation, m_request.missing);
    for (std::size_t i = 0; i < broken.size(); ++i)
      if (broken[i]) annotation.classes[i] = {ClassState::NotAnnotated, Mask(size)};
    one.annotation = std::move(annotation);
  }

  const ImportRequest& m_request;
  std::string m_attribute;
  StudyBuilder m_builder;
  std::vector<DeclaredLabel> m_labels;
  LabelSet m_classes;
  std::map<std::string, int> m_index;
};

}  // namespace

CvatImport::CvatImport(const Params& params) : m_attribute(params.at("attribute").get<std::string>()) {}

bool CvatImport::recognises(const ImportRequest& request) const { return !cvatFiles(request.source).empty(); }

ImportedStudy CvatImport::read(const ImportRequest& request, ImageAccess& images, Job& job) const {
  auto files = cvatFiles(request.source);
  std::error_code code;
  if (files.empty() && std::filesystem::is_regular_file(request.source, code)) files = {request.source};
  if (files.empty())
    throw Error(ErrorKind::BadInput, "unknown-format", "There is no CVAT file in " + displayPath(request.source) + ".",
                {.path = displayPath(request.source)});
  return CvatReader(request, images, m_attribute).read(files, job);
}

}  // namespace roundel
