#include <map>

#include "core/error.h"
#include "core/files.h"
#include "exchange/export_losses.h"
#include "exchange/folder_formats.h"
#include "exchange/masks_format.h"
#include "exchange/picture_files.h"

namespace roundel {

ExportReport MonaiExport::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  const auto images = folder / "images", labels = folder / "labels";
  std::filesystem::create_directories(images);
  std::filesystem::create_directories(labels);
  const PictureFiles pictures(source);
  std::map<std::string, Json> parts{{"training", Json::array()}, {"validation", Json::array()}, {"test", Json::array()}};
  std::vector<std::filesystem::path> files;
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    const ExportedCase one = source.load(i);
    const std::string stem = fileNameOf(one.name), name = stem + pictures.ending();
    files.push_back(pictures.writePicture(images / stem, source.picture(one)));
    const std::string part = one.part == "validation" || one.part == "test" ? one.part : "training";
    parts[part].push_back({{"image", "images/" + name}, {"label", "labels/" + name}});
    job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(source.count), "writing images");
  }
  ExportReport report = pictures.volumes() ? NiftiExport().write(source, labels, job) : MasksExport().write(source, labels, job);
  Json names = {{"0", "background"}};
  for (const auto& one : source.classes.classes()) names[std::to_string(one.id)] = one.name;
  Json list = {{"description", "Exported by Roundel"},
               {"tensorImageSize", pictures.volumes() ? "3D" : "2D"},
               {"modality", {{"0", pictures.volumes() ? "image" : "grey"}}},
               {"labels", std::move(names)},
               {"numTraining", parts["training"].size()},
               {"numTest", parts["test"].size()},
               {"training", std::move(parts["training"])},
               {"test", std::move(parts["test"])}};
  if (!parts["validation"].empty()) list["validation"] = std::move(parts["validation"]);
  files.push_back(folder / "datalist.json");
  writeJsonAtomically(files.back(), list);
  report.files.insert(report.files.end(), files.begin(), files.end());
  return report;
}

}  // namespace roundel
