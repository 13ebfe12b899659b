#include "imaging/gzip.h"
#include "imaging/image_reader.h"
#include "raster/grid_map.h"
#include "volume_support.h"

// Volumes on their way out: what is written lies on the original grid, and is read back as it was.

namespace roundel {
namespace {

using testing::FileImages;
using testing::Folder;
using testing::hasWarning;
using testing::importVolumes;
using testing::obliqueGrid;
using testing::paintBox;
using testing::ramp;

const Size kExportSize{11, 9, 5};

Mask box(PixelBox where) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(kExportSize.count()));
  paintBox(bytes, kExportSize, where, 1);
  return Mask::fromBytes(kExportSize, bytes);
}

/// Two volumes: classes that overlap, one that is absent, one not annotated, a region to ignore.
struct Volumes {
  LabelSet classes{{{.id = 2, .name = "Liver", .colour = {200, 30, 30}},
                    {.id = 5, .name = "Lesion", .colour = {30, 200, 30}},
                    {.id = 6, .name = "Gefäß", .colour = {30, 30, 200}}}};
  std::vector<ExportedCase> cases;

  Volumes() {
    for (const std::string name : {"a", "b"}) {
      ExportedCase one{.name = name, .geometry = obliqueGrid(kExportSize), .modality = "CT"};
      one.annotation = Annotation::empty(kExportSize, classes.size());
      one.annotation.set(0, box({1, 1, 8, 7, 0, 4}));
      one.annotation.set(2, Mask(kExportSize));
      cases.push_back(std::move(one));
    }
    cases[0].annotation.set(1, box({5, 3, 10, 8, 2, 5}));
    cases[0].part = "validation";
    cases[1].annotation.ignore = box({0, 8, 11, 9, 0, 5});
  }

  ExportSource source() const {
    return {.classes = classes,
            .count = cases.size(),
            .load = [this](std::size_t i) { return cases[i]; },
            .picture =
                [](const ExportedCase& one) {
                  Image image{.geometry = one.geometry};
                  std::visit([&](const auto& typed) { image.values.assign(typed.begin(), typed.end()); }, ramp(one.geometry.size));
                  return image;
                }};
  }
  Annotation flat(std::size_t i) const {
    Annotation annotation = cases[i].annotation;
    Mask taken = annotation.ignore;
    for (auto& one : annotation.classes) {
      if (one.state != ClassState::Present) continue;
      one.mask = subtract(one.mask, taken);
      taken = unite(taken, one.mask);
    }
    return annotation;
  }
};

ExportReport written(const std::string& format, const ExportSource& source, const std::filesystem::path& out) {
  std::filesystem::create_directories(out);
  Job job;
  return exportFormats().create(format)->write(source, out, job);
}

void expectSameGrid(const Geometry& got, const Geometry& wanted) {
  EXPECT_EQ(got.size, wanted.size);
  const auto map = gridMap(got, wanted, 1e-4);
  ASSERT_TRUE(map);
  EXPECT_TRUE(map->isIdentity());
}

/// Names, grids, states and masks of both cases; states of classes that are not annotated only where the format keeps them.
void expectBack(const ImportedStudy& back, const Volumes& study, bool keepsNotAnnotated, bool keepsOverlap = false) {
  EXPECT_EQ(back.refused + back.refusedObjects, 0);
  ASSERT_EQ(back.cases.size(), study.cases.size());
  for (const auto& one : back.cases) {
    const std::size_t i = one.name == "a" ? 0 : 1;
    SCOPED_TRACE(one.name);
    expectSameGrid(one.facts.geometry, study.cases[i].geometry);
    const Annotation wanted = keepsOverlap ? study.cases[i].annotation : study.flat(i);
    EXPECT_EQ(one.annotation.ignore, wanted.ignore);
    for (int c = 0; c < study.classes.size(); ++c) {
      const int index = back.classes.indexOfName(study.classes[c].name);
      ASSERT_GE(index, 0) << study.classes[c].name;
      const auto& label = one.annotation.classes[static_cast<std::size_t>(index)];
      const auto& expected = wanted.classes[static_cast<std::size_t>(c)];
      EXPECT_EQ(label.mask, expected.mask) << study.classes[c].name;
      if (keepsNotAnnotated) {
        EXPECT_EQ(label.state, expected.state) << study.classes[c].name;
      }
    }
  }
}

