#include "report/html.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "report/overlay.h"

namespace roundel {
namespace {

TEST(Html, NothingInATextIsMarkup) { EXPECT_EQ(escaped("<b a='x\">&"), "&lt;b a=&#39;x&quot;&gt;&amp;"); }

TEST(Html, Base64AgreesWithTheStandard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe"), "//4=");
}

TEST(Html, EveryKindOfBlockIsWrittenAndNoneOfItsTextIsMarkup) {
  const ReportDocument document{
      .title = "<t>",
      .blocks = {Heading{.level = 1, .text = "<h>"}, Paragraph{.lines = {{{"<p>", TextSpan::Style::Bold}, {"<q>", TextSpan::Style::Code}}}},
                 Bullets{{"<i>"}}, Table{{"<c>"}, {{{{"<d>", TextSpan::Style::Soft}}}}}, Figures{{{RgbPicture{1, 1, {1, 2, 3}}, "<f>"}}},
                 Listing{"<l>"}}};
  const std::string page = htmlPage(document, [](const RgbPicture&) { return std::string("png"); });
  for (const char* text : {"<title>&lt;t&gt;</title>", "<h1>&lt;h&gt;</h1>", "<b>&lt;p&gt;</b><code>&lt;q&gt;</code>", "<li>&lt;i&gt;</li>",
                           "<th>&lt;c&gt;</th>", "<td><span class='soft'>&lt;d&gt;</span></td>", "base64,cG5n", "<pre>&lt;l&gt;</pre>"})
    EXPECT_NE(page.find(text), std::string::npos) << text;
}

TEST(Html, APageLoadsNothingFromAnywhere) {
  const std::string page = htmlPage({.title = "t", .blocks = {Heading{.text = "b"}}}, {});
  EXPECT_EQ(page.find("http://"), std::string::npos);
  EXPECT_EQ(page.find("https://"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
}

TEST(Html, ChartsOfOddPointsHaveNoNan) {
  for (const auto& points :
       std::vector<std::vector<std::pair<double, double>>>{{}, {{1, 1}}, {{1, 1}, {2, std::nan("")}}, {{0, 5}, {0, 5}}}) {
    const std::string svg = svgChart({{{"line", points}}, {.title = "t", .xName = "x", .yName = "y"}});
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    EXPECT_EQ(svg.find("inf"), std::string::npos);
  }
}

TEST(Html, RoundsHaveNoTicksBetweenThem) {
  const std::vector<ChartLine> lines{{"a", {{0, 0.5}, {1, 0.6}}}};
  EXPECT_NE(svgChart({lines, {.title = "", .xName = "", .yName = ""}}).find(">0.4<"), std::string::npos);
  EXPECT_EQ(svgChart({lines, {.title = "", .xName = "", .yName = "", .yLow = 0, .yHigh = 1e3, .wholeX = true}}).find(">0.4<"),
            std::string::npos);
}

TEST(Overlay, DrawsOutlineAndPromptWhereTheyAre) {
  Image image;
  image.geometry.size = {20, 10, 1};
  image.values.assign(200, 0.0f);
  RgbPicture picture = greyPicture(image, 20);
  drawMask(picture, Mask({20, 10, 1}, {{2 * 20 + 3, 4}, {3 * 20 + 3, 4}, {4 * 20 + 3, 4}}), {200, 100, 50}, 0.5);
  const auto red = [&](int x, int y) { return picture.rgb[static_cast<std::size_t>(3 * (y * 20 + x))]; };
  EXPECT_EQ(red(3, 2), 200);
  EXPECT_EQ(red(4, 3), 100);  // inside, half tinted
  EXPECT_EQ(red(8, 2), 0);
  drawPrompt(picture, {.box = PromptBox{10, 1, 15, 6}, .points = {{.x = 18, .y = 8}}}, {20, 10, 1}, {0, 255, 0});
  const auto green = [&](int x, int y) { return picture.rgb[static_cast<std::size_t>(3 * (y * 20 + x) + 1)]; };
  EXPECT_GT(green(10, 1), 150);
  EXPECT_GT(green(14, 5), 150);
  EXPECT_EQ(green(15, 6), 0);
  EXPECT_EQ(green(18, 8), 255);
}

}  // namespace
}  // namespace roundel
