#include <cmath>
#include <map>
#include <set>

#include "exchange/dicom_writer.h"
#include "exchange/segmentation_object.h"
#include "imaging/dicom_dataset.h"
#include "volume_support.h"

// Segmentation objects (DICOM-SEG): written on a series, read back with their overlap; those of others.

namespace roundel {
namespace {

using testing::FileImages;
using testing::Folder;
using testing::hasWarning;
using testing::importVolumes;
using testing::paintBox;

const Size kSegmentationSize{13, 9, 6};

/// A slice of a CT series: what a scanner writes, as far as anything here looks at it.
std::string slice(std::int64_t z, const std::string& series, std::int64_t number, const std::string& patient = "Doe^Jane") {
  DicomWriter data;
  data.text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2");
  data.text(0x00080018, "UI", uidOf(series + std::to_string(z)));
  data.text(0x00080060, "CS", "CT");
  data.text(0x00100010, "PN", patient);
  data.text(0x00100020, "LO", "4711");
  data.text(0x0020000D, "UI", uidOf("study"));
  data.text(0x0020000E, "UI", uidOf(series));
  data.text(0x00200011, "IS", std::to_string(number));
  data.text(0x00200052, "UI", uidOf("frame"));
  data.decimals(0x00200032, {-10, -20, 30 + 2.5 * static_cast<double>(z)});
  data.decimals(0x00200037, {1, 0, 0, 0, 1, 0});
  data.decimals(0x00280030, {0.75, 0.5});
  data.unsigned16(0x00280002, {1});
  data.text(0x00280004, "CS", "MONOCHROME2");
  data.unsigned16(0x00280010, {static_cast<std::uint16_t>(kSegmentationSize.y)});
  data.unsigned16(0x00280011, {static_cast<std::uint16_t>(kSegmentationSize.x)});
  for (const std::uint32_t tag : {0x00280100U, 0x00280101U}) data.unsigned16(tag, {16});
  data.unsigned16(0x00280102, {15});
  data.unsigned16(0x00280103, {0});
  std::string pixels(static_cast<std::size_t>(2 * kSegmentationSize.x * kSegmentationSize.y), '\0');
  for (std::size_t i = 0; i < pixels.size(); i += 2) pixels[i] = static_cast<char>(z + 1);
  data.bytes(0x7FE00010, "OW", pixels);
  return dicomFile("1.2.840.10008.5.1.4.1.1.2", uidOf(series + std::to_string(z)), data);
}

/// Slices in a folder under names that are in no order.
void writeSeries(const Folder& folder, const std::string& place, const std::string& series, std::int64_t number,
                 const std::string& patient = "Doe^Jane") {
  for (std::int64_t z = 0; z < kSegmentationSize.z; ++z)
    folder.write(place + "/" + series + std::to_string((z * 7 + 3) % 10) + ".dcm", slice(z, series, number, patient));
}

Mask box(PixelBox where) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(kSegmentationSize.count()));
  paintBox(bytes, kSegmentationSize, where, 1);
  return Mask::fromBytes(kSegmentationSize, bytes);
}

const LabelSet kClasses({{.id = 2, .name = "Liver", .colour = {200, 30, 30}},
                         {.id = 5, .name = "Gefäß"},
                         {.id = 9, .name = "Spleen"},
                         {.id = 11, .name = "Kidney"}});

/// A source of one case on the series in `folder`: two classes that overlap, one absent, one not annotated.
ExportSource sourceOn(const std::filesystem::path& folder, LabelOrigin origin = LabelOrigin::Annotator) {
  FileImages images;
  ExportedCase one{.name = "case", .image = folder, .geometry = images.probe(folder).geometry, .modality = "CT"};
  one.annotation = Annotation::empty(kSegmentationSize, kClasses.size());
  one.annotation.set(0, box({1, 1, 9, 8, 1, 5}));
  one.annotation.set(1, box({5, 3, 13, 9, 2, 6}));
  one.annotation.set(2, Mask(kSegmentationSize));
  return {.classes = kClasses,
          .origin = origin,
          .count = 1,
          .load = [one](std::size_t) { return one; },
          .dicom = [](const ExportedCase& exported) { return readDicomSource({exported.image}, FileImages::context()); }};
}