TEST(VolumeExport, NnunetHoldsVolumesOnTheirGrid) {
  const Folder folder;
  const Volumes study;
  const ExportReport report = written("nnunet", study.source(), folder / "out");
  EXPECT_EQ(report.overlapPixelsLost, 0) << "classes that overlap are regions";
  const Json document = readJson(folder / "out/dataset.json");
  EXPECT_EQ(document["file_ending"], ".nii.gz");
  EXPECT_EQ(document["channel_names"]["0"], "CT") << "the name by which nnU-Net normalises as CT";
  expectBack(importVolumes("nnunet", {.source = folder / "out"}), study, true, true);
  const DecodedImage image = readImage({folder / "out/imagesTr/a_0000.nii.gz"}, FileImages::context());
  EXPECT_EQ(image.image.values, ramp(kExportSize)) << "whole numbers stay whole";
}

TEST(VolumeExport, MonaiListsPartsAndIsReadBack) {
  const Folder folder;
  const Volumes study;
  written("monai", study.source(), folder / "out");
  const Json list = readJson(folder / "out/datalist.json");
  EXPECT_EQ(list["validation"].size(), 1U);
  EXPECT_EQ(list["training"].size(), 1U);
  EXPECT_EQ(list["labels"]["5"], "Lesion");
  EXPECT_EQ(recognisedFormat({.source = folder / "out"}), "monai");
  expectBack(importVolumes("monai", {.source = folder / "out"}), study, true);
}

TEST(VolumeExport, Hdf5KeepsTheGrid) {
  const Folder folder;
  const Volumes study;
  written("hdf5", study.source(), folder / "out");
  EXPECT_EQ(recognisedFormat({.source = folder / "out"}), "hdf5");
  const ImportedStudy back = importVolumes("hdf5", {.source = folder / "out"});
  expectBack(back, study, true);
  EXPECT_EQ(back.cases[0].facts.geometry, study.cases[0].geometry);
  EXPECT_TRUE(back.cases[0].facts.oriented);
}

TEST(VolumeExport, NiftiAndNrrdLieOnTheOriginalGrid) {
  const Folder folder;
  const Volumes study;
  for (const std::string format : {"nifti", "nrrd"}) {
    SCOPED_TRACE(format);
    const auto out = folder / format;
    written(format, study.source(), out / "labels");
    std::filesystem::create_directories(out / "images");
    for (const auto& one : study.cases) writeNifti(out / "images" / (one.name + ".nii.gz"), one.geometry, ramp(kExportSize));
    const ImportedStudy back = importVolumes("masks", {.source = out});
    expectBack(back, study, true);
    EXPECT_FALSE(hasWarning(back.warnings, "labels-moved"));
  }
}

/// Sixteen bytes of the sform's three rows.
std::string sformOf(const std::filesystem::path& gz) {
  const SourceFile file(gz);
  const Bytes head = inflateUpTo(file, file.bytes(), 348);
  return {head.begin() + 280, head.begin() + 328};
}

TEST(VolumeExport, LabelsOfTheHippocampiComeOutByteForByte) {
  const auto folder = testing::dataFolder() / "hippocampus";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const ImportedStudy study = importVolumes("masks", {.source = folder});
  const Folder out;
  Job job;
  const ExportSource source{.classes = study.classes, .count = study.cases.size(), .load = [&](std::size_t i) {
                              const ImportedCase& one = study.cases[i];
                              return ExportedCase{
                                  .name = one.name, .image = one.image, .geometry = one.facts.geometry, .annotation = one.annotation};
                            }};
  exportFormats().create("nifti")->write(source, out.path(), job);
  int same = 0;
  for (const auto& one : study.cases) {
    const auto original = folder / "labels" / (one.name + ".nii.gz"), written = out / (one.name + ".nii.gz");
    const DecodedImage a = readImage({original}, FileImages::context()), b = readImage({written}, FileImages::context());
    ASSERT_EQ(valueCount(a.image.values), valueCount(b.image.values)) << one.name;
    bool equal = true;
    for (std::size_t i = 0; i < valueCount(a.image.values); ++i) equal = equal && valueAt(a.image.values, i) == valueAt(b.image.values, i);
    EXPECT_TRUE(equal) << one.name;
    // Against the image's header, which the labels now lie on; some label files of this set write their sform otherwise.
    EXPECT_EQ(sformOf(folder / "images" / (one.name + ".nii.gz")), sformOf(written)) << one.name;
    same += equal ? 1 : 0;
  }
  EXPECT_EQ(same, 122);
}

}  // namespace
}  // namespace roundel
