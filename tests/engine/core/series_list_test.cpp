#include "core/series_list.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/error.h"
#include "core/files.h"
#include "core/machine_memory.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

TEST(SeriesList, ComesBackWithAbsolutePaths) {
  const test::TemporaryFolder folder;
  writeSeriesList(folder / "list.json", {.files = {"/scans/a b/IM0001", "slices/2.dcm"}});
  EXPECT_TRUE(looksLikeSeriesList(readFile(folder / "list.json")));
  const SeriesList back = readSeriesList(folder / "list.json");
  ASSERT_EQ(back.files.size(), 2U);
  EXPECT_EQ(back.files[0], "/scans/a b/IM0001");
  EXPECT_EQ(back.files[1], folder / "slices/2.dcm");
}

TEST(SeriesList, OtherJsonIsNone) {
  const test::TemporaryFolder folder;
  EXPECT_FALSE(looksLikeSeriesList("{\"files\": []}"));
  for (const char* text :
       {"", "[]", "{\"schema\": \"roundel.series/1\"}", "{\"schema\": \"roundel.series/1\", \"files\": []}",
        "{\"schema\": \"roundel.series/1\", \"files\": [7]}", "{\"schema\": \"roundel.series/9\", \"files\": [\"a\"]}"}) {
    std::ofstream(folder / "list.json") << text;
    EXPECT_THROW(readSeriesList(folder / "list.json"), Error) << text;
  }
  EXPECT_THROW(writeSeriesList(folder / "list.json", {.files = {"\xFF.dcm"}}), Error);
}

TEST(MachineMemory, FreeIsAPartOfAll) {
  EXPECT_GT(freeMachineMemory(), 0U);
  EXPECT_LE(freeMachineMemory(), machineMemory());
}

}  // namespace
}  // namespace roundel
