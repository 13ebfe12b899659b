#include "core/files.h"
#include "exchange/coco_format.h"
#include "exchange/export_losses.h"
#include "exchange/run_length.h"
#include "exchange/study_builder.h"

namespace roundel {
namespace {

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json runLengths(const Mask& mask) {
  const auto counts = cocoCounts(mask);
  return {{"size", {mask.size().y, mask.size().x}}, {"counts", cocoTextFromCounts(counts)}};
}

/// The lists grow as text: masks of ten thousand cases would not fit as a document.
class CocoWriter {
 public:
  explicit CocoWriter(const LabelSet& classes) : m_classes(classes) {}

  void add(const ExportedCase& one) {
    requireLabelSize(one.annotation.size);
    const std::int64_t imageId = ++m_imageId;
    Json states = {{"absent", Json::array()}, {"not_annotated", Json::array()}};
    for (int i = 0; i < m_classes.size(); ++i) {
      const auto& label = one.annotation.classes[static_cast<std::size_t>(i)];
      if (label.state == ClassState::Absent) states["absent"].push_back(m_classes[i].id);
      if (label.state == ClassState::NotAnnotated) states["not_annotated"].push_back(m_classes[i].id);
      if (label.state == ClassState::Present) addObject(imageId, m_classes[i].id, label.mask);
    }
    if (!one.annotation.ignore.empty()) states["ignore"] = runLengths(one.annotation.ignore);
    append(m_images, {{"id", imageId},
                      {"file_name", imageReference(one)},
                      {"width", one.annotation.size.x},
                      {"height", one.annotation.size.y},
                      {"roundel", std::move(states)}});
  }

  std::string document() const {
    Json categories = Json::array();
    for (const auto& one : m_classes.classes())
      categories.push_back({{"id", one.id}, {"name", one.name}, {"supercategory", one.code.starts_with("FDI") ? "tooth" : "structure"}});
    const Json info = {{"description", "Labels exported by Roundel"}, {"version", "1.0"}};
    return "{\"info\":" + dumped(info) + ",\n\"images\":[" + m_images + "],\n\"annotations\":[" + m_objects +
           "],\n\"categories\":" + dumped(categories) + "}\n";
  }

 private:
  static void append(std::string& list, const Json& json) { list += (list.empty() ? "\n" : ",\n") + dumped(json); }

  void addObject(std::int64_t imageId, std::int64_t categoryId, const Mask& mask) {
    const PixelBox box = mask.bounds();
    append(m_objects, {{"id", ++m_objectId},
                       {"image_id", imageId},
                       {"category_id", categoryId},
                       {"iscrowd", 0},
                       {"area", mask.area()},
                       {"bbox", {box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0}},
                       {"segmentation", runLengths(mask)}});
  }

  const LabelSet& m_classes;
  std::int64_t m_imageId = 0, m_objectId = 0;
  std::string m_images, m_objects;
};

}  // namespace

ExportReport CocoExport::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  ExportReport report;
  CocoWriter writer(source.classes);
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    writer.add(source.load(i));
    ++report.cases;
    job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(source.count), "writing labels");
  }
  report.files = {folder / "annotations.json"};
  writeFileAtomically(report.files.front(), writer.document());
  return report;
}

}  // namespace roundel