ExportReport written(const ExportSource& source, const std::filesystem::path& out) {
  std::filesystem::create_directories(out);
  Job job;
  return exportFormats().create("dicom-seg")->write(source, out, job);
}

TEST(DicomSeg, WhatIsWrittenOnASeriesIsReadBackWithItsOverlap) {
  const Folder folder;
  writeSeries(folder, "series", "s", 3);
  const ExportReport report = written(sourceOn(folder / "series"), folder / "out");
  EXPECT_EQ(report.cases, 1);
  EXPECT_TRUE(hasWarning(report.warnings, "not-annotated-lost", "case"));
  for (const std::string format : {"dicom-seg", "dicom"}) {
    SCOPED_TRACE(format);
    ImportRequest request{.source = folder / "series", .missing = MissingClass::NotAnnotated};
    if (format == "dicom") request.labels = folder / "out";
    else request = {.source = folder / "out", .images = folder / "series", .missing = MissingClass::NotAnnotated};
    const ImportedStudy back = importVolumes(format, request);
    ASSERT_EQ(back.cases.size(), 1U);
    EXPECT_EQ(back.refused, 0);
    const auto& classes = back.cases[0].annotation.classes;
    EXPECT_EQ(classes.at(static_cast<std::size_t>(back.classes.indexOfName("Liver"))).mask, box({1, 1, 9, 8, 1, 5}));
    EXPECT_EQ(classes.at(static_cast<std::size_t>(back.classes.indexOfName("Gefäß"))).mask, box({5, 3, 13, 9, 2, 6}));
    EXPECT_EQ(classes.at(static_cast<std::size_t>(back.classes.indexOfName("Spleen"))).state, ClassState::Absent)
        << "a segment without frames";
    EXPECT_LT(back.classes.indexOfName("Kidney"), 0) << "nobody looked for it";
  }
}

TEST(DicomSeg, BelongsToThePatientAndRefersToEverySlice) {
  const Folder folder;
  writeSeries(folder, "series", "s", 3);
  written(sourceOn(folder / "series", LabelOrigin::Machine), folder / "out");
  const SourceFile file(folder / "out/case.dcm");
  const DicomFile dicom = openDicom(file, FileImages::context());
  const DicomDataset& data = dicom.dataset;
  EXPECT_EQ(data.text(0x00100010), "Doe^Jane");
  EXPECT_EQ(data.text(0x00100020), "4711");
  EXPECT_EQ(data.text(0x0020000D), uidOf("study"));
  EXPECT_EQ(data.text(0x00200052), uidOf("frame"));
  EXPECT_NE(data.text(0x0020000E), uidOf("s")) << "a series of its own";
  EXPECT_EQ(data.text(0x00620013), "YES") << "segments overlap";
  const auto series = data.sequence(0x00081115);
  ASSERT_EQ(series.size(), 1U);
  EXPECT_EQ(series[0].text(0x0020000E), uidOf("s"));
  EXPECT_EQ(series[0].sequence(0x0008114A).size(), static_cast<std::size_t>(kSegmentationSize.z));
  const auto segments = data.sequence(0x00620002);
  ASSERT_EQ(segments.size(), 3U);
  EXPECT_EQ(segments[0].text(0x00620008), "AUTOMATIC");
  const auto frames = data.sequence(0x52009230);
  ASSERT_EQ(frames.size(), 8U) << "four slices of each class";
  const auto source = frames[0].sequence(0x00089124)[0].sequence(0x00082112);
  EXPECT_EQ(source[0].text(0x00081155), uidOf("s1")) << "the slice at z = 1";
  EXPECT_EQ(source[0].text(0x0028135A), "YES") << "spatial locations preserved: what highdicom asks for";
  EXPECT_EQ(frames[0].sequence(0x00209113)[0].numbers(0x00200032)[2], 32.5);
}

TEST(DicomSeg, NamesFitTheCharacterSetOfThePatient) {
  const Folder folder;
  writeSeries(folder, "series", "s", 3, "M\xFCller");  // Latin 1 that the file does not state
  const ExportReport report = written(sourceOn(folder / "series"), folder / "out");
  EXPECT_TRUE(hasWarning(report.warnings, "names-changed", "case"));
  const std::string bytes = readFile(folder / "out/case.dcm");
  EXPECT_NE(bytes.find("M\xFCller"), std::string::npos) << "the patient's name byte for byte";
  EXPECT_NE(bytes.find("Gef??"), std::string::npos);
}

