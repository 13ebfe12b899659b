#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "exchange/export_losses.h"
#include "exchange/label_map.h"
#include "exchange/masks_format.h"
#include "exchange/run_length.h"
#include "imaging/image_writer.h"

namespace roundel {
namespace {

Palette paletteOf(const LabelSet& classes) {
  Palette palette(256, {0, 0, 0});
  palette[255] = {128, 128, 128};
  for (const auto& one : classes.classes()) palette[static_cast<std::size_t>(one.id)] = one.colour;
  return palette;
}

/// Calls `write` with every case, the path of its file without extension and its label map as `flatten` makes it; keeps the class table.
template <class Flatten, class Write>
ExportReport writeMaps(const ExportSource& source, const std::filesystem::path& folder, const std::string& format, Job& job,
                       Flatten flatten, Write write) {
  ExportReport report;
  const int bits = labelBits(source.classes);
  ClassTable table{.classes = source.classes, .ignore = bits == 8 ? 255 : 65535};
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    const ExportedCase one = source.load(i);
    const auto flat = flatten(
        one.annotation, [&](int c) { return static_cast<std::uint32_t>(source.classes[c].id); }, static_cast<std::uint32_t>(table.ignore),
        bits);
    const std::string stem = fileNameOf(one.name);
    report.files.push_back(write(one, folder / stem, flat, bits));
    table.name(stem, one);
    if (auto names = notAnnotatedNames(one.annotation, source.classes); !names.empty()) table.notAnnotated[stem] = std::move(names);
    reportLosses(report, format, {.overlap = FormatAbility::Overlap::Lost}, one, source.classes, flat.overlapPixels);
    ++report.cases;
    job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(source.count), "writing labels");
  }
  writeClassTable(folder, table);
  report.files.push_back(folder / kClassTableName);
  return report;
}

/// Label maps that lie on the case's own grid.
template <class Write>
ExportReport writeVolumes(const ExportSource& source, const std::filesystem::path& folder, const std::string& format, Job& job,
                          Write write) {
  return writeMaps(
      source, folder, format, job,
      [](const Annotation& annotation, const auto& numberOf, std::uint32_t ignore, int bits) {
        return flattenedValues(annotation, numberOf, ignore, bits);
      },
      [&](const ExportedCase& one, const std::filesystem::path& path, const auto& flat, int) { return write(one, path, flat.values); });
}

std::filesystem::path withEnding(std::filesystem::path path, const char* ending) {
  path += ending;
  return path;
}

}  // namespace

ExportReport MasksExport::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  return writeMaps(
      source, folder, "An indexed PNG", job,
      [](const Annotation& annotation, const auto& numberOf, std::uint32_t ignore, int) { return flattened(annotation, numberOf, ignore); },
      [&](const ExportedCase&, const std::filesystem::path& path, const auto& flat, int bits) {
        const auto file = withEnding(path, ".png");
        writeFileAtomically(file, bits == 8 ? indexedPng(flat.pixels, paletteOf(source.classes)) : greyPng(flat.pixels, 16));
        return file;
      });
}

ExportReport NiftiExport::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  return writeVolumes(source, folder, "A NIfTI label map", job,
                      [](const ExportedCase& one, const std::filesystem::path& path, const PixelValues& values) {
                        const auto file = withEnding(path, ".nii.gz");
                        writeNifti(file, one.geometry, values, NiftiIntent::Labels);
                        return file;
                      });
}

ExportReport NrrdExport::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  return writeVolumes(source, folder, "An NRRD label map", job,
                      [](const ExportedCase& one, const std::filesystem::path& path, const PixelValues& values) {
                        const auto file = withEnding(path, ".nrrd");
                        writeNrrd(file, one.geometry, values);
                        return file;
                      });
}

ExportReport ClassMasksExport::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  ExportReport report;
  ClassTable table{.classes = source.classes};
  std::set<std::string> names;
  for (const auto& one : source.classes.classes())
    if (!names.insert(fileNameOf(one.name)).second)
      throw Error(ErrorKind::BadInput, "bad-classes", "Two classes would have the same file name: " + fileNameOf(one.name) + ".",
                  {.remedy = "Rename one of them."});
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    const ExportedCase one = source.load(i);
    requireLabelSize(one.annotation.size);
    const auto caseFolder = folder / fileNameOf(one.name);
    table.name(fileNameOf(one.name), one);
    std::filesystem::create_directories(caseFolder);
    const auto writeMask = [&](const std::string& name, const Mask& mask) {
      LabelPixels pixels{.size = one.annotation.size,
                         .values = std::vector<std::uint32_t>(static_cast<std::size_t>(one.annotation.size.count()), 0)};
      for (const auto& run : mask.runs()) std::fill_n(pixels.values.begin() + run.start, run.length, 255U);
      report.files.push_back(caseFolder / (name + ".png"));
      writeFileAtomically(report.files.back(), greyPng(pixels, 8));
    };
    for (int c = 0; c < source.classes.size(); ++c)
      if (const auto& label = one.annotation.classes[static_cast<std::size_t>(c)]; label.state != ClassState::NotAnnotated)
        writeMask(fileNameOf(source.classes[c].name), label.state == ClassState::Present ? label.mask : Mask(one.annotation.size));
    if (!one.annotation.ignore.empty()) writeMask("_ignore", one.annotation.ignore);
    if (auto missing = notAnnotatedNames(one.annotation, source.classes); !missing.empty())
      table.notAnnotated[fileNameOf(one.name)] = std::move(missing);
    ++report.cases;
    job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(source.count), "writing labels");
  }
  writeClassTable(folder, table);
  report.files.push_back(folder / kClassTableName);
  return report;
}

}  // namespace roundel
