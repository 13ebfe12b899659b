#include <algorithm>

#include "raster/grid_map.h"
#include "volume_support.h"

// Volumes with labels: on another orientation, on another grid, in the literature's files.

namespace roundel {
namespace {

using testing::Folder;
using testing::hasWarning;
using testing::importVolumes;
using testing::obliqueGrid;
using testing::paintBox;
using testing::ramp;

const Size kImportSize{12, 10, 6};

std::vector<std::uint8_t> twoBoxes() {
  std::vector<std::uint8_t> values(static_cast<std::size_t>(kImportSize.count()));
  paintBox(values, kImportSize, {2, 3, 7, 6, 1, 4}, 1);
  paintBox(values, kImportSize, {8, 1, 12, 4, 0, 2}, 2);
  return values;
}

Mask maskOf(const std::vector<std::uint8_t>& values, std::uint8_t number) {
  std::vector<std::uint8_t> bytes(values.size());
  std::transform(values.begin(), values.end(), bytes.begin(), [=](std::uint8_t value) { return value == number ? 1 : 0; });
  return Mask::fromBytes(kImportSize, bytes);
}

/// The labels of `values` on a grid whose axes are those of the image in another order and way.
void writeTurned(const std::filesystem::path& file, const Geometry& image, const std::vector<std::uint8_t>& values,
                 const std::array<int, 3>& axes, const std::array<int, 3>& steps) {
  const std::array<std::int64_t, 3> sides{image.size.x, image.size.y, image.size.z};
  Geometry grid = image;
  const auto side = [&](std::size_t a) { return sides[static_cast<std::size_t>(axes[a])]; };
  grid.size = {side(0), side(1), side(2)};
  std::array<double, 3> first{};
  for (std::size_t a = 0; a < 3; ++a) {
    const auto of = static_cast<std::size_t>(axes[a]);
    grid.spacingMm[a] = image.spacingMm[of];
    for (std::size_t part = 0; part < 3; ++part) grid.direction[3 * part + a] = steps[a] * image.direction[3 * part + of];
    first[of] = steps[a] > 0 ? 0 : static_cast<double>(sides[of] - 1);
  }
  grid.originMm = pointOfIndex(image, first);
  std::vector<std::uint8_t> turned(values.size());
  std::size_t at = 0;
  for (std::int64_t z = 0; z < grid.size.z; ++z)
    for (std::int64_t y = 0; y < grid.size.y; ++y)
      for (std::int64_t x = 0; x < grid.size.x; ++x) {
        std::array<std::int64_t, 3> index{};
        const std::array<std::int64_t, 3> here{x, y, z};
        for (std::size_t a = 0; a < 3; ++a) {
          const auto of = static_cast<std::size_t>(axes[a]);
          index[of] = steps[a] > 0 ? here[a] : sides[of] - 1 - here[a];
        }
        turned[at++] = values[static_cast<std::size_t>((index[2] * image.size.y + index[1]) * image.size.x + index[0])];
      }
  writeNifti(file, grid, turned);
}

TEST(VolumeImport, LabelsOfAnyOfTheFortyEightOrientationsLieOnTheirImage) {
  const Folder folder;
  std::filesystem::create_directories(folder / "images");
  std::filesystem::create_directories(folder / "labels");
  const Geometry grid = obliqueGrid(kImportSize);
  const auto values = twoBoxes();
  int count = 0;
  std::array<int, 3> axes{0, 1, 2};
  do {
    for (int signs = 0; signs < 8; ++signs) {
      const std::array<int, 3> steps{signs & 1 ? -1 : 1, signs & 2 ? -1 : 1, signs & 4 ? -1 : 1};
      const std::string name = "case" + std::to_string(count++) + ".nii.gz";
      writeNifti(folder / "images" / name, grid, ramp(kImportSize));
      writeTurned(folder / "labels" / name, grid, values, axes, steps);
    }
  } while (std::next_permutation(axes.begin(), axes.end()));
  const ImportedStudy study = importVolumes("masks", {.source = folder.path()});
  ASSERT_EQ(study.cases.size(), 48U);
  EXPECT_EQ(study.refused, 0);
  int moved = 0;
  for (const auto& one : study.warnings) moved += one.code == "labels-moved" ? 1 : 0;
  EXPECT_EQ(moved, 47) << "all but the image's own";
  for (const auto& one : study.cases) {
    ASSERT_EQ(one.annotation.classes.size(), 2U);
    EXPECT_EQ(one.annotation.classes[0].mask, maskOf(values, 1)) << one.name;
    EXPECT_EQ(one.annotation.classes[1].mask, maskOf(values, 2)) << one.name;
  }
}

TEST(VolumeImport, LabelsOnOtherVoxelsAreRefusedUnlessTheirHeaderIsToBePassedOver) {
  const Folder folder;
  std::filesystem::create_directories(folder / "images");
  std::filesystem::create_directories(folder / "labels");
  const Geometry grid = obliqueGrid(kImportSize);
  Geometry shifted = grid;
  shifted.originMm[0] += 0.2;
  writeNifti(folder / "images/a.nii.gz", grid, ramp(kImportSize));
  writeNifti(folder / "labels/a.nii.gz", shifted, twoBoxes());
  const ImportedStudy refused = importVolumes("masks", {.source = folder.path()});
  EXPECT_TRUE(refused.cases.empty());
  EXPECT_EQ(refused.refused, 1);
  ASSERT_TRUE(hasWarning(refused.warnings, "grid-mismatch"));
  EXPECT_NE(refused.warnings[0].message.find("--set grid=index"), std::string::npos);
  const ImportedStudy taken = importVolumes("masks", {.source = folder.path()}, {{"grid", "index"}});
  ASSERT_EQ(taken.cases.size(), 1U);
  EXPECT_EQ(taken.cases[0].annotation.classes[0].mask, maskOf(twoBoxes(), 1));
}

TEST(VolumeImport, ImagesWithoutLabelsAndLabelsWithoutImagesAreToldOneByOne) {
  const Folder folder;
  std::filesystem::create_directories(folder / "images");
  std::filesystem::create_directories(folder / "labels");
  const Geometry grid = obliqueGrid(kImportSize);
  for (const char* name : {"a", "b", "c"}) writeNifti(folder / "images" / (std::string(name) + ".nii.gz"), grid, ramp(kImportSize));
  for (const char* name : {"b", "d"}) writeNifti(folder / "labels" / (std::string(name) + ".nii.gz"), grid, twoBoxes());
  const ImportedStudy study = importVolumes("masks", {.source = folder.path()});
  EXPECT_EQ(study.cases.size(), 3U);
  EXPECT_EQ(study.refused, 1);
  EXPECT_TRUE(hasWarning(study.warnings, "no-labels", "a"));
  EXPECT_TRUE(hasWarning(study.warnings, "no-labels", "c"));
  EXPECT_FALSE(hasWarning(study.warnings, "no-labels", "b"));
  EXPECT_TRUE(hasWarning(study.warnings, "missing-image", "d"));
}

TEST(VolumeImport, NumbersBeyondTheClassesAreLeftOutAndCounted) {
  const Folder folder;
  std::filesystem::create_directories(folder / "images");
  std::filesystem::create_directories(folder / "labels");
  const Geometry grid = obliqueGrid(kImportSize);
  auto values = twoBoxes();
  paintBox(values, kImportSize, {0, 9, 3, 10, 5, 6}, 7);
  writeNifti(folder / "images/a.nii.gz", grid, ramp(kImportSize));
  writeNifti(folder / "labels/a.nii.gz", grid, values);
  const LabelSet classes({{.id = 1, .name = "anterior"}, {.id = 2, .name = "posterior"}});
  const ImportedStudy study = importVolumes("masks", {.source = folder.path(), .classes = classes});
  ASSERT_EQ(study.cases.size(), 1U);
  EXPECT_EQ(study.cases[0].annotation.classes[1].mask, maskOf(values, 2));
  ASSERT_TRUE(hasWarning(study.warnings, "unknown-class"));
  EXPECT_NE(study.warnings.back().message.find("The number 7 of 1 label maps (3 pixels)"), std::string::npos)
      << study.warnings.back().message;
}

TEST(VolumeImport, TheMedicalDecathlonNamesItsNumbers) {
  const Folder folder;
  std::filesystem::create_directories(folder / "imagesTr");
  std::filesystem::create_directories(folder / "labelsTr");
  const Geometry grid = obliqueGrid(kImportSize);
  for (const char* name : {"hippocampus_001", "hippocampus_003"}) {
    writeNifti(folder / "imagesTr" / (std::string(name) + ".nii.gz"), grid, ramp(kImportSize));
    writeNifti(folder / "labelsTr" / (std::string(name) + ".nii.gz"), grid, twoBoxes());
  }
  folder.write("dataset.json", R"({"labels": {"0": "background", "1": "Anterior", "2": "Posterior"}, "numTraining": 2,
    "training": [{"image": "./imagesTr/hippocampus_001.nii.gz", "label": "./labelsTr/hippocampus_001.nii.gz"}], "test": []})");
  const ImportRequest request{.source = folder.path()};
  EXPECT_EQ(recognisedFormat(request), "nnunet");
  const ImportedStudy all = importVolumes("nnunet", request);
  ASSERT_EQ(all.cases.size(), 2U);
  EXPECT_EQ(all.classes.indexOfName("Posterior"), 1);
  EXPECT_EQ(all.cases[1].annotation.classes[1].mask, maskOf(twoBoxes(), 2));
  const ImportedStudy listed = importVolumes("monai", {.source = folder / "dataset.json"});
  ASSERT_EQ(listed.cases.size(), 1U);
  EXPECT_EQ(listed.classes.indexOfName("Anterior"), 0);
  EXPECT_EQ(listed.cases[0].annotation.classes[0].mask, maskOf(twoBoxes(), 1));
}

TEST(VolumeImport, TheHippocampiComeInWithTheirLabels) {
  const auto folder = testing::dataFolder() / "hippocampus";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const ImportRequest request{.source = folder};
  EXPECT_EQ(recognisedFormat(request), "masks");
  const ImportedStudy study = importVolumes("masks", request);
  EXPECT_EQ(study.cases.size() + static_cast<std::size_t>(study.refused), 122U);
  EXPECT_EQ(study.refused, 0);
  EXPECT_EQ(study.classes.size(), 2);
  for (const auto& one : study.cases) {
    EXPECT_GT(one.facts.geometry.size.z, 20) << one.name;
    EXPECT_TRUE(one.facts.oriented);
    for (const auto& label : one.annotation.classes) EXPECT_EQ(label.state, ClassState::Present) << one.name;
  }
}

TEST(VolumeImport, TheLeftAtriaAreNamedAsTheirListsNameThem) {
  const auto folder = testing::dataFolder() / "left_atrium";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const Folder two;
  for (const char* name : {"06SR5RBREL16DQ6M8LWS", "CBIJFVZ5L9BS0LKWE8YL"}) {
    std::filesystem::create_directories(two / name);
    std::filesystem::create_symlink(std::filesystem::absolute(folder / "volumes" / name / "mri_norm2.h5"), two / name / "mri_norm2.h5");
  }
  const ImportRequest request{.source = two.path()};
  EXPECT_EQ(recognisedFormat(request), "hdf5");
  const ImportedStudy study = importVolumes("hdf5", request);
  ASSERT_EQ(study.cases.size(), 2U);
  EXPECT_EQ(study.cases[0].name, "06SR5RBREL16DQ6M8LWS");
  EXPECT_EQ(study.cases[1].name, "CBIJFVZ5L9BS0LKWE8YL");
  ASSERT_EQ(study.classes.size(), 1);
  for (const auto& one : study.cases) EXPECT_EQ(one.annotation.classes[0].state, ClassState::Present);
}

}  // namespace
}  // namespace roundel
