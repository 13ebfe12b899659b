#include "service/line_framer.h"

#include <gtest/gtest.h>

#include <vector>

namespace roundel {
namespace {

/// Everything that a framer makes of the bytes, fed in pieces of this size.
std::vector<FramedLine> linesOf(const std::string& bytes, std::size_t piece, std::size_t limit) {
  std::vector<FramedLine> lines;
  const auto sink = [&](FramedLine line) { lines.push_back(std::move(line)); };
  LineFramer framer(limit);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    framer.feed(std::string_view(bytes).substr(at, piece), sink);
    EXPECT_LE(framer.held(), limit);
  }
  framer.finish(sink);
  return lines;
}

TEST(LineFramer, CutsAtLineEndsHoweverTheBytesCome) {
  const std::string bytes = "one\n\ntwo\r\nthree";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    const auto lines = linesOf(bytes, piece, 100);
    ASSERT_EQ(lines.size(), 3U) << "pieces of " << piece;
    EXPECT_EQ(lines[0].text, "one");
    EXPECT_EQ(lines[1].text, "two");
    EXPECT_EQ(lines[1].number, 3U) << "empty lines count";
    EXPECT_EQ(lines[2].text, "three") << "the end of the input ends a line";
  }
}

TEST(LineFramer, ForgetsALongLineAsItComesAndGoesOnAfterIt) {
  const std::string bytes = "before\n" + std::string(1000, 'x') + "\nafter\n" + std::string(11, 'y') + "\n" + std::string(10, 'z') + "\n";
  for (const std::size_t piece : {1U, 7U, 64U, 5000U}) {
    const auto lines = linesOf(bytes, piece, 10);
    ASSERT_EQ(lines.size(), 5U);
    EXPECT_FALSE(lines[0].tooLong);
    EXPECT_TRUE(lines[1].tooLong);
    EXPECT_EQ(lines[1].bytes, 1000U);
    EXPECT_EQ(lines[1].text, "");
    EXPECT_EQ(lines[2].text, "after");
    EXPECT_TRUE(lines[3].tooLong) << "one byte beyond the limit";
    EXPECT_EQ(lines[4].text, std::string(10, 'z')) << "just the limit";
  }
}

TEST(LineFramer, ALongLineAtTheEndOfTheInputIsReported) {
  const auto lines = linesOf(std::string(50, 'x'), 8, 10);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].tooLong);
  EXPECT_EQ(lines[0].bytes, 50U);
}

}  // namespace
}  // namespace roundel
