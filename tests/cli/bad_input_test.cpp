#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <unistd.h>

#include "cli/studies.h"

namespace roundel::test {
namespace {

using std::chrono::seconds;
using Grey = std::vector<std::uint8_t>;

/// A new, empty study.
std::string emptyStudy(const TempFolder& folder) {
  resultOf({"project", "new", folder / "study"});
  return folder / "study";
}

/// Pictures and one-picture-a-class masks of one class in `folder`/images and /labels; mask i covers a block unless it is empty.
struct Pair {
  int width, height;
  Grey grey;
  bool labelled = true;
  int maskWidth = 0, maskHeight = 0;  ///< 0: as the picture
};

std::string studyOf(const TempFolder& folder, const std::vector<Pair>& pairs, int importCode = 0) {
  fs::create_directories(folder / "images");
  fs::create_directories(folder / "labels");
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const Pair& one = pairs[i];
    const std::string name = "case" + std::string(i < 9 ? "0" : "") + std::to_string(i + 1) + ".png";
    writeGreyPng(folder / "images/" + name, one.width, one.height, one.grey);
    const int w = one.maskWidth > 0 ? one.maskWidth : one.width, h = one.maskHeight > 0 ? one.maskHeight : one.height;
    Grey mask(static_cast<std::size_t>(w * h));
    if (one.labelled)
      for (int y = 0; y < (h + 1) / 2; ++y)
        for (int x = 0; x < (w + 1) / 2; ++x) mask[static_cast<std::size_t>(y * w + x)] = 1;
    writeGreyPng(folder / "labels/" + name, w, h, mask);
  }
  const std::string study = emptyStudy(folder);
  writeText(folder / "classes.json", R"([{"id": 1, "name": "block"}])");
  resultOf({"classes", study, "--set", folder / "classes.json"});
  resultOf({"import", study, folder / "images", "--labels", folder / "labels", "--format", "masks"}, importCode);
  return study;
}

Grey ramp(int width, int height, int offset) {
  Grey grey;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      grey.push_back(static_cast<std::uint8_t>(((x < width / 2 && y < height / 2) ? 180 : 40) + (x * 7 + y * 13 + offset) % 30));
  return grey;
}

std::vector<Pair> pairsOf(int count, int width, int height) {
  std::vector<Pair> pairs;
  for (int i = 0; i < count; ++i) pairs.push_back({width, height, ramp(width, height, i)});
  return pairs;
}

void runsToTheEnd(const std::string& study, const std::string& strategy = "sam-carries-the-burden") {
  resultOf({"split", study, "--labelled", "2", "--unlabelled", "rest", "--validation", "1", "--test", "1", "--seed", "1"});
  EXPECT_EQ(resultOf(tinyRun({"run", study, "--strategy", strategy, "--rounds", "1"}))["state"], "finished");
}

TEST(BadInput, EmptyFolders) {
  const TempFolder folder;
  const std::string study = emptyStudy(folder), before = fingerprint(study), empty = folder / "empty";
  fs::create_directory(empty);
  for (const char* format : {"auto", "images", "coco", "cvat", "labelme", "nnunet", "masks", "dicom", "monai"})
    errorOf({"import", study, empty, "--format", format}, 3);
  errorOf({"evaluate", "--pred", empty, "--truth", empty}, 3);
  const TempFolder other;
  errorOf({"predict", "--model", finishedStudy(other) + "/runs/r0001", empty, "--out", folder / "out"}, 3, "empty-folder");
  EXPECT_EQ(fingerprint(study), before);
}

TEST(BadInput, AStudyWithoutCasesOrLabels) {
  const TempFolder folder;
  const std::string study = emptyStudy(folder), before = fingerprint(study);
  errorOf({"run", study}, 3);
  errorOf({"split", study, "--labelled", "1"}, 3);
  errorOf({"sweep", study, "--labels", "1,2,3"}, 3);
  errorOf({"export", study, "--what", "labels", "--format", "coco", "--out", folder / "out"}, 3);
  EXPECT_EQ(fingerprint(study), before);
  EXPECT_FALSE(fs::exists(study + "/runs/r0001"));
  resultOf({"info", study});
  resultOf({"check", study});
}

TEST(BadInput, AnImageWhosePixelsAreDamagedIsFoundByCheckAndNamedByARun) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const std::string name = resultOf({"split", study})["unlabelled"][0], file = folder / "phantoms/images/" + name + ".png";
  std::string bytes = textOf(file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x5A);  // as long as before
  writeText(file, bytes);
  resultOf({"check", study, "--quick"});
  const Ended checked = roundel({"--json", "check", study});
  EXPECT_EQ(checked.code, 6);
  const Json warnings = document(checked, "check")["warnings"];
  ASSERT_EQ(warnings.size(), 1U) << warnings.dump();
  EXPECT_EQ(warnings[0]["code"], "unreadable-image");
  EXPECT_EQ(warnings[0]["case"], name);
}

