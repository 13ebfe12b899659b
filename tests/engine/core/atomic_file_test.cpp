#include "core/atomic_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "core/files.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;

TEST(AtomicFile, TakesAwayWhatKilledWritersOfOneFileLeftAndNothingElse) {
  const fs::path folder = fs::path(testing::TempDir()) / ("roundel_atomic_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  for (const char* name : {"curve.json", "curve.json.part-12", "curve.json.part-345", "other.json.part-12", "curve.json.bak"})
    writeFileAtomically(folder / name, "1");
  AtomicFile::removeLeftParts(folder / "curve.json");
  EXPECT_TRUE(fs::exists(folder / "curve.json"));
  EXPECT_FALSE(fs::exists(folder / "curve.json.part-12"));
  EXPECT_FALSE(fs::exists(folder / "curve.json.part-345"));
  EXPECT_TRUE(fs::exists(folder / "other.json.part-12"));
  EXPECT_TRUE(fs::exists(folder / "curve.json.bak"));
  AtomicFile::removeLeftParts(folder / "nowhere" / "curve.json");  // a folder that is not there has no leftovers
  fs::remove_all(folder);
}

}  // namespace
}  // namespace roundel
