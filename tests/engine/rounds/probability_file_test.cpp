#include "rounds/probability_file.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "core/random.h"

namespace roundel {
namespace {

std::filesystem::path temporary(const std::string& name) {
  return std::filesystem::path(::testing::TempDir()) / ("roundel-" + name + "-" + std::to_string(::getpid()));
}

Prediction randomPrediction() {
  Prediction prediction{.size = {9, 7, 1}, .classCount = 3, .probabilities = {}};
  Random random(3, "prediction");
  for (int i = 0; i < 9 * 7 * 3; ++i) prediction.probabilities.push_back(static_cast<float>(random.uniform()));
  prediction.probabilities[0] = 0.5f, prediction.probabilities[1] = 0.50001f, prediction.probabilities[2] = 1.0f,
  prediction.probabilities[3] = 0.0f;
  return prediction;
}

TEST(ProbabilityFile, KeepsEveryPixelOnItsSideOfOneHalf) {
  const auto path = temporary("prob");
  const Prediction before = randomPrediction();
  writeProbabilities(path, before);
  const Prediction after = readProbabilities(path);
  ASSERT_EQ(after.probabilities.size(), before.probabilities.size());
  for (std::size_t i = 0; i < before.probabilities.size(); ++i) {
    EXPECT_NEAR(after.probabilities[i], before.probabilities[i], 0.005);
    EXPECT_EQ(after.probabilities[i] > 0.5f, before.probabilities[i] > 0.5f) << before.probabilities[i];
  }
  EXPECT_EQ(after.probabilities, quantised(before).probabilities);
  std::filesystem::remove(path);
}

TEST(ProbabilityFile, RefusesDamageAtEveryByte) {
  const auto path = temporary("damaged");
  writeProbabilities(path, randomPrediction());
  const std::string whole = readFile(path);
  for (std::size_t length = 0; length < whole.size(); length += 3) {
    writeFileAtomically(path, whole.substr(0, length));
    EXPECT_THROW(readProbabilities(path), Error);
  }
  for (std::size_t at = 0; at < 48; ++at) {  // the header, which decides what is allocated
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    writeFileAtomically(path, changed);
    EXPECT_THROW(readProbabilities(path), Error) << at;
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace roundel
