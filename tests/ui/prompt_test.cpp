#include <algorithm>

#include "ui/studio.h"
#include "ui/tool_box.h"
#include "ui/tools/prompt_tool.h"

namespace roundel::test {
namespace {

TEST_F(Studio, APromptIsAnsweredAndTakenOverAsOneStep) {
  const QString folder = study(true);
  expectOpens(folder);
  // A box around what the phantom's truth says is there.
  const Mask truth = window->document().session()->annotation().classes[0].mask;
  ASSERT_FALSE(truth.empty());
  const PixelBox box = truth.bounds();
  window->document().commit(stateEdit(window->document().session()->annotation(), 0, ClassState::NotAnnotated));
  ASSERT_EQ(area(0), 0);
  const std::size_t steps = window->document().session()->history().size();
  window->tools().choose("prompt");
  ASSERT_TRUE(waitUntil([&] { return window->prompt().ready(); }, 60000));
  drag(at(static_cast<double>(box.x0), static_cast<double>(box.y0)), at(static_cast<double>(box.x1 - 1), static_cast<double>(box.y1 - 1)));
  ASSERT_TRUE(waitUntil([&] { return window->prompt().hasAnswer(); }, 60000));
  QTest::keyClick(&view(), Qt::Key_Return);
  EXPECT_EQ(window->document().session()->history().size(), steps + 1);
  const Mask& answer = window->document().session()->annotation().classes[0].mask;
  ASSERT_FALSE(answer.empty());
  const double dice = 2.0 * static_cast<double>(overlapArea(answer, truth)) / static_cast<double>(answer.area() + truth.area());
  EXPECT_GT(dice, 0.5);
  window->document().undo();
  EXPECT_EQ(area(0), 0);
}

TEST_F(Studio, APromptPointIsMovedAndAskedAgain) {
  expectOpens(study(true));
  const Mask truth = window->document().session()->annotation().classes[0].mask;
  const PixelBox box = truth.bounds();
  window->tools().choose("prompt");
  ASSERT_TRUE(waitUntil([&] { return window->prompt().ready(); }, 60000));
  const QPoint low = at(static_cast<double>(box.x0), static_cast<double>(box.y0));
  const QPoint high = at(static_cast<double>(box.x1 - 1), static_cast<double>(box.y1 - 1));
  drag(low, high);
  ASSERT_TRUE(waitUntil([&] { return window->prompt().hasAnswer(); }, 60000));
  const PromptBox before = window->prompt().marks().boxes().at(0);
  int answers = 0;
  QObject::connect(&window->prompt(), &PromptTool::answered, window.get(), [&answers] { ++answers; });
  // The lower right corner goes ten pixels up; the other sides stay.
  const QPoint corner = view().screenAt({before.x1 - 0.5, before.y1 - 0.5, 0}).toPoint();
  drag(corner, at(before.x1 - 1, before.y1 - 11));
  ASSERT_TRUE(waitUntil([&] { return answers == 1; }, 60000));
  const PromptBox after = window->prompt().marks().boxes().at(0);
  EXPECT_EQ(window->prompt().marks().boxes().size(), 1U);
  EXPECT_EQ(after.x0, before.x0);
  EXPECT_EQ(after.y0, before.y0);
  EXPECT_NEAR(after.y1, before.y1 - 10, 1);
  // A point inside, and it is dragged.
  QTest::mouseClick(&view(), Qt::LeftButton, {}, (low + high) / 2 + QPoint(0, -8));
  ASSERT_TRUE(waitUntil([&] { return answers == 2; }, 60000));
  ASSERT_EQ(window->prompt().marks().points().size(), 1U);
  const PromptPoint point = window->prompt().marks().points()[0];
  drag(at(point.x, point.y), at(point.x + 12, point.y));
  ASSERT_TRUE(waitUntil([&] { return answers == 3; }, 60000));
  ASSERT_EQ(window->prompt().marks().points().size(), 1U);
  EXPECT_NEAR(window->prompt().marks().points()[0].x, point.x + 12, 1);
  QTest::keyClick(&view(), Qt::Key_Escape);
  EXPECT_TRUE(window->prompt().marks().empty());
}

TEST_F(Studio, AScribbleBecomesAFewPoints) {
  expectOpens(study(true));
  window->tools().choose("prompt");
  expectBrushIs("drag", "scribble");
  ASSERT_TRUE(waitUntil([&] { return window->prompt().ready(); }, 60000));
  drag(at(100, 60), at(140, 60));
  drag(at(20, 20), at(60, 20), Qt::RightButton);
  const auto& points = window->prompt().marks().points();
  const auto inside = std::count_if(points.begin(), points.end(), [](const PromptPoint& one) { return one.positive; });
  EXPECT_GE(inside, 3);
  EXPECT_GE(static_cast<std::ptrdiff_t>(points.size()) - inside, 3);
  for (const PromptPoint& one : points) {
    EXPECT_NEAR(one.y, one.positive ? 60 : 20, 1);
    EXPECT_GE(one.x, one.positive ? 99 : 19);
    EXPECT_LE(one.x, one.positive ? 141 : 61);
  }
}

TEST_F(Studio, TheNextCaseIsEmbeddedWhileThisOneIsPrompted) {
  expectOpens(study(true));
  window->tools().choose("prompt");
  ASSERT_TRUE(waitUntil([&] { return window->prompt().ready(); }, 60000));
  const std::string next = window->document().cases()[1].name;
  ASSERT_TRUE(waitUntil([&] { return window->prompt().preparedCase() == next; }, 60000));
  window->document().openCase(1);
  ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
  EXPECT_TRUE(window->prompt().ready());  // at once: nothing was waited for
}

TEST(PromptMarks, ASideThatIsDrawnOverTheOtherBecomesIt) {
  const PromptMarks::ToScreen same = [](double u, double v) { return QPointF(u, v); };
  PromptMarks marks;
  marks.setBox({10, 10}, {19, 29}, 100, 100);
  ASSERT_EQ(marks.boxes().at(0), (PromptBox{10, 10, 20, 30}));
  ASSERT_TRUE(marks.grab({9.5, 19.5}, same));  // the left side
  marks.moveTo(25, 70, 100, 100);
  EXPECT_EQ(marks.boxes().at(0), (PromptBox{19, 10, 26, 30}));
  marks.moveTo(40, 70, 100, 100);
  EXPECT_EQ(marks.boxes().at(0), (PromptBox{19, 10, 41, 30}));
  marks.moveTo(500, 0, 100, 100);
  EXPECT_EQ(marks.boxes().at(0).x1, 100);
  marks.letGo();
  EXPECT_FALSE(marks.grab({60, 60}, same));
}

}  // namespace
}  // namespace roundel::test
