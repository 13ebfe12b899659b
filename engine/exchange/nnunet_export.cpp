#include <set>

#include "core/error.h"
#include "core/files.h"
#include "exchange/export_losses.h"
#include "exchange/label_map.h"
#include "exchange/nnunet_format.h"
#include "exchange/picture_files.h"

namespace roundel {
namespace {

/// nnU-Net normalises a channel named CT by the values inside the labels of the whole data set, every other one case by case.
std::string channelName(bool volumes, const std::set<std::string>& modalities) {
  if (!volumes) return "grey";
  return modalities.size() == 1 && !modalities.begin()->empty() ? *modalities.begin() : "image";
}

Json datasetDocument(const LabelSet& classes, bool ignore, int cases, const std::string& channel, const std::string& ending) {
  Json labels = {{"background", 0}};
  for (int c = 0; c < classes.size(); ++c) labels[classes[c].name] = c + 1;
  if (ignore) labels["ignore"] = classes.size() + 1;
  return {{"channel_names", {{"0", channel}}},
          {"labels", std::move(labels)},
          {"numTraining", cases},
          {"file_ending", ending},
          {"description", "Exported by Roundel"}};
}

}  // namespace

ExportReport NnunetExport::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  ExportReport report;
  if (source.classes.size() > 65533) throw Error(ErrorKind::BadInput, "bad-classes", "So many classes do not fit into a label map.");
  const auto images = folder / "imagesTr", labels = folder / "labelsTr";
  std::filesystem::create_directories(images);
  std::filesystem::create_directories(labels);
  const auto ignoreNumber = static_cast<std::uint32_t>(source.classes.size() + 1);
  const int bits = ignoreNumber <= 255 ? 8 : 16;
  ClassTable table{.classes = source.classes};
  bool anyIgnore = false;
  const PictureFiles files(source);
  std::set<std::string> modalities;
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    const ExportedCase one = source.load(i);
    const auto flat = flattenedValues(
        one.annotation, [](int c) { return static_cast<std::uint32_t>(c + 1); }, ignoreNumber, bits);
    const std::string stem = fileNameOf(one.name);
    report.files.push_back(files.writeLabels(labels / stem, one.geometry, flat.values));
    report.files.push_back(files.writePicture(images / (stem + "_0000"), source.picture(one)));
    modalities.insert(one.modality);
    anyIgnore = anyIgnore || !one.annotation.ignore.empty();
    if (auto names = notAnnotatedNames(one.annotation, source.classes); !names.empty()) table.notAnnotated[stem] = std::move(names);
    reportLosses(report, "nnU-Net",
                 {.overlap = FormatAbility::Overlap::Lost, .notAnnotated = FormatAbility::NotAnnotated::BecomesBackground}, one,
                 source.classes, flat.overlapPixels);
    ++report.cases;
    job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(source.count), "writing images and labels");
  }
  writeJsonAtomically(folder / "dataset.json",
                      datasetDocument(source.classes, anyIgnore, report.cases, channelName(files.volumes(), modalities), files.ending()));
  writeClassTable(folder, table);
  report.files.push_back(folder / "dataset.json");
  report.files.push_back(folder / kClassTableName);
  return report;
}

}  // namespace roundel
