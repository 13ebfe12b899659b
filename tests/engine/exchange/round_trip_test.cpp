#include <zlib.h>

#include <cstring>
#include <set>

#include "core/random.h"
#include "exchange_support.h"
#include "imaging/image_writer.h"

namespace roundel {
namespace {

using testing::Folder;
using testing::hasWarning;
using testing::importAs;
using testing::rectangle;

const Size kSize{23, 17, 1};

/// Two cases: overlap, a hole, parts that touch at corners, an absent class, one not annotated, an ignored region.
struct Study {
  LabelSet classes{{{.id = 3, .name = "Radius", .colour = {10, 20, 30}},
                    {.id = 7, .name = "Ulna/left", .colour = {200, 0, 0}},
                    {.id = 9, .name = "Übersehen", .colour = {0, 200, 0}},
                    {.id = 12, .name = "Rib", .colour = {0, 0, 200}}}};
  std::vector<ExportedCase> cases;

  explicit Study(const Folder& folder) {
    for (const std::string name : {"a", "b (c)"}) {
      ExportedCase one{.name = name, .image = folder.picture("images/" + name + ".png", kSize.x, kSize.y)};
      one.geometry.size = kSize;
      one.annotation = Annotation::empty(kSize, classes.size());
      cases.push_back(std::move(one));
    }
    const Mask ring = subtract(rectangle(kSize, 2, 2, 12, 12), rectangle(kSize, 4, 5, 7, 9));
    cases[0].annotation.set(0, unite(ring, unite(rectangle(kSize, 12, 12, 14, 14), rectangle(kSize, 5, 6, 6, 7))));
    cases[0].annotation.set(1, rectangle(kSize, 8, 1, 20, 6));
    cases[0].annotation.set(3, Mask(kSize));
    cases[0].annotation.ignore = rectangle(kSize, 0, 15, 23, 17);
    cases[1].annotation.set(0, Mask(kSize));
    cases[1].annotation.set(1, rectangle(kSize, 0, 0, 23, 1));
    cases[1].annotation.set(2, rectangle(kSize, 22, 16, 23, 17));
    cases[1].annotation.set(3, rectangle(kSize, 3, 3, 9, 9));
  }