TEST(BadInput, ZeroLabels) {
  const TempFolder folder;
  resultOf({"phantom", "dental", folder / "p", "--cases", "4", "--width", "64", "--height", "32", "--classes", "2"});
  const std::string study = emptyStudy(folder);
  resultOf({"import", study, folder / "p/images", "--format", "images"});
  errorOf({"split", study, "--labelled", "2", "--unlabelled", "rest"}, 3);
  errorOf(tinyRun({"run", study}), 3);
}

TEST(BadInput, AClassInNoCaseIsSaidAndTheRunFinishes) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  Json classes = resultOf({"classes", study})["classes"];
  if (classes.is_object()) classes = classes["classes"];
  classes.push_back({{"id", 99}, {"name", "unicorn"}});
  writeText(folder / "classes.json", classes.dump());
  resultOf({"classes", study, "--set", folder / "classes.json"});
  const Ended ended = roundel(tinyRun({"--json", "run", study, "--rounds", "1"}), seconds(120));
  EXPECT_EQ(ended.code, 0) << ended.err;
  const Json json = document(ended, "run");
  for (const auto& score : json["result"]["rounds"][1]["scores"])
    if (score["class"] == "unicorn" && score["metric"] == "dice") {
      EXPECT_TRUE(score["value"].is_null()) << score.dump();
    }
  EXPECT_NE(json["warnings"].dump().find("unicorn"), std::string::npos) << "nobody is told that nothing can be learnt about it";
}

TEST(BadInput, PicturesSmallerThanTheKernel) {
  for (const auto& [width, height] : {std::pair{8, 8}, std::pair{1, 1}}) {
    const TempFolder folder;
    runsToTheEnd(studyOf(folder, pairsOf(6, width, height)));
  }
}

TEST(BadInput, ConstantPictures) {
  const TempFolder folder;
  std::vector<Pair> pairs;
  for (const int grey : {0, 255, 128, 7, 0, 255}) pairs.push_back({48, 32, Grey(48 * 32, static_cast<std::uint8_t>(grey))});
  const std::string study = studyOf(folder, pairs);
  runsToTheEnd(study);
  resultOf({"report", study, "--run", "r0001", "--out", folder / "report"});
  const std::string text = textOf(folder / "report/report.html");
  EXPECT_EQ(text.find("nan"), std::string::npos);
}

TEST(BadInput, EmptyMasksAreAbsentClasses) {
  const TempFolder folder;
  auto pairs = pairsOf(6, 48, 32);
  for (auto& one : pairs) one.labelled = false;
  const std::string study = studyOf(folder, pairs);
  resultOf({"split", study, "--labelled", "2", "--unlabelled", "rest", "--validation", "1", "--test", "1", "--seed", "1"});
  const Ended ended = roundel(tinyRun({"--json", "run", study, "--rounds", "1"}), seconds(120));
  const Json json = document(ended, "run");
  if (ended.code != 0) errorIn(ended, "run", 3);
}

TEST(BadInput, MaskAndPictureOfDifferentSizesAreRefusedOneByOne) {
  const TempFolder folder;
  auto pairs = pairsOf(3, 48, 32);
  pairs[1].maskWidth = 47;
  pairs[1].maskHeight = 32;
  fs::create_directories(folder / "images");
  const std::string study = studyOf(folder, pairs, 6);
  const Ended again = roundel({"--json", "import", study, folder / "images", "--labels", folder / "labels", "--format", "masks"});
  EXPECT_EQ(again.code, 6);
  EXPECT_NE(document(again, "import")["warnings"].dump().find("size-mismatch"), std::string::npos) << again.out;
}

