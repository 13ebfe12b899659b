#include "core/files.h"
#include "exchange/export_losses.h"
#include "exchange/label_map.h"
#include "exchange/labelme_format.h"
#include "exchange/run_length.h"
#include "raster/polygon.h"

namespace roundel {
namespace {

void addShapes(Json& shapes, const std::string& label, const Mask& mask) {
  for (const auto& outline : outlinesOf(mask)) {
    Json points = Json::array();
    for (const auto& point : outline) points.push_back({point.x, point.y});
    shapes.push_back({{"label", label},
                      {"points", std::move(points)},
                      {"group_id", nullptr},
                      {"description", ""},
                      {"shape_type", "polygon"},
                      {"flags", Json::object()}});
  }
}

}  // namespace

ExportReport LabelmeExport::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  ExportReport report;
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    const ExportedCase one = source.load(i);
    requireLabelSize(one.annotation.size);
    Json shapes = Json::array();
    for (int c = 0; c < source.classes.size(); ++c)
      if (const auto& label = one.annotation.classes[static_cast<std::size_t>(c)]; label.state == ClassState::Present)
        addShapes(shapes, source.classes[c].name, label.mask);
    addShapes(shapes, "__ignore__", one.annotation.ignore);
    const Json document = {{"version", "5.4.1"},
                           {"flags", Json::object()},
                           {"shapes", std::move(shapes)},
                           {"imagePath", imageReference(one)},
                           {"imageData", nullptr},
                           {"imageHeight", one.annotation.size.y},
                           {"imageWidth", one.annotation.size.x},
                           {"roundel", {{"not_annotated", notAnnotatedNames(one.annotation, source.classes)}}}};
    report.files.push_back(folder / (fileNameOf(one.name) + ".json"));
    writeFileAtomically(report.files.back(), document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
    ++report.cases;
    job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(source.count), "writing labels");
  }
  std::string labels = "__ignore__\n_background_\n";
  for (const auto& one : source.classes.classes()) labels += one.name + "\n";
  writeFileAtomically(folder / "labels.txt", labels);
  writeClassTable(folder, {.classes = source.classes});
  report.files.push_back(folder / "labels.txt");
  report.files.push_back(folder / kClassTableName);
  return report;
}

}  // namespace roundel
