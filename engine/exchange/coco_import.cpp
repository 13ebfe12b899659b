#include <algorithm>
#include <unordered_map>

#include "core/error.h"
#include "core/files.h"
#include "exchange/coco_format.h"
#include "exchange/image_names.h"
#include "exchange/label_map.h"
#include "exchange/run_length.h"
#include "exchange/study_builder.h"
#include "raster/polygon.h"

namespace roundel {
namespace {

/// The COCO file of a request: the source itself, or the only COCO file of the folder. Empty: none, or several.
std::filesystem::path cocoFile(const std::filesystem::path& source) {
  std::error_code code;
  const auto isCoco = [](const std::filesystem::path& file) {
    if (lowerExtension(file) != ".json") return false;
    const auto keys = outermostKeys(file);
    return keys.contains("images") && keys.contains("annotations");
  };
  if (std::filesystem::is_regular_file(source, code)) return isCoco(source) ? source : std::filesystem::path();
  std::vector<std::filesystem::path> found;
  for (const auto& folder : {source, source / "annotations"})
    for (std::filesystem::directory_iterator at(folder, code), end; !code && at != end; at.increment(code))
      if (isCoco(at->path())) found.push_back(at->path());
  return found.size() == 1 ? found.front() : std::filesystem::path();
}

Mask maskFromRunLengths(const ForeignJson& object, Size size) {
  const auto* stated = arrayMember(object, "size");
  if (stated == nullptr || stated->size() != 2 || asInteger((*stated)[0]) != size.y || asInteger((*stated)[1]) != size.x)
    throw Error(ErrorKind::BadInput, "bad-mask", "The size of a mask is not the size of its image.");
  const auto* counts = member(object, "counts");
  if (counts != nullptr && counts->is_string()) return maskFromCocoCounts(size, cocoCountsFromText(counts->get_ref<const std::string&>()));
  if (counts == nullptr || !counts->is_array()) throw Error(ErrorKind::BadInput, "bad-mask", "A mask has no run lengths.");
  std::vector<std::int64_t> numbers;
  numbers.reserve(counts->size());
  for (const auto& one : *counts) {
    const auto number = asInteger(one);
    if (!number) throw Error(ErrorKind::BadInput, "bad-mask", "A run length of a mask is no whole number.");
    numbers.push_back(*number);
  }
  return maskFromCocoCounts(size, numbers);
}

/// An image's id as text: whole numbers by the standard, words in the files of some programs. Empty: none.
std::string idIn(const ForeignJson& object, const char* key) {
  if (const auto number = integerMember(object, key)) return std::to_string(*number);
  const auto text = textMember(object, key);
  return text && !text->empty() ? "\"" + *text : std::string();  // "7" is not 7
}

class CocoReader {
 public:
  CocoReader(const ImportRequest& request, const std::filesystem::path& file, ImageAccess& images, bool crowdIsIgnored)
      : m_request(request),
        m_document(readForeignJson(file)),
        m_crowdIsIgnored(crowdIsIgnored),
        m_builder(request,
                  request.images
                      ? std::vector{*request.images}
                      : std::vector{file.parent_path(), file.parent_path() / "images", file.parent_path().parent_path() / "images"},
                  images) {}

  ImportedStudy read(Job& job) {
    const auto* list = arrayMember(m_document, "images");
    if (list == nullptr) throw Error(ErrorKind::BadInput, "bad-document", "The COCO file has no list of images.");
    readClasses();
    groupObjects(*list);
    std::int64_t done = 0;
    for (const auto& image : *list) {
      job.throwIfStopped();
      readImage(image);
      job.progress(++done, static_cast<std::int64_t>(list->size()), "reading labels");
    }
    return m_builder.finish();
  }

 private:
  void readClasses() {
    std::vector<std::pair<std::int64_t, std::string>> categories;
    if (const auto* list = arrayMember(m_document, "categories"))
      for (const auto& one : *list) {
        const auto id = integerMember(one, "id");
        if (!id || *id < 0) continue;
        categories.push_back({*id, textMember(one, "name").value_or("class " + std::to_string(*id))});
      }
    if (categories.size() > kMaximumClasses)
      throw Error(ErrorKind::BadInput, "bad-classes", "The COCO file has more than 4096 categories.");
    m_shift = std::any_of(categories.begin(), categories.end(), [](const auto& one) { return one.first == 0; }) ? 1 : 0;
    Json classes = Json::array();
    for (const auto& [id, name] : categories) classes.push_back({{"id", id + m_shift}, {"name", name}});
    m_classes = withToothFacts(labelSetFromJson(classes));
    m_builder.setClasses(m_classes);
    if (m_classes.empty()) m_builder.warn("", "no-classes", "The COCO file names no categories; its images come in without labels.");
  }

  void groupObjects(const ForeignJson& images) {
    for (const auto& image : images)
      if (const auto id = idIn(image, "id"); !id.empty()) m_objects[id];
    const auto* list = arrayMember(m_document, "annotations");
    if (list == nullptr) return;
    for (const auto& object : *list) {
      const auto found = m_objects.find(idIn(object, "image_id"));
      if (found == m_objects.end())
        m_builder.count("unknown-image", "An object belongs to an image that the COCO file does not list; it was left out");
      else found->second.push_back(&object);
    }
  }