TEST(DicomSeg, CasesThatAreNoDicomAreLeftOutWithASentence) {
  const Folder folder;
  writeNifti(folder / "a.nii.gz", {.size = kSegmentationSize},
             std::vector<std::uint8_t>(static_cast<std::size_t>(kSegmentationSize.count())));
  ExportedCase one{.name = "a",
                   .image = folder / "a.nii.gz",
                   .geometry = {.size = kSegmentationSize},
                   .annotation = Annotation::empty(kSegmentationSize, kClasses.size())};
  one.annotation.set(0, box({1, 1, 3, 3, 1, 2}));
  ExportSource source{.classes = kClasses,
                      .count = 1,
                      .load = [one](std::size_t) { return one; },
                      .dicom = [](const ExportedCase& exported) { return readDicomSource({exported.image}, FileImages::context()); }};
  try {
    written(source, folder / "out");
    ADD_FAILURE() << "nothing could be written";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "nothing-exported");
    EXPECT_NE(std::string(error.what()).find("is no DICOM file"), std::string::npos) << error.what();
  }
}

TEST(DicomSeries, TwoSeriesInOneFolderAreTwoCases) {
  const Folder folder;
  writeSeries(folder, "scans", "s", 3);
  writeSeries(folder, "scans", "t", 4);
  folder.write("scans/report.txt", "hello");
  const ImportedStudy study = importVolumes("dicom", {.source = folder / "scans"});
  ASSERT_EQ(study.cases.size(), 2U);
  EXPECT_EQ(study.refused, 0);
  std::set<std::string> names;
  for (const auto& one : study.cases) {
    names.insert(one.name);
    EXPECT_EQ(one.slices.size(), static_cast<std::size_t>(kSegmentationSize.z));
    EXPECT_EQ(one.facts.geometry.size, kSegmentationSize);
    EXPECT_EQ(one.facts.geometry.spacingMm, (std::array<double, 3>{0.5, 0.75, 2.5}));
    EXPECT_EQ(one.facts.geometry.originMm, (std::array<double, 3>{-10, -20, 30}));
  }
  EXPECT_EQ(names, (std::set<std::string>{"scans-series-3", "scans-series-4"}));
}

TEST(DicomSeries, ALabelMapOfTheCasesNameLiesOnItByGeometry) {
  const Folder folder;
  writeSeries(folder, "scan7", "s", 3);
  FileImages images;
  Geometry grid = images.probe(folder / "scan7").geometry;
  // As dcm2niix writes it: rows from the bottom up.
  std::vector<std::uint8_t> values(static_cast<std::size_t>(kSegmentationSize.count()));
  paintBox(values, kSegmentationSize, {2, 1, 5, 4, 0, 3}, 1);
  grid.originMm[1] += 0.75 * static_cast<double>(kSegmentationSize.y - 1);
  grid.direction[4] = -1;
  std::filesystem::create_directories(folder / "labels");
  writeNifti(folder / "labels/scan7.nii.gz", grid, values);
  const ImportedStudy study = importVolumes("dicom", {.source = folder / "scan7", .labels = folder / "labels"});
  ASSERT_EQ(study.cases.size(), 1U);
  EXPECT_EQ(study.cases[0].annotation.classes.at(0).mask, box({2, kSegmentationSize.y - 4, 5, kSegmentationSize.y - 1, 0, 3}));
  EXPECT_TRUE(hasWarning(study.warnings, "labels-moved", "scan7"));
}

TEST(DicomSeries, MissingDoubledAndTiltedSlicesAreTold) {
  const Folder folder;
  for (const std::int64_t z : {0, 1, 2, 4, 5}) folder.write("gap/" + std::to_string(z) + ".dcm", slice(z, "s", 1));
  writeSeries(folder, "double", "s", 1);
  folder.write("double/again.dcm", slice(2, "s", 1));
  const ImportedStudy gap = importVolumes("dicom", {.source = folder / "gap"});
  EXPECT_TRUE(hasWarning(gap.warnings, "missing-slices", "gap"));
  const ImportedStudy twice = importVolumes("dicom", {.source = folder / "double"});
  EXPECT_TRUE(hasWarning(twice.warnings, "doubled-slices", "double"));
  EXPECT_EQ(twice.cases[0].facts.geometry.size, kSegmentationSize);
}

