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

}  // namespace
}  // namespace roundel::test
