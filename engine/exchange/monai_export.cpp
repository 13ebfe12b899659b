#include "core/error.h"
#include "core/files.h"
#include "exchange/export_losses.h"
#include "exchange/exported_picture.h"
#include "exchange/folder_formats.h"
#include "exchange/label_map.h"
#include "exchange/masks_format.h"

namespace roundel {

ExportReport MonaiExport::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  const auto images = folder / "images", labels = folder / "labels";
  std::filesystem::create_directories(images);
  std::filesystem::create_directories(labels);
  Json training = Json::array();
  std::vector<std::filesystem::path> files;
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    const ExportedCase one = source.load(i);
    if (one.annotation.size.z != 1)
      throw Error(ErrorKind::BadInput, "not-2d", one.name + " is a volume; this data list holds 2-D images.",
                  {.caseName = one.name, .remedy = "Export volumes as nifti."});
    const std::string name = fileNameOf(one.name) + ".png";
    files.push_back(images / name);
    writeFileAtomically(files.back(), picturePng(source.picture(one)));
    training.push_back({{"image", "images/" + name}, {"label", "labels/" + name}});
    job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(source.count), "writing images");
  }
  ExportReport report = MasksExport().write(source, labels, job);
  Json names = {{"0", "background"}};
  for (const auto& one : source.classes.classes()) names[std::to_string(one.id)] = one.name;
  files.push_back(folder / "datalist.json");
  writeJsonAtomically(files.back(), {{"description", "Exported by Roundel"},
                                     {"tensorImageSize", "2D"},
                                     {"modality", {{"0", "grey"}}},
                                     {"labels", std::move(names)},
                                     {"numTraining", training.size()},
                                     {"numTest", 0},
                                     {"training", std::move(training)},
                                     {"test", Json::array()}});
  report.files.insert(report.files.end(), files.begin(), files.end());
  return report;
}

}  // namespace roundel
