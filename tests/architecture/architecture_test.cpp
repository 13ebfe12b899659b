#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "architecture/house.h"

namespace roundel::house {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

fs::path repository() { return ROUNDEL_SOURCE_DIR; }

std::string together(const std::vector<std::string>& sentences) {
  std::string text = std::to_string(sentences.size()) + " breaches:\n";
  for (const auto& sentence : sentences) text += "  " + sentence + "\n";
  return text;
}

TEST(House, WallsStand) {
  const auto breaches = brokenWalls(repository() / "engine");
  EXPECT_TRUE(breaches.empty()) << together(breaches);
}

TEST(House, HabitsAreKept) {
  const auto breaches = brokenHabits(repository());
  EXPECT_TRUE(breaches.empty()) << together(breaches);
}

TEST(House, EveryRoomIsInTheTable) {
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(repository() / "engine")) {
    if (!entry.is_directory() || !fs::exists(entry.path() / "CMakeLists.txt")) continue;
    ++seen;
    EXPECT_EQ(rooms().count(entry.path().filename().string()), 1U)
        << entry.path().filename() << " is no room of tests/architecture/rooms.cpp";
  }
  EXPECT_GT(seen, 0);
}

/// A file of tests that no CMakeLists.txt names is never compiled, and nobody would notice.
TEST(House, EveryFileOfTestsIsBuilt) {
  const auto textOf = [](const fs::path& file) {
    std::ifstream stream(file);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  int seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(repository() / "tests")) {
    const std::string name = entry.path().filename();
    if (!name.ends_with("_test.cpp")) continue;
    ++seen;
    bool named = false;
    for (fs::path folder = entry.path().parent_path(); folder != repository() && !named; folder = folder.parent_path())
      named = textOf(folder / "CMakeLists.txt").find(name) != std::string::npos;
    EXPECT_TRUE(named) << entry.path() << " is in no CMakeLists.txt";
  }
  EXPECT_GT(seen, 100);
}

TEST(House, DependenciesPointOneWay) {
  std::map<std::string, int> state;  // 1: on the path, 2: done
  std::function<void(const std::string&)> visit = [&](const std::string& name) {
    ASSERT_NE(state[name], 1) << "the rooms depend on each other in a circle through " << name;
    if (state[name] == 2) return;
    state[name] = 1;
    ASSERT_EQ(rooms().count(name), 1U) << name;
    for (const auto& other : rooms().at(name).rooms) visit(other);
    state[name] = 2;
  };
  for (const auto& [name, room] : rooms()) visit(name);
}

TEST(House, TheRoomsOfThePresetGpuNeedLibTorchAlone) {
  const std::set<std::string> gpu = {"core", "raster", "phantom", "device", "fabric", "nn", "weights", "models", "prompts", "train"};
  for (const auto& name : gpu) {
    for (const auto& library : rooms().at(name).libraries) {
      const bool optional = name == "weights" && library == "zlib";  // without it, deflated weight files are refused
      EXPECT_TRUE(library == "Torch" || optional) << name << " uses " << library;
    }
    for (const auto& other : rooms().at(name).rooms) EXPECT_EQ(gpu.count(other), 1U) << name << " uses " << other;
  }
}