  ExportSource source() const {
    return {.classes = classes,
            .count = cases.size(),
            .load = [this](std::size_t i) { return cases[i]; },
            .picture =
                [](const ExportedCase& one) {
                  return Image{.geometry = one.geometry,
                               .values = std::vector<float>(static_cast<std::size_t>(one.geometry.size.count()), 0.4F)};
                }};
  }
  /// What a format with one class a pixel keeps: the first class, and ignored regions before all.
  static Annotation flat(Annotation annotation) {
    Mask taken = annotation.ignore;
    for (auto& one : annotation.classes) {
      if (one.state != ClassState::Present) continue;
      one.mask = subtract(one.mask, taken);
      taken = unite(taken, one.mask);
    }
    return annotation;
  }
};

/// Writes, reads back, and compares names, ids, colours (where `sameTable`), states, masks and ignored regions.
ExportReport expectRoundTrip(const std::string& format, const std::string& readAs, const std::function<Annotation(Annotation)>& kept,
                             bool sameTable) {
  const Folder folder;
  const Study study(folder);
  const auto out = folder / "out";
  std::filesystem::create_directories(out);
  Job job;
  const ExportReport report = exportFormats().create(format)->write(study.source(), out, job);
  ImportRequest request{.source = out};
  if (readAs != "nnunet" && readAs != "monai") request.images = folder / "images";
  const ImportedStudy back = importAs(readAs, request);
  EXPECT_EQ(back.refused + back.refusedObjects, 0) << format;
  if (sameTable) {
    EXPECT_EQ(back.classes, study.classes) << format;
  }
  EXPECT_EQ(back.cases.size(), study.cases.size()) << format;
  for (std::size_t i = 0; i < back.cases.size(); ++i) {
    EXPECT_EQ(back.cases[i].name, study.cases[i].name);
    const Annotation expected = kept(study.cases[i].annotation);
    EXPECT_EQ(back.cases[i].annotation.ignore, expected.ignore) << format;
    for (int c = 0; c < study.classes.size(); ++c) {
      const int index = back.classes.indexOfName(study.classes[c].name);
      if (index < 0) {
        ADD_FAILURE() << format << " lost the class " << study.classes[c].name;
        continue;
      }
      EXPECT_EQ(back.cases[i].annotation.classes.at(static_cast<std::size_t>(index)), expected.classes.at(static_cast<std::size_t>(c)))
          << format << ": " << study.classes[c].name << " in " << back.cases[i].name;
    }
  }
  return report;
}

Annotation everything(Annotation annotation) { return annotation; }

TEST(RoundTrip, EveryExportFormatIsReadBackSomewhere) {
  // NIfTI, NRRD and HDF5 need the image reader: volume_export_test.cpp, DICOM-SEG a series: dicom_seg_test.cpp.
  const std::set<std::string> tested{"coco",  "labelme", "class-masks", "masks", "nnunet",   "cvat",
                                     "nifti", "nrrd",    "monai",       "hdf5",  "dicom-seg"};
  for (const auto& entry : exportFormats().entries()) EXPECT_TRUE(tested.contains(entry.name)) << entry.name << " needs a round trip";
}

TEST(RoundTrip, CocoKeepsEverything) {
  const auto report = expectRoundTrip("coco", "coco", everything, false);
  EXPECT_TRUE(report.warnings.empty());
}

TEST(RoundTrip, LabelmeKeepsEverything) { EXPECT_TRUE(expectRoundTrip("labelme", "labelme", everything, true).warnings.empty()); }

TEST(RoundTrip, ClassMasksKeepEverything) { EXPECT_TRUE(expectRoundTrip("class-masks", "masks", everything, true).warnings.empty()); }

TEST(RoundTrip, IndexedPngLosesOverlapAndSaysHowMuch) {
  const auto report = expectRoundTrip("masks", "masks", Study::flat, true);
  // In case a the Radius covers rows 2..5 of columns 8..11 of the Ulna; in case b nothing meets.
  EXPECT_EQ(report.overlapPixelsLost, 16);
  EXPECT_TRUE(hasWarning(report.warnings, "overlap-lost", "a"));
  EXPECT_FALSE(hasWarning(report.warnings, "overlap-lost", "b (c)"));
}

TEST(RoundTrip, MonaiLosesOverlapAlone) {
  const auto report = expectRoundTrip("monai", "monai", Study::flat, true);
  EXPECT_EQ(report.overlapPixelsLost, 16);
  EXPECT_FALSE(hasWarning(report.warnings, "not-annotated-lost", "a"));
}

TEST(RoundTrip, NnunetKeepsOverlapAsRegionsAndSaysWhatOthersWillMisread) {
  const auto report = expectRoundTrip("nnunet", "nnunet", everything, true);
  EXPECT_EQ(report.overlapPixelsLost, 0);
  EXPECT_FALSE(hasWarning(report.warnings, "overlap-lost", "a"));
  EXPECT_TRUE(hasWarning(report.warnings, "not-annotated-lost", "a"));
}

/// What nnU-Net reads of three overlapping classes; `overlap`: whether they do.
Json nnunetDocument(bool overlap) {
  const Folder folder;
  std::filesystem::create_directories(folder / "out");
  ExportedCase one{.name = "a", .image = folder.picture("images/a.png", kSize.x, kSize.y)};
  one.geometry.size = kSize;
  one.annotation = Annotation::empty(kSize, 3);
  one.annotation.set(0, rectangle(kSize, 0, 0, 6, 6));
  one.annotation.set(1, overlap ? rectangle(kSize, 2, 2, 6, 6) : rectangle(kSize, 6, 6, 9, 9));
  one.annotation.set(2, overlap ? rectangle(kSize, 4, 4, 9, 9) : rectangle(kSize, 9, 9, 12, 12));
  one.annotation.ignore = rectangle(kSize, 20, 0, 22, 2);
  const ExportSource source{.classes = LabelSet{{{.id = 1, .name = "whole"}, {.id = 2, .name = "core"}, {.id = 3, .name = "background"}}},
                            .count = 1,
                            .load = [&](std::size_t) { return one; },
                            .picture =
                                [](const ExportedCase& shown) {
                                  return Image{.geometry = shown.geometry,
                                               .values = std::vector<float>(static_cast<std::size_t>(shown.geometry.size.count()), 0.4F)};
                                }};
  Job job;
  exportFormats().create("nnunet")->write(source, folder / "out", job);
  return readJson(folder / "out/dataset.json");
}

TEST(RoundTrip, NnunetGetsRegionsWithTheirOrderOnlyWhereClassesOverlap) {
  const Json regions = nnunetDocument(true);
  // {core, whole} is 4 in the map, all three together 5, whole alone 1, the third alone 3; nothing is core alone.
  EXPECT_EQ(regions["labels"].dump(), R"({"background":0,"whole":[1,4,5],"core":[2,4,5],"background_":[3,5],"ignore":6})");
  EXPECT_EQ(regions["regions_class_order"], (Json{1, 2, 3}));
  const Json plain = nnunetDocument(false);
  EXPECT_EQ(plain["labels"].dump(), R"({"background":0,"whole":1,"core":2,"background_":3,"ignore":4})");
  EXPECT_FALSE(plain.contains("regions_class_order"));
}

TEST(RoundTrip, CvatLosesStatesAndIgnoreAndSaysSo) {
  const auto report = expectRoundTrip(
      "cvat", "cvat",
      [](Annotation annotation) {
        for (auto& one : annotation.classes)
          if (one.state == ClassState::NotAnnotated) one.state = ClassState::Absent;
        annotation.ignore = Mask(annotation.size);
        return annotation;
      },
      false);
  EXPECT_TRUE(hasWarning(report.warnings, "not-annotated-lost", "a"));
  EXPECT_TRUE(hasWarning(report.warnings, "ignore-lost", "a"));
  EXPECT_FALSE(hasWarning(report.warnings, "ignore-lost", "b (c)"));
}

TEST(RoundTrip, NiftiHoldsTheGridInRas) {
  const Folder folder;
  Geometry geometry{.size = {3, 2, 2},
                    .spacingMm = {0.5, 0.25, 2},
                    .spacingSource = SpacingSource::FileHeader,
                    .originMm = {10, -20, 30},
                    .direction = {0, -1, 0, 1, 0, 0, 0, 0, 1}};
  const PixelValues values = std::vector<std::uint16_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 300};
  writeNifti(folder / "map.nii.gz", geometry, values, NiftiIntent::Labels);
  const std::string packed = readFile(folder / "map.nii.gz");
  std::string plain(1000, '\0');
  z_stream stream{};
  ASSERT_EQ(::inflateInit2(&stream, 15 + 32), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  ASSERT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
  plain.resize(stream.total_out);
  ::inflateEnd(&stream);
  ASSERT_EQ(plain.size(), 352u + 24u);
  const auto real = [&](std::size_t at) {
    float value;
    std::memcpy(&value, plain.data() + at, 4);
    return value;
  };
  EXPECT_EQ(plain.substr(344, 4), std::string("n+1\0", 4));
  // First axis is LPS +y, so -y in RAS times 0.5; second is LPS -x, so +x times 0.25; the origin turns in x and y.
  const std::vector<float> expected{0, 0.25F, 0, -10, -0.5F, 0, 0, 20, 0, 0, 2, 30};
  for (std::size_t i = 0; i < 12; ++i) EXPECT_FLOAT_EQ(real(280 + 4 * i), expected[i]) << i;
  EXPECT_EQ(static_cast<unsigned char>(plain[374]) + 256 * static_cast<unsigned char>(plain[375]), 300);
  EXPECT_EQ(static_cast<unsigned char>(plain[68]) + 256 * plain[69], 1007) << "the intent: labels";
  writeNifti(folder / "again.nii.gz", geometry, values, NiftiIntent::Labels);
  EXPECT_EQ(readFile(folder / "again.nii.gz"), packed);
}

}  // namespace
}  // namespace roundel