/// A grid that holds every frame of a segmentation object: its planes at their smallest distance.
Geometry gridOfFrames(const StoredImage& image) {
  const Json& facts = image.source["segmentation"];
  const auto row = facts["row"].get<std::array<double, 3>>(), column = facts["column"].get<std::array<double, 3>>();
  const std::array<double, 3> normal{row[1] * column[2] - row[2] * column[1], row[2] * column[0] - row[0] * column[2],
                                     row[0] * column[1] - row[1] * column[0]};
  std::map<double, std::array<double, 3>> along;
  for (const auto& frame : facts["frames"]) {
    const auto at = frame["position"].get<std::array<double, 3>>();
    along[std::round(1e3 * (at[0] * normal[0] + at[1] * normal[1] + at[2] * normal[2])) / 1e3] = at;
  }
  double step = along.size() > 1 ? 1e9 : 1;
  for (auto at = along.begin(); std::next(at) != along.end(); ++at) step = std::min(step, std::next(at)->first - at->first);
  Geometry grid = image.geometry;
  grid.size.z = std::llround((along.rbegin()->first - along.begin()->first) / step) + 1;
  grid.spacingMm[2] = step;
  grid.originMm = along.begin()->second;
  for (std::size_t part = 0; part < 3; ++part) {
    grid.direction[3 * part] = row[part];
    grid.direction[3 * part + 1] = column[part];
    grid.direction[3 * part + 2] = normal[part];
  }
  return grid;
}

TEST(DicomSegData, SegmentsOfOthersHaveTheExpectedPixels) {
  const auto folder = testing::dataFolder();
  if (!std::filesystem::exists(folder / "expected")) GTEST_SKIP() << folder << " is not there";
  int objects = 0;
  const Json expected = readJson(folder / "expected/dicom.json");
  for (const auto& [name, entry] : expected.at("files").items()) {
    // Fractions are cut at a half here and counted above nothing there; slides do not say where they lie in the patient.
    if (!entry.contains("seg") || entry["seg"]["type"] == "FRACTIONAL" || name.find("_sm_") != std::string::npos) continue;
    SCOPED_TRACE(name);
    FileImages images;
    StoredImage image = images.load(folder / name);
    if (!image.source["segmentation"].contains("row")) {  // drawn on a radiograph
      EXPECT_THROW(SegmentationObject(std::move(image), name), Error);
      continue;
    }
    const Geometry grid = gridOfFrames(image);
    const auto masks = SegmentationObject(std::move(image), name).masksOn(grid);
    for (const auto& segment : entry["seg"]["segments"])
      if (segment["number"] != 0) {
        ASSERT_TRUE(masks.contains(segment["label"].get<std::string>())) << segment;
        EXPECT_EQ(masks.at(segment["label"].get<std::string>()).area(), segment["foreground"].get<std::int64_t>()) << segment;
      }
    ++objects;
  }
  EXPECT_EQ(objects, 12) << "of 13; one is drawn on a radiograph";
}

/// A series of dcmqi with its segmentation object in one folder tree.
TEST(DicomSegData, AnObjectFindsItsSeries) {
  const auto folder = testing::dataFolder() / "dicom/dcmqi_seg/segmentations";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const ImportedStudy study = importVolumes("dicom-seg", {.source = folder / "liver.dcm", .images = folder / "ct-3slice"});
  ASSERT_EQ(study.cases.size(), 1U);
  EXPECT_EQ(study.cases[0].name, "ct-3slice");
  ASSERT_EQ(study.classes.size(), 1);
  EXPECT_EQ(study.classes[0].name, "Liver");
  EXPECT_EQ(study.cases[0].annotation.classes[0].mask.area(), 107098);
  const ImportedStudy overlapping = importVolumes("dicom-seg", {.source = folder / "partial_overlaps.dcm", .images = folder / "ct-3slice"});
  ASSERT_EQ(overlapping.cases.size(), 1U);
  Mask seen(overlapping.cases[0].annotation.size), twice = seen;
  for (const auto& one : overlapping.cases[0].annotation.classes) {
    twice = unite(twice, intersect(seen, one.mask));
    seen = unite(seen, one.mask);
  }
  EXPECT_EQ(overlapping.classes.size(), 5);
  EXPECT_EQ(twice.area(), 3106);
}

}  // namespace
}  // namespace roundel
