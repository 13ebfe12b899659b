#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <fstream>

#include "engine/imaging/imaging_support.h"

namespace roundel {
namespace {

using test::dataFolder;

std::vector<std::filesystem::path> filesUnder(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// Highest resident memory of a process so far, bytes.
std::uint64_t peakMemory(int process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  std::string word;
  while (status >> word)
    if (word == "VmHWM:") {
      std::uint64_t kilobytes = 0;
      status >> kilobytes;
      return kilobytes * 1024;
    }
  return 0;
}

TEST(MalformedData, EveryFileIsReadOrRefusedWithinTheLimits) {
  if (dataFolder().empty()) GTEST_SKIP() << "no shared data";
  DecodeClient client(test::workerOptions());
  int read = 0, refused = 0;
  double longest = 0;
  std::uint64_t most = 0;
  for (const auto& path : filesUnder(dataFolder() / "malformed")) {
    const auto start = std::chrono::steady_clock::now();
    const std::string sentence = test::refusal(client, path);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    longest = std::max(longest, seconds);
    EXPECT_LT(seconds, 11) << path;
    if (client.workerId() > 0) most = std::max(most, peakMemory(client.workerId()));
    if (sentence.empty()) ++read;
    else ++refused;
    if (!sentence.empty()) {
      EXPECT_NE(sentence.find("cannot be read"), std::string::npos) << path << ": " << sentence;
    }
  }
  EXPECT_LT(most, std::uint64_t{512} << 20) << "the limit is 2 GB, but none of these files honestly needs that";
  EXPECT_GT(read, 0);
  EXPECT_GT(refused, 0);
  // The reader still works after all of that.
  EXPECT_EQ(test::refusal(client, dataFolder() / "dicom/radiographs/RG3_RLE"), "");
  std::cout << "read " << read << ", refused " << refused << ", longest " << longest << " s, most " << most / 1'000'000 << " MB, workers "
            << client.workersStarted() << "\n";
}

TEST(MalformedData, ProbingSurvivesThemToo) {
  if (dataFolder().empty()) GTEST_SKIP() << "no shared data";
  DecodeClient client(test::workerOptions());
  const auto files = filesUnder(dataFolder() / "malformed");
  EXPECT_EQ(client.probe(files).size(), files.size());
}

}  // namespace
}  // namespace roundel