  void readImage(const ForeignJson& image) {
    const std::string id = idIn(image, "id");
    const std::string name = textMember(image, "file_name").value_or("");
    const Size size{integerMember(image, "width").value_or(0), integerMember(image, "height").value_or(0), 1};
    if (id.empty() || name.empty()) return m_builder.refuse(name, "bad-document", "An image of the COCO file has no id or no file name.");
    const auto objects = m_objects.extract(id);
    if (objects.empty()) return m_builder.refuse(name, "image-twice", "Two images of the COCO file have the same id.");
    auto one = m_builder.openCase(name, size);
    if (!one) return;
    const Size grid = one->facts.geometry.size;
    const auto* states = objectMember(image, "roundel");
    if (!m_classes.empty() && (!objects.mapped().empty() || states != nullptr)) {
      try {
        requireLabelSize(grid);
        one->annotation = Annotation::empty(grid, m_classes.size());
        readObjects(objects.mapped(), one->name, one->annotation, states);
      } catch (const Error& error) {
        return m_builder.refuse(one->name, error.code(), one->name + ": " + error.what());
      }
    }
    m_builder.add(std::move(*one));
  }

  void readObjects(const std::vector<const ForeignJson*>& objects, const std::string& name, Annotation& annotation,
                   const ForeignJson* states) {
    std::vector<bool> broken(static_cast<std::size_t>(m_classes.size()), false);
    for (const auto* object : objects) {
      const auto category = integerMember(*object, "category_id");
      const int index = category ? m_classes.indexOfId(*category + m_shift) : -1;
      if (index < 0) {
        m_builder.leaveOutObject(name, "unknown-class",
                                 "An object of " + name + " has a category that the COCO file does not list; it was left out.");
        continue;
      }
      try {
        const auto* segmentation = member(*object, "segmentation");
        if (segmentation == nullptr) throw Error(ErrorKind::BadInput, "bad-mask", "it has no mask, only a box or points");
        const Mask mask = maskFromSegmentation(*segmentation, annotation.size);
        if (m_crowdIsIgnored && integerMember(*object, "iscrowd").value_or(0) == 1) annotation.ignore = unite(annotation.ignore, mask);
        else if (!mask.empty()) annotation.set(index, unite(annotation.classes[static_cast<std::size_t>(index)].mask, mask));
        else m_builder.warn(name, "empty-object", "An object of " + m_classes[index].name + " in " + name + " covers no pixel.");
      } catch (const Error& error) {
        broken[static_cast<std::size_t>(index)] = true;
        m_builder.refuseObject(name, error.code(), m_classes[index].name, error.what());
      }
    }
    settle(annotation, states, broken);
  }

  /// States said by the file, then the rule for missing classes; a class with a broken object is not annotated.
  void settle(Annotation& annotation, const ForeignJson* states, const std::vector<bool>& broken) {
    std::vector<ClassState> said(broken.size(), m_request.missing == MissingClass::Absent ? ClassState::Absent : ClassState::NotAnnotated);
    if (states != nullptr) {
      for (const auto& [key, state] : {std::pair{"absent", ClassState::Absent}, std::pair{"not_annotated", ClassState::NotAnnotated}})
        if (const auto* list = arrayMember(*states, key))
          for (const auto& id : *list)
            if (const int index = m_classes.indexOfId(asInteger(id).value_or(-1) + m_shift); index >= 0)
              said[static_cast<std::size_t>(index)] = state;
      if (const auto* ignore = objectMember(*states, "ignore"))
        annotation.ignore = unite(annotation.ignore, maskFromRunLengths(*ignore, annotation.size));
    }
    for (std::size_t i = 0; i < broken.size(); ++i) {
      auto& one = annotation.classes[i];
      if (broken[i]) one = {ClassState::NotAnnotated, Mask(annotation.size)};
      else if (one.state != ClassState::Present) one.state = said[i];
    }
  }

  const ImportRequest& m_request;
  ForeignJson m_document;
  bool m_crowdIsIgnored;
  StudyBuilder m_builder;
  LabelSet m_classes;
  std::int64_t m_shift = 0;
  std::unordered_map<std::string, std::vector<const ForeignJson*>> m_objects;
};

}  // namespace

Mask maskFromSegmentation(const ForeignJson& segmentation, Size size) {
  if (segmentation.is_object()) return maskFromRunLengths(segmentation, size);
  if (!segmentation.is_array() || segmentation.empty())
    throw Error(ErrorKind::BadInput, "bad-mask", "it has no mask, only a box or points");
  Mask mask(size);
  for (const auto& polygon : segmentation) {
    if (!polygon.is_array() || polygon.size() % 2 != 0)
      throw Error(ErrorKind::BadInput, "bad-outline", "An outline's coordinates do not come in pairs.");
    Outline outline;
    for (std::size_t i = 0; i + 1 < polygon.size(); i += 2) {
      if (!polygon[i].is_number() || !polygon[i + 1].is_number())
        throw Error(ErrorKind::BadInput, "bad-outline", "An outline has a coordinate that is no number.");
      outline.push_back({polygon[i].get<double>(), polygon[i + 1].get<double>()});
    }
    mask = unite(mask, maskFromOutline(size, outline));
  }
  return mask;
}

CocoImport::CocoImport(const Params& params) : m_crowdIsIgnored(params.at("crowd") == "ignore") {}

bool CocoImport::recognises(const ImportRequest& request) const { return !cocoFile(request.source).empty(); }

ImportedStudy CocoImport::read(const ImportRequest& request, ImageAccess& images, Job& job) const {
  const auto file = cocoFile(request.source);
  std::error_code code;
  if (file.empty() && !std::filesystem::is_regular_file(request.source, code))
    throw Error(ErrorKind::BadInput, "unknown-format", displayPath(request.source) + " does not hold exactly one COCO file.",
                {.path = displayPath(request.source), .remedy = "Name the JSON file itself."});
  return CocoReader(request, file.empty() ? request.source : file, images, m_crowdIsIgnored).read(job);
}

}  // namespace roundel