TEST(BadInput, ALockedStudyIsNamedWithItsHolderAndUntouched) {
  const TempFolder folder;
  const std::string study = makeStudy(folder), before = fingerprint(study);
  const int lock = ::open((study + "/project.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);
  errorOf({"import", study, folder / "phantoms", "--format", "coco"}, 4, "locked");
  errorOf({"split", study, "--labelled", "1"}, 4, "locked");
  errorOf({"classes", study, "--palette", "fdi"}, 4, "locked");
  errorOf({"promote", study, "--run", "r0001", "--round", "0"}, 4, "locked");
  resultOf({"info", study});  // looking is allowed
  ::close(lock);
  EXPECT_EQ(fingerprint(study), before);
}

TEST(BadInput, ANewerSchemaIsRefusedAndUntouched) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  std::string database = textOf(study + "/project.db");
  const std::string current = database.substr(60, 4);  // SQLite keeps user_version there, big-endian
  ASSERT_NE(current, std::string(4, '\0')) << "the schema's version is kept elsewhere";
  database.replace(60, 4, std::string("\x00\x00\x27\x0f", 4));
  writeText(study + "/project.db", database);
  for (auto& arguments : std::vector<std::vector<std::string>>{{"info", study}, {"split", study, "--labelled", "1"}, {"run", study}})
    errorOf(arguments, 4, "schema-newer");
  EXPECT_EQ(textOf(study + "/project.db"), database);
}

TEST(BadInput, NoDatabaseAtAll) {
  const TempFolder folder;
  fs::create_directories(folder / "study");
  for (const std::string& text : {std::string(), std::string("not a database, but long enough to look at"), std::string(8192, '\0')}) {
    writeText(folder / "study/project.db", text);
    const Ended ended = roundel({"--json", "info", folder / "study"});
    errorIn(ended, "info", 3);
    EXPECT_EQ(textOf(folder / "study/project.db"), text);
  }
}

/// A read-only view of a folder: needs to be root and to be allowed to mount.
class ReadOnlyView {
 public:
  ReadOnlyView(const fs::path& folder, const fs::path& view) : m_view(view) {
    fs::create_directory(view);
    m_mounted = ::mount(folder.c_str(), view.c_str(), nullptr, MS_BIND, nullptr) == 0 &&
                ::mount(nullptr, view.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0;
    if (!m_mounted && ::geteuid() != 0) {  // somebody else than root is stopped by permissions
      fs::remove(view);
      fs::create_directory_symlink(folder, view);
      setWritable(false);
      m_denied = true;
    }
  }
  ReadOnlyView(const ReadOnlyView&) = delete;
  ReadOnlyView& operator=(const ReadOnlyView&) = delete;
  ~ReadOnlyView() {
    ::umount2(m_view.c_str(), MNT_DETACH);
    if (m_denied) setWritable(true);
  }
  bool works() const { return m_mounted || m_denied; }

 private:
  void setWritable(bool yes) {
    for (const auto& one : fs::recursive_directory_iterator(fs::canonical(m_view))) permit(one.path(), yes);
    permit(fs::canonical(m_view), yes);
  }
  static void permit(const fs::path& path, bool yes) {
    fs::permissions(path, fs::perms::owner_write, yes ? fs::perm_options::add : fs::perm_options::remove);
  }

  fs::path m_view;
  bool m_mounted = false, m_denied = false;
};

TEST(BadInput, AReadOnlyStudyCanBeLookedAtAndNothingElse) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder), before = fingerprint(study);
  {
    const ReadOnlyView view(study, folder.path() / "view");
    if (!view.works()) GTEST_SKIP() << "This machine lets nobody mount a read-only view.";
    const std::string seen = folder / "view";
    resultOf({"info", seen});
    resultOf({"evaluate", seen, "--run", "r0001"});
    resultOf({"report", seen, "--run", "r0001", "--out", folder / "report", "--format", "json"});
    errorOf({"split", seen, "--labelled", "1"}, 4);
    errorOf({"classes", seen, "--palette", "fdi"}, 4);
    errorOf({"import", seen, study + "/images", "--format", "images"}, 4);
    errorOf(tinyRun({"run", seen}), 4);
    errorOf({"run", seen, "--resume", "r0001"}, 4);
    errorOf({"phantom", "dental", seen + "/new", "--cases", "1"}, 4);
    errorOf({"prepare", seen, "--out", seen + "/x.safetensors"}, 4);
    errorOf({"report", seen, "--run", "r0001", "--out", seen + "/report", "--format", "json"}, 4);
    errorOf({"project", "new", seen + "/inner"}, 4);
    errorOf({"train", seen, "--set", "width=4", "--set", "steps=2", "--set", "size=64", "--out", seen + "/model"}, 4);
    errorOf({"predict", "--model", seen + "/runs/r0001", study + "/images", "--out", seen + "/out"}, 4);
  }
  EXPECT_EQ(fingerprint(study), before);
}

/// A file system of a few hundred kilobytes; needs root.
class SmallDisk {
 public:
  SmallDisk(const fs::path& place, const std::string& size) : m_place(place) {
    fs::create_directory(place);
    m_works = ::mount("none", place.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (m_works) ::umount2(m_place.c_str(), MNT_DETACH);
  }
  bool works() const { return m_works; }

 private:
  fs::path m_place;
  bool m_works = false;
};

TEST(BadInput, AFullDiskLosesNothing) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const SmallDisk disk(folder.path() / "disk", "700k");
  if (!disk.works()) GTEST_SKIP() << "This machine lets nobody mount a small disk.";
  const std::string here = folder / "disk";
  fs::copy(study, here + "/study", fs::copy_options::recursive);
  const std::string database = textOf(here + "/study/project.db");
  errorOf(tinyRun({"run", here + "/study", "--strategy", "supervised"}), 5, "disk-full");
  EXPECT_EQ(textOf(here + "/study/project.db"), database);
  // What fills the disk goes away, and the run goes on.
  errorOf({"phantom", "dental", here + "/p", "--cases", "100"}, 5);
  resultOf({"check", here + "/study"});
}

