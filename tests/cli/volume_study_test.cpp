#include "cli/studies.h"
#include "imaging/image_source.h"
#include "imaging/image_writer.h"
#include "train/prepared_study.h"

// A study of volumes through the program: in, checked, split, out, and prepared for training.

namespace roundel::test {
namespace {

fs::path dataFolder() {
  const char* named = std::getenv("ROUNDEL_DATA");
  return named != nullptr ? named : "../shared/data";
}

/// A study of five phantom volumes with all labels but one case's, split 2 : 1 : 1 : 1.
std::string makeVolumes(const TempFolder& folder) {
  resultOf({"phantom", "volume", folder / "phantoms", "--cases", "5", "--width", "32", "--height", "28", "--depth", "16", "--seed", "2"});
  resultOf({"project", "new", folder / "study"});
  const Json imported =
      resultOf({"import", folder / "study", folder / "phantoms/images", "--labels", folder / "phantoms/labels", "--format", "images"});
  EXPECT_EQ(imported["cases"], 5);
  EXPECT_EQ(imported["annotated"], 5);
  resultOf({"split", folder / "study", "--labelled", "2", "--unlabelled", "1", "--validation", "1", "--test", "1", "--seed", "1"});
  return folder / "study";
}

DecodedImage labelsAt(const fs::path& file) {
  DecodeClient client({.command = {ROUNDEL_PROGRAM, "decode", "--worker"}});
  return loadLabelMap(client, file);
}

TEST(VolumeStudy, GoesInAndComesOutAsItWas) {
  const TempFolder folder;
  const std::string study = makeVolumes(folder);
  EXPECT_EQ(resultOf({"info", study})["cases"]["volumes"], 5);
  EXPECT_EQ(resultOf({"check", study})["problems"], 0);
  resultOf({"export", study, "--what", "labels", "--format", "nifti", "--out", folder / "out"});
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(folder.path() / "phantoms/labels")) {
    if (entry.path().extension() != ".gz") continue;
    const DecodedImage before = labelsAt(entry.path()), after = labelsAt(folder.path() / "out" / entry.path().filename());
    EXPECT_EQ(after.image.values, before.image.values);
    EXPECT_EQ(after.image.geometry, before.image.geometry);
    ++compared;
  }
  EXPECT_EQ(compared, 5);
  for (const std::string format : {"nnunet", "monai", "hdf5", "nrrd"}) {
    SCOPED_TRACE(format);
    resultOf({"export", study, "--what", "labels", "--format", format, "--out", folder / format});
    if (format == "nrrd") continue;  // labels alone
    resultOf({"project", "new", folder / (format + "-study")});
    const Json back = resultOf({"import", folder / (format + "-study"), folder / format});
    EXPECT_EQ(back["format"], format);
    EXPECT_EQ(back["annotated"], 5);
    resultOf({"export", folder / (format + "-study"), "--what", "labels", "--format", "nifti", "--out", folder / (format + "-out")});
    for (const auto& entry : fs::directory_iterator(folder.path() / "out"))
      if (entry.path().extension() == ".gz") {
        EXPECT_EQ(labelsAt(folder.path() / (format + "-out") / entry.path().filename()).image.values, labelsAt(entry.path()).image.values);
      }
  }
}

TEST(VolumeStudy, IsPreparedWithOneTensorACase) {
  const TempFolder folder;
  const std::string study = makeVolumes(folder), before = fingerprint(study);
  const Json result = resultOf({"prepare", study, "--out", folder / "volumes.safetensors", "--set", "margin_mm=2"});
  EXPECT_EQ(result["kind"], "volumes");
  EXPECT_EQ(result["cases"], 5);
  EXPECT_EQ(result["splits"], Json({{"labelled", 2}, {"unlabelled", 1}, {"validation", 1}, {"test", 1}}));
  EXPECT_EQ(fingerprint(study), before);
  const std::string file = folder / "volumes.safetensors";
  EXPECT_TRUE(holdsVolumes(file));
  const PreparedVolumes read = readPreparedVolumes(file);
  ASSERT_EQ(read.cases.size(), 5U);
  for (const auto& one : read.cases) {
    SCOPED_TRACE(one.name);
    EXPECT_EQ(one.image.size(), static_cast<std::size_t>(one.geometry.size.count()));
    EXPECT_EQ(one.original.size, (Size{32, 28, 16}));
    EXPECT_EQ(one.geometry.spacingMm, one.original.spacingMm) << "not resampled unless asked";
    EXPECT_EQ(one.classes.size(), static_cast<std::size_t>(read.classes.size()));
    std::int64_t voxels = 0;
    for (const auto& label : one.classes) voxels += label.mask.area();
    EXPECT_GT(voxels, 0);
  }
  const Json coarse = resultOf({"prepare", study, "--out", folder / "coarse.safetensors", "--set", "spacing=4,4,4"});
  for (const auto& one : coarse["volumes"])
    for (const auto& spacing : one["spacing_mm"]) EXPECT_NEAR(spacing.get<double>(), 4, 0.8);
  errorOf({"prepare", study, "--out", folder / "x.safetensors", "--set", "spacing=4,4"}, 2, "bad-parameter");
  errorOf({"prepare", study, "--out", folder / "x.safetensors", "--set", "size=64"}, 2, "unknown-parameter");
  // Cut files are refused.
  const std::string whole = textOf(file);
  writeText(folder / "cut.safetensors", whole.substr(0, whole.size() / 2));
  EXPECT_ANY_THROW(readPreparedVolumes(folder / "cut.safetensors"));
}

TEST(VolumeStudy, KeepsAListWhereSeveralSeriesShareAFolder) {
  if (!fs::exists(dataFolder() / "dicom/mr_series")) GTEST_SKIP() << "no shared data";
  const TempFolder folder;
  fs::create_directories(folder / "scans");
  for (const char* series : {"HCrop", "T1post"})
    for (const auto& entry : fs::directory_iterator(dataFolder() / "dicom/mr_series" / series))
      fs::copy_file(entry.path(), folder.path() / "scans" / (series + entry.path().filename().string()));
  resultOf({"project", "new", folder / "study"});
  const std::vector<std::string> import{"import", folder / "study", folder / "scans", "--format", "dicom"};
  const Json result = resultOf(import);
  EXPECT_EQ(result["added"], 2);
  EXPECT_EQ(resultOf({"info", folder / "study"})["cases"]["volumes"], 2);
  EXPECT_EQ(resultOf({"check", folder / "study"})["problems"], 0);
  EXPECT_EQ(resultOf(import)["known"], 2) << "the same slices are the same cases";
  int lists = 0;
  for (const auto& entry : fs::directory_iterator(folder.path() / "study/images")) {
    ++lists;
    DecodeClient client({.command = {ROUNDEL_PROGRAM, "decode", "--worker"}});
    const Size size = client.decode(entry.path()).image.geometry.size;
    EXPECT_TRUE(size.z == 32 || size.z == 22) << size.z;
  }
  EXPECT_EQ(lists, 2);
  fs::remove(folder.path() / "scans/T1post000003.dcm");
  EXPECT_EQ(resultOf({"check", folder / "study"}, 6)["problems"], 1) << "a slice is gone";
}

TEST(VolumeStudy, SegmentationObjectsGoOutAndIn) {
  if (!fs::exists(dataFolder() / "dicom/dcmqi_seg")) GTEST_SKIP() << "no shared data";
  const TempFolder folder;
  const fs::path samples = dataFolder() / "dicom/dcmqi_seg/segmentations";
  const auto import = [&](const std::string& study, const std::string& source) {
    resultOf({"project", "new", study});
    return resultOf({"import", study, source, "--format", "dicom-seg", "--images", (samples / "ct-3slice").string()});
  };
  EXPECT_EQ(import(folder / "study", (samples / "partial_overlaps.dcm").string())["masks"], 5);
  resultOf({"export", folder / "study", "--what", "labels", "--format", "dicom-seg", "--out", folder / "out"});
  EXPECT_EQ(import(folder / "back", folder / "out")["masks"], 5);
  for (const char* study : {"study", "back"})
    resultOf({"export", folder / study, "--what", "labels", "--format", "nrrd", "--out", folder / (std::string(study) + "-maps")});
  EXPECT_EQ(labelsAt(folder / "back-maps/ct-3slice.nrrd").image.values, labelsAt(folder / "study-maps/ct-3slice.nrrd").image.values);
}

TEST(VolumeStudy, ListsOfTheLiteratureSplitIt) {
  const fs::path atria = dataFolder() / "left_atrium";
  if (!fs::exists(atria)) GTEST_SKIP() << "no shared data";
  const TempFolder folder;
  for (const char* name : {"06SR5RBREL16DQ6M8LWS", "0RZDK210BSMWAA6467LU", "CBIJFVZ5L9BS0LKWE8YL"}) {
    fs::create_directories(folder.path() / "volumes" / name);
    fs::create_symlink(fs::absolute(atria / "volumes" / name / "mri_norm2.h5"), folder.path() / "volumes" / name / "mri_norm2.h5");
  }
  writeText(folder / "train.list", "06SR5RBREL16DQ6M8LWS\n0RZDK210BSMWAA6467LU\n");
  writeText(folder / "test.list", "CBIJFVZ5L9BS0LKWE8YL\n");
  resultOf({"project", "new", folder / "study"});
  EXPECT_EQ(resultOf({"import", folder / "study", folder / "volumes", "--format", "hdf5"})["annotated"], 3);
  const Json split = resultOf({"split", folder / "study", "--labelled", folder / "train.list", "--test", folder / "test.list"});
  EXPECT_EQ(split["counts"]["labelled"], 2);
  EXPECT_EQ(split["counts"]["test"], 1);
  const Json checked = resultOf({"check", folder / "study"});
  int unknown = 0;
  for (const auto& one : checked["findings"]) unknown += one["code"] == "no-spacing" ? 1 : 0;
  EXPECT_EQ(unknown, 3) << "these files state no spacing";
}

TEST(VolumeStudy, FourDimensionsAndSingleSlicesAreTold) {
  if (!fs::exists(dataFolder() / "volume_formats")) GTEST_SKIP() << "no shared data";
  const TempFolder folder;
  fs::create_directories(folder / "images");
  fs::create_symlink(fs::absolute(dataFolder() / "volume_formats/pcasl.nii.gz"), folder.path() / "images/pcasl.nii.gz");
  writeNifti(folder / "images/slice.nii.gz", {.size = {6, 5, 1}, .spacingMm = {1, 1, 10}, .spacingSource = SpacingSource::FileHeader},
             std::vector<std::uint8_t>(30, 4));
  writeNifti(folder / "images/thick.nii.gz", {.size = {6, 5, 4}, .spacingMm = {1, 1, 10}, .spacingSource = SpacingSource::FileHeader},
             std::vector<std::uint8_t>(120, 4));
  resultOf({"project", "new", folder / "study"});
  const Ended ended = roundel({"--json", "import", folder / "study", folder / "images"});
  const Json imported = document(ended, "import");
  EXPECT_EQ(imported["result"]["cases"], 3);
  bool told = false;
  for (const auto& one : imported["warnings"]) told = told || (one["code"] == "more-pages" && one["case"] == "pcasl");
  EXPECT_TRUE(told) << "the first volume of a 4-D file is taken, and it is said";
  const Json checked = resultOf({"check", folder / "study"});
  int thick = 0;
  for (const auto& one : checked["findings"]) thick += one["code"] == "anisotropic" ? 1 : 0;
  EXPECT_EQ(thick, 1);
}

}  // namespace
}  // namespace roundel::test
