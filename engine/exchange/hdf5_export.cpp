#include <algorithm>

#include "core/error.h"
#include "core/files.h"
#include "exchange/export_losses.h"
#include "exchange/hdf5_format.h"
#include "exchange/label_map.h"
#include "imaging/hdf5_writer.h"

namespace roundel {

ExportReport Hdf5Export::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  ExportReport report;
  const int bits = labelBits(source.classes);
  ClassTable table{.classes = source.classes, .ignore = bits == 8 ? 255 : 65535};
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    const ExportedCase one = source.load(i);
    Hdf5Volume volume{.geometry = one.geometry};
    volume.image = source.picture(one).values;
    const auto flat = flattenedValues(
        one.annotation, [&](int c) { return static_cast<std::uint32_t>(source.classes[c].id); }, static_cast<std::uint32_t>(table.ignore),
        bits);
    volume.label = flat.values;
    const std::string stem = fileNameOf(one.name);
    report.files.push_back(folder / (stem + ".h5"));
    writeHdf5(report.files.back(), volume);
    if (auto names = notAnnotatedNames(one.annotation, source.classes); !names.empty()) table.notAnnotated[stem] = std::move(names);
    reportLosses(report, "An HDF5 label", {.overlap = FormatAbility::Overlap::Lost}, one, source.classes, flat.overlapPixels);
    ++report.cases;
    job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(source.count), "writing volumes and labels");
  }
  writeClassTable(folder, table);
  report.files.push_back(folder / kClassTableName);
  return report;
}

}  // namespace roundel