TEST(BadInput, AFileThatMayNotGrowIsADiskThatIsFull) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  Start start = program(tinyRun({"--json", "run", study, "--strategy", "supervised", "--control", "none"}));
  start.largestFile = 20000;
  const Ended ended = Process(start).wait(seconds(60));
  errorIn(ended, "run", 5);
  // With room it goes on and ends as one that was never short of it.
  EXPECT_EQ(resultOf({"run", study, "--resume", "r0001"})["state"], "finished");
  EXPECT_EQ(resultOf(tinyRun({"run", study, "--strategy", "supervised", "--control", "none"}))["state"], "finished");
  EXPECT_EQ(identity(study + "/runs/r0001"), identity(study + "/runs/r0002"));
}

TEST(BadInput, FileNamesThatAreNotUtf8) {
  const TempFolder folder;
  const std::string images = folder / "im\xe4ges";
  fs::create_directory(images);
  for (int i = 0; i < 6; ++i) writeGreyPng(images + "/r\xf6ntgen\xff" + std::to_string(i) + ".png", 48, 32, ramp(48, 32, i));
  const std::string study = emptyStudy(folder);
  const Json result = resultOf({"import", study, images, "--format", "images"});
  EXPECT_EQ(result["added"], 6);
  const TempFolder other;
  const std::string model = finishedStudy(other) + "/runs/r0001";
  resultOf({"predict", "--model", model, images, "--out", folder / "predict\xff"});
  resultOf({"export", other / "study", "--what", "labels", "--format", "coco", "--out", folder / "coc\xff"});
}

TEST(BadInput, AWholeStudyInAFolderThatIsNotUtf8) {
  const TempFolder folder;
  const std::string place = folder /
                            "st\xfc"
                            "dy";
  fs::create_directory(place);
  resultOf({"phantom", "dental", place + "/p", "--cases", "8", "--width", "64", "--height", "32", "--classes", "2"});
  resultOf({"project", "new", place + "/study"});
  resultOf({"import", place + "/study", place + "/p", "--format", "coco"});
  resultOf({"split", place + "/study", "--labelled", "3", "--unlabelled", "rest", "--validation", "1", "--test", "2", "--seed", "1"});
  EXPECT_EQ(resultOf(tinyRun({"run", place + "/study", "--rounds", "1"}))["state"], "finished");
  resultOf({"report", place + "/study", "--run", "r0001", "--out", place + "/report"});
}

TEST(BadInput, SomeOfManyPicturesAreDamaged) {
  const TempFolder folder;
  fs::create_directory(folder / "in");
  for (int i = 0; i < 3; ++i) writeGreyPng(folder / "in/good" + std::to_string(i) + ".png", 48, 32, ramp(48, 32, i));
  writeText(folder / "in/broken.png", "\x89PNG\r\n\x1a\n");
  const std::string study = emptyStudy(folder);
  const Ended ended = roundel({"--json", "import", study, folder / "in", "--format", "images"});
  EXPECT_EQ(ended.code, 6) << ended.out;
  const Json json = document(ended, "import");
  EXPECT_EQ(json["result"]["added"], 3);
  EXPECT_NE(json["warnings"].dump().find("broken"), std::string::npos);
}

TEST(BadInput, APictureThatIsGoneIsNamed) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const fs::path gone = fs::directory_iterator(folder / "phantoms/images")->path();
  fs::remove(gone);
  const Json error = errorOf(tinyRun({"run", study, "--strategy", "supervised"}), 3);
  EXPECT_NE(error.dump().find(gone.stem().string()), std::string::npos) << error.dump();
}

TEST(BadInput, APictureThatChangedItsSizeIsNamed) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const fs::path changed = fs::directory_iterator(folder / "phantoms/images")->path();
  writeGreyPng(changed, 20, 20, Grey(400, 9));
  EXPECT_EQ(errorOf(tinyRun({"run", study, "--strategy", "supervised"}), 3, "size-mismatch")["case"], changed.stem().string());
}

TEST(BadInput, AModelThatIsNone) {
  const TempFolder folder;
  writeText(folder / "model.safetensors", "nothing of the kind");
  writeGreyPng(folder / "x.png", 8, 8, Grey(64, 3));
  errorOf({"predict", "--model", folder / "model.safetensors", folder / "x.png", "--out", folder / "out"}, 3);
  fs::create_directory(folder / "empty");
  errorOf({"predict", "--model", folder / "empty", folder / "x.png", "--out", folder / "out"}, 3, "no-model");
}

}  // namespace
}  // namespace roundel::test
