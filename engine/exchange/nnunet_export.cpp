#include "core/error.h"
#include "core/files.h"
#include "exchange/export_losses.h"
#include "exchange/exported_picture.h"
#include "exchange/label_map.h"
#include "exchange/nifti.h"
#include "exchange/nnunet_format.h"

namespace roundel {
namespace {

Json datasetDocument(const LabelSet& classes, bool ignore, int cases) {
  Json labels = {{"background", 0}};
  for (int c = 0; c < classes.size(); ++c) labels[classes[c].name] = c + 1;
  if (ignore) labels["ignore"] = classes.size() + 1;
  return {{"channel_names", {{"0", "grey"}}},
          {"labels", std::move(labels)},
          {"numTraining", cases},
          {"file_ending", ".png"},
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
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    const ExportedCase one = source.load(i);
    if (one.annotation.size.z != 1)
      throw Error(ErrorKind::BadInput, "not-2d", one.name + " is a volume; this data set holds 2-D images.",
                  {.caseName = one.name, .remedy = "Export volumes as nifti."});
    const auto flat = flattened(
        one.annotation, [](int c) { return static_cast<std::uint32_t>(c + 1); }, ignoreNumber);
    const std::string stem = fileNameOf(one.name);
    report.files.push_back(labels / (stem + ".png"));
    writeFileAtomically(report.files.back(), greyPng(flat.pixels, bits));
    report.files.push_back(images / (stem + "_0000.png"));
    writeFileAtomically(report.files.back(), picturePng(source.picture(one)));
    anyIgnore = anyIgnore || !one.annotation.ignore.empty();
    if (auto names = notAnnotatedNames(one.annotation, source.classes); !names.empty()) table.notAnnotated[stem] = std::move(names);
    reportLosses(report, "nnU-Net",
                 {.overlap = FormatAbility::Overlap::Lost, .notAnnotated = FormatAbility::NotAnnotated::BecomesBackground}, one,
                 source.classes, flat.overlapPixels);
    ++report.cases;
    job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(source.count), "writing images and labels");
  }
  writeJsonAtomically(folder / "dataset.json", datasetDocument(source.classes, anyIgnore, report.cases));
  writeClassTable(folder, table);
  report.files.push_back(folder / "dataset.json");
  report.files.push_back(folder / kClassTableName);
  return report;
}

}  // namespace roundel
