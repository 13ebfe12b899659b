#include "models/embedding_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "core/files.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;

std::vector<EmbeddingPart> parts(std::size_t bytes, std::byte value) {
  return {{.name = "a", .dtype = "U8", .shape = {static_cast<std::int64_t>(bytes)}, .bytes = std::vector<std::byte>(bytes, value)}};
}

std::vector<fs::path> files(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) found.push_back(entry.path());
  return found;
}

EmbeddingKey keyOf(int number) { return {"image " + std::to_string(number), "generalist"}; }

TEST(EmbeddingFolder, GivesBackWhatItWasGivenUnderItsOwnKeyAlone) {
  const test::TemporaryFolder folder;
  EmbeddingFolder store(folder.path());
  EXPECT_TRUE(store.read(keyOf(1)).empty());
  ASSERT_TRUE(store.write(keyOf(1), parts(100, std::byte{7})));
  EXPECT_TRUE(store.has(keyOf(1)));
  const auto read = store.read(keyOf(1));
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].bytes, parts(100, std::byte{7})[0].bytes);
  EXPECT_EQ(read[0].shape, std::vector<std::int64_t>{100});
  EXPECT_TRUE(store.read(keyOf(2)).empty());
  EXPECT_TRUE(store.read({"image 1", "other"}).empty());
}

TEST(EmbeddingFolder, ADamagedFileCountsAsMissingAndIsTakenAway) {
  const test::TemporaryFolder folder;
  EmbeddingFolder store(folder.path());
  ASSERT_TRUE(store.write(keyOf(1), parts(1000, std::byte{7})));
  const auto path = files(folder.path()).at(0);
  const std::string whole = readFile(path);
  for (const std::size_t at : {std::size_t{3}, whole.size() / 2, whole.size() - 1}) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    std::ofstream(path, std::ios::binary) << damaged;
    EXPECT_TRUE(store.read(keyOf(1)).empty()) << "byte " << at;
    EXPECT_FALSE(fs::exists(path));
  }
  std::ofstream(path, std::ios::binary) << whole.substr(0, whole.size() / 2);
  EXPECT_TRUE(store.read(keyOf(1)).empty());
  // Somebody else's file under this name is not this embedding.
  ASSERT_TRUE(store.write(keyOf(2), parts(1000, std::byte{9})));
  fs::create_directories(path.parent_path());
  fs::rename(files(folder.path()).at(0), path);
  EXPECT_TRUE(store.read(keyOf(1)).empty());
}

TEST(EmbeddingFolder, StaysBelowItsBoundAndKeepsWhatWasUsedLast) {
  const test::TemporaryFolder folder;
  EmbeddingFolder store(folder.path(), 20000);
  const auto age = [&](int number, int minutes) {
    for (const auto& path : files(folder.path()))
      if (readFile(path).find(keyOf(number).image + "\"") != std::string::npos)
        fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::minutes(minutes));
  };
  for (int number = 0; number < 6; ++number) {
    ASSERT_TRUE(store.write(keyOf(number), parts(3000, std::byte{1})));
    age(number, 100 - number);
  }
  EXPECT_FALSE(store.read(keyOf(0)).empty()) << "reading makes it the most recent one";
  for (int number = 6; number < 9; ++number) ASSERT_TRUE(store.write(keyOf(number), parts(3000, std::byte{1})));
  EXPECT_LE(store.bytes(), 20000U);
  EXPECT_TRUE(store.has(keyOf(0)));
  EXPECT_FALSE(store.has(keyOf(1)));
  EXPECT_TRUE(store.has(keyOf(8)));
  EXPECT_FALSE(store.write(keyOf(9), parts(30000, std::byte{1}))) << "larger than the whole bound";
}

TEST(EmbeddingFolder, StaysBelowItsBoundThoughAnotherProcessWritesToo) {
  const test::TemporaryFolder folder;
  EmbeddingFolder one(folder.path(), 100'000), other(folder.path(), 100'000);
  for (int number = 0; number < 35; ++number) {
    ASSERT_TRUE(one.write(keyOf(number), parts(2000, std::byte{1})));
    ASSERT_TRUE(other.write(keyOf(100 + number), parts(2000, std::byte{1})));
    ASSERT_LE(one.bytes(), 100'000U) << number;
  }
}

TEST(EmbeddingFolder, TwoProcessesAndAKillLeaveSoundFilesOnly) {
  const test::TemporaryFolder folder;
  for (int round = 0; round < 5; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      EmbeddingFolder store(folder.path());
      for (int number = 0;; number = (number + 1) % 8) store.write(keyOf(number), parts(200000, std::byte{1}));
    }
    EmbeddingFolder store(folder.path());
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(60);
    int number = 0;
    while (std::chrono::steady_clock::now() < until) {
      number = (number + 1) % 8;
      const auto read = store.read(keyOf(number));
      if (!read.empty()) {
        EXPECT_EQ(read[0].bytes, parts(200000, std::byte{1})[0].bytes);
      }
      store.write(keyOf(number), parts(200000, std::byte{1}));
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  // What the kill left half-written goes when it is an hour old.
  EmbeddingFolder store(folder.path());
  const fs::path left = folder / "aa.safetensors.part-1";
  std::ofstream(left) << "half";
  fs::last_write_time(left, fs::file_time_type::clock::now() - std::chrono::hours(2));
  EXPECT_TRUE(store.write(keyOf(1), parts(10, std::byte{1})));
  EXPECT_FALSE(fs::exists(left));
  for (const auto& path : files(folder.path()))
    if (path.extension() == ".safetensors") {
      EXPECT_GT(fs::file_size(path), 10U);
    }
}

}  // namespace
}  // namespace roundel