/// A small house of its own, to see that the checks find what is planted.
class Planted : public ::testing::Test {
 protected:
  void SetUp() override {
    m_root = fs::temp_directory_path() / ("roundel_house_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(m_root);
    put("engine/core/error.h", "#pragma once\n#include <string>\n");
    put("engine/core/error.cpp", "#include \"core/error.h\"\n\n#include <vector>\n");
    put("engine/raster/mask.h", "#pragma once\n#include <nlohmann/json.hpp>\n\n#include \"core/error.h\"\n");
    put("engine/nn/unet.h", "#pragma once\n#include <torch/torch.h>\n");
    put("engine/models/unet_specialist.h", "#pragma once\n#include \"nn/unet.h\"\n");
    put("engine/raster/CMakeLists.txt", "roundel_room(raster HEADERS mask.h PUBLIC roundel::core)\n");
    ASSERT_THAT(walls(), IsEmpty());
  }
  void TearDown() override { fs::remove_all(m_root); }

  void put(const std::string& path, const std::string& text) const {
    fs::create_directories((m_root / path).parent_path());
    std::ofstream(m_root / path) << text;
  }
  std::vector<std::string> walls() const { return brokenWalls(m_root / "engine"); }
  std::vector<std::string> habits() const { return brokenHabits(m_root); }

 private:
  fs::path m_root;
};

TEST_F(Planted, ARoomAboveIsFound) {
  put("engine/core/random.h", "#pragma once\n#include <cmath>\n#include \"raster/mask.h\"\n");
  EXPECT_THAT(walls(), ElementsAre("core/random.h:3: core may not use the room raster (\"raster/mask.h\")."));
}

TEST_F(Planted, AForeignLibraryIsFound) {
  put("engine/raster/resample.cpp", "#include <opencv2/imgproc.hpp>\n");
  put("engine/project/store.cpp", "#include <SQLiteCpp/SQLiteCpp.h>\n");
  put("engine/prompts/boxes.cpp", "#  include <ATen/ATen.h>\n");
  put("engine/edit/thing.cpp", "#include <boost/algorithm/string.hpp>\n");
  EXPECT_THAT(walls(), ElementsAre("edit/thing.cpp:1: <boost/algorithm/string.hpp> is of no library that the house knows.",
                                   "prompts/boxes.cpp:1: prompts may not use Torch (<ATen/ATen.h>).",
                                   "raster/resample.cpp:1: raster may not use OpenCV (<opencv2/imgproc.hpp>)."));
}

TEST_F(Planted, TorchThatLeavesThroughTwoHeadersIsFound) {
  put("engine/rounds/stage.cpp", "#include \"models/unet_specialist.h\"\n");
  put("engine/train/trainer.cpp", "#include \"models/unet_specialist.h\"\n");  // a room with Torch may
  EXPECT_THAT(walls(), ElementsAre("rounds/stage.cpp:1: \"models/unet_specialist.h\" leaves its room and leads to Torch."));
}

TEST_F(Planted, AnImageLibraryInAHeaderThatLeavesIsFound) {
  put("engine/imaging/reader.h", "#pragma once\n#include <gdcmImage.h>\n");
  put("engine/exchange/nifti.cpp", "#include \"imaging/reader.h\"\n");
  EXPECT_THAT(walls(), ElementsAre("exchange/nifti.cpp:1: \"imaging/reader.h\" leaves its room and leads to GDCM."));
}

TEST_F(Planted, AMissingFileAndAnotherHeaderFirstAreFound) {
  put("engine/core/error.cpp", "#include <vector>\n\n#include \"core/error.h\"\n#include \"error.h\"\n");
  EXPECT_THAT(walls(), ElementsAre("core/error.cpp:1: the first include is not its own header \"core/error.h\".",
                                   "core/error.cpp:4: \"error.h\" is no file of the engine; includes are written \"room/file.h\"."));
}

TEST_F(Planted, AForeignLinkIsFound) {
  put("engine/raster/CMakeLists.txt",
      "# roundel::train is only named here\nroundel_room(raster TORCH PUBLIC roundel::rounds PRIVATE opencv_core)\n");
  EXPECT_THAT(walls(),
              ElementsAre("raster/CMakeLists.txt:1: raster may not link OpenCV.", "raster/CMakeLists.txt:1: raster may not link Torch.",
                          "raster/CMakeLists.txt:1: raster may not link the room rounds."));
}

TEST_F(Planted, TheDesktopIsReadToo) {
  put("viewer/slice_view.h", "#pragma once\n#include <QWidget>\n\n#include \"raster/mask.h\"\n");
  put("ui/main_window.cpp", "#include <QLabel>\n\n#include \"viewer/slice_view.h\"\n");  // Qt may go up
  ASSERT_THAT(walls(), IsEmpty());
  put("viewer/volume_view.h", "#pragma once\n#include <vtkRenderer.h>\n");
  put("ui/volume.cpp", "#include \"nn/unet.h\"\n#include \"viewer/volume_view.h\"\n");
  put("engine/core/window.h", "#pragma once\n#include <QWidget>\n");
  put("app/CMakeLists.txt", "target_link_libraries(app PRIVATE roundel::rounds)\n");
  EXPECT_THAT(walls(),
              ElementsAre("app/CMakeLists.txt:1: app may not link the room rounds.", "core/window.h:2: core may not use Qt (<QWidget>).",
                          "ui/volume.cpp:1: \"nn/unet.h\" leaves its room and leads to Torch.",
                          "ui/volume.cpp:1: ui may not use the room nn (\"nn/unet.h\").",
                          "ui/volume.cpp:2: \"viewer/volume_view.h\" leaves its room and leads to VTK."));
}

TEST_F(Planted, ARoomNobodyKnowsIsFound) {
  put("engine/cellar/rat.h", "#pragma once\n");
  EXPECT_THAT(walls(), ElementsAre("cellar/rat.h:1: the room cellar is not in the table of rooms."));
}

TEST_F(Planted, BadHabitsAreFound) {
  ASSERT_THAT(habits(), IsEmpty());
  std::string many;
  for (int i = 0; i < 201; ++i) many += "int a" + std::to_string(i) + ";\n";
  put("engine/core/long.h", many);
  put("engine/core/long_enough.cpp", many);
  put("engine/core/later.cpp", std::string("int a;\n// TO") + "DO: more\n");
  put("engine/core/hidden.cpp", "#if 0\nint a;\n#endif\n");
  put("tests/engine/core/a_test.cpp",
      "TEST(A, B) {\n  run();\n}\nvoid same(int x) {\n  EXPECT_EQ(x, 1);\n}\nTEST(A, D) { same(1); }\nTEST(A, C) {\n  if (x) { "
      "EXPECT_EQ(1, 1); }\n}\n");
  put("tests/engine/core/b_test.cpp", std::string("TEST(B, DISAB") + "LED_C) { EXPECT_EQ(1, 1); }\n");
  EXPECT_THAT(habits(), ElementsAre(HasSubstr("engine/core/hidden.cpp:1: hides code"), HasSubstr("engine/core/later.cpp:2: says"),
                                    HasSubstr("engine/core/long.h: 201 lines"), HasSubstr("a_test.cpp:1: the test (A, B) asserts nothing"),
                                    HasSubstr("b_test.cpp:1: a test is switched off")));
}

}  // namespace
}  // namespace roundel::house
