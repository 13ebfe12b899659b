#include "report/pdf.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace roundel {
namespace {

std::size_t countOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

RgbPicture squares(int width, int height) {
  RgbPicture picture{width, height, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) picture.rgb.insert(picture.rgb.end(), 3, static_cast<std::uint8_t>((x / 8 + y / 8) % 2 * 255));
  return picture;
}

ReportDocument everyKindOfBlock() {
  return {.title = "Run r0001",
          .blocks = {Heading{.level = 1, .text = "Run r0001"},
                     Paragraph{.lines = {{{"helped", TextSpan::Style::Bold}, {"; test Dice +0.012"}}}, .role = Paragraph::Role::Verdict},
                     Bullets{{"one", "two"}}, Heading{.text = "Rounds"},
                     Table{{"Round", "Test Dice"}, {{{{"0"}}, {{"0.500"}, {" ± 0.01", TextSpan::Style::Soft}}}}},
                     Chart{{{"line", {{0, 0.1}, {1, 0.2}}}}, {.title = "Dice", .xName = "round", .yName = "Dice"}},
                     Figures{{{squares(64, 32), "a"}, {squares(32, 64), "b"}}}, Listing{"{\n \"seed\": 1\n}"}}};
}

TEST(Pdf, AFileOfEveryKindOfBlockIsWholeAndTheSameEachTime) {
  const PdfFile file = pdfOf(everyKindOfBlock());
  EXPECT_TRUE(file.bytes.starts_with("%PDF-1."));
  EXPECT_NE(file.bytes.rfind("%%EOF"), std::string::npos);
  EXPECT_EQ(file.pages, 1);
  EXPECT_EQ(countOf(file.bytes, "/Subtype /Image"), 2u);
  EXPECT_EQ(file.charactersLost, 0);
  EXPECT_EQ(pdfOf(everyKindOfBlock()).bytes, file.bytes);
}

TEST(Pdf, ALongTableGoesOnOverPages) {
  Table table{{"Class", "Dice"}, {}};
  for (int i = 0; i < 200; ++i) table.rows.push_back({{{"class " + std::to_string(i)}}, {{"0.5"}}});
  EXPECT_GE(pdfOf({.title = "t", .blocks = {table}}).pages, 3);
}

TEST(Pdf, WordsWiderThanThePageAreBrokenAndEmptyBlocksAreNothing) {
  const std::string wide(3000, 'w');
  const PdfFile file = pdfOf({.title = wide,
                              .blocks = {Heading{.text = wide}, Paragraph{.lines = {{{wide}}, {}}, .role = Paragraph::Role::Plain},
                                         Table{{wide, ""}, {{{{wide}}, {}}}}, Listing{wide}, Bullets{}, Table{}, Figures{}, Listing{},
                                         Chart{{{"nothing", {{std::nan(""), 1}}}}, {}}}});
  EXPECT_LE(file.pages, 8);
}

TEST(Pdf, LettersThatItsFontsLackAreCounted) {
  EXPECT_EQ(pdfOf({.title = "t", .blocks = {Heading{.text = "Zähne – ±"}}}).charactersLost, 0);
  EXPECT_EQ(pdfOf({.title = "t", .blocks = {Heading{.text = "歯 \xF0\x9F\xA6\xB7"}}}).charactersLost, 2);
  EXPECT_GE(pdfOf({.title = "t", .blocks = {Heading{.text = "\xff\xfe broken ) ( \\ text"}}}).pages, 1);  // not UTF-8, and PDF's own signs
}

}  // namespace
}  // namespace roundel
