#include <QElapsedTimer>

#include "core/random.h"
#include "edit/brush_params.h"
#include "ui/action_table.h"
#include "ui/param_form.h"
#include "ui/studio.h"
#include "ui/tool_box.h"
#include "ui/tools/brush_tool.h"

namespace roundel::test {
namespace {

/// The labels as they should be: every change is made here too, away from the window, and undone by going back to what was there.
class Model {
 public:
  Model(std::vector<Annotation> labels, Geometry geometry) : m_geometry(std::move(geometry)) {
    for (auto& one : labels) m_cases.push_back({{std::move(one)}, 0});
  }
  const Annotation& now(int index) const { return of(index).steps[of(index).at]; }
  void stroke(int index, const Stroke& stroke, const std::vector<EditPoint>& points) {
    Annotation annotation = now(index);
    PaintSurface surface(annotation, m_geometry);
    surface.beginStroke(stroke);
    for (const EditPoint& point : points) surface.strokeTo(point);
    apply(index, surface.endStroke());
  }
  void apply(int index, const LabelEdit& edit) {
    if (edit.empty()) return;
    Annotation after = now(index);
    applyEdit(after, edit);
    History& history = m_cases[static_cast<std::size_t>(index)];
    history.steps.resize(history.at + 1);
    history.steps.push_back(std::move(after));
    ++history.at;
  }
  bool canUndo(int index) const { return of(index).at > 0; }
  bool canRedo(int index) const { return of(index).at + 1 < of(index).steps.size(); }
  void undo(int index) { --m_cases[static_cast<std::size_t>(index)].at; }
  void redo(int index) { ++m_cases[static_cast<std::size_t>(index)].at; }
  void dropRedo(int index) { m_cases[static_cast<std::size_t>(index)].steps.resize(of(index).at + 1); }
  /// What can be taken back after the window was opened anew is the journal's affair: the model begins there.
  void forgetSteps(int index) { m_cases[static_cast<std::size_t>(index)] = {{now(index)}, 0}; }

 private:
  struct History {
    std::vector<Annotation> steps;
    std::size_t at = 0;
  };
  const History& of(int index) const { return m_cases[static_cast<std::size_t>(index)]; }

  Geometry m_geometry;
  std::vector<History> m_cases;
};

class Soak : public Studio {
 protected:
  int caseIndex() { return window->document().caseIndex(); }
  const Annotation& shown() { return window->document().session()->annotation(); }
  std::int64_t below(std::int64_t count) { return m_random.below(count); }
  void trigger(const char* id) {
    if (QAction* action = window->actions().action(QLatin1String(id)); action->isEnabled()) action->trigger();
  }
  void waitForPicture() {
    ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
    QTest::qWait(1);
  }

  /// A drag with a brush anywhere on the view, also beyond the picture.
  void paint(Model& model) {
    const QString tool = below(3) == 0 ? QStringLiteral("eraser") : QStringLiteral("brush");
    if (window->tools().current() != tool) window->tools().choose(tool);
    if (below(3) == 0) trigger(below(2) == 0 ? "brush-larger" : "brush-smaller");
    Params params = window->findChild<ParamForm*>()->values();
    if (params.value("radius", 1.0) > 20) expectBrushIs("radius", 6.0), params = window->findChild<ParamForm*>()->values();
    const bool right = below(5) == 0;
    const auto anywhere = [&] { return QPoint(static_cast<int>(below(view().width())), static_cast<int>(below(view().height()))); };
    const QPoint from = anywhere(),
                 to = below(2) == 0 ? anywhere() : from + QPoint(static_cast<int>(below(60)) - 30, static_cast<int>(below(60)) - 30);
    std::vector<EditPoint> points{editPoint(view().indexAt(QPointF(from)))};
    for (int step = 1; step <= 4; ++step) points.push_back(editPoint(view().indexAt(QPointF(from + (to - from) * step / 4))));
    const bool adds = (tool == QLatin1String("brush")) != right;
    model.stroke(caseIndex(),
                 {.classIndex = window->document().currentClass(),
                  .mode = adds ? PaintMode::Add : PaintMode::Remove,
                  .brush = brushOf(params),
                  .slice = slicePlaneOf(view()),
                  .policy = window->document().policy()},
                 points);
    drag(from, to, right ? Qt::RightButton : Qt::LeftButton);
  }

  void state(Model& model) {
    const int now = window->document().currentClass();
    if (now < 0 || window->document().look(now).locked) return;
    const bool absent = below(2) == 0;
    model.apply(caseIndex(), stateEdit(model.now(caseIndex()), now, absent ? ClassState::Absent : ClassState::NotAnnotated));
    trigger(absent ? "mark-absent" : "mark-unlooked");
  }

  void changeLook() {
    const int index = static_cast<int>(below(window->document().classes().size()));
    ClassLook look = window->document().look(index);
    (below(2) == 0 ? look.visible : look.locked) ^= true;
    window->document().setLook(index, look);
  }

  void lookAround() {
    static constexpr std::array<const char*, 9> kLooks{"invert",  "zoom-in", "zoom-out",      "turn-right", "flip-horizontal",
                                                       "outline", "fit",     "toggle-labels", "reset-view"};
    trigger(kLooks[static_cast<std::size_t>(below(kLooks.size()))]);
  }

  Random m_random{static_cast<std::uint64_t>(std::max(1, qEnvironmentVariableIntValue("ROUNDEL_SOAK_SEED"))), "soak"};
};

/// Random legal actions for ROUNDEL_SOAK_SECONDS (4 where it is not set); what is on the screen, and what is stored in the end, is what a
/// model kept beside says.
TEST_F(Soak, RandomActionsLeaveTheLabelsThatAModelBesideSays) {
  const QString folder = study(true);
  expectOpens(folder);
  std::vector<Annotation> labels;
  for (const Case& one : window->document().cases()) labels.push_back(*window->document().project()->latest(one.id));
  Model model(labels, window->document().cases().front().geometry);
  const int seconds = std::max(4, qEnvironmentVariableIntValue("ROUNDEL_SOAK_SECONDS"));
  QElapsedTimer timer;
  timer.start();
  int actions = 0, strokes = 0, opened = 0;
  while (timer.elapsed() < 1000 * seconds && !HasFailure()) {
    ++actions;
    const auto what = below(100);
    const int before = caseIndex();
    if (what < 45) paint(model), ++strokes;
    else if (what < 58 && model.canUndo(before)) model.undo(before), trigger("undo");
    else if (what < 66 && model.canRedo(before)) model.redo(before), trigger("redo");
    else if (what < 70) state(model);
    else if (what < 78) window->document().setCurrentClass(static_cast<int>(below(window->document().classes().size() + 1)) - 1);
    else if (what < 81) changeLook();
    else if (what < 90) lookAround();
    else if (what < 93) trigger("save");
    else if (what < 99) {
      trigger(below(2) == 0 ? "next-case" : "previous-case");
      waitForPicture();
      // What the journal no longer knows of a case that was left cannot be taken back.
      if (!window->document().session()->history().canUndo()) model.forgetSteps(caseIndex());
      else if (!window->document().session()->history().canRedo()) model.dropRedo(caseIndex());
    } else if (++opened % 8 == 0) {
      window->close();
      window.reset();
      expectOpens(folder);
      for (int i = 0; i < static_cast<int>(labels.size()); ++i) model.forgetSteps(i);
    }
    ASSERT_EQ(shown(), model.now(caseIndex())) << "after action " << actions << " (" << what << ")";
  }
  window->close();
  window.reset();
  const Project project = Project::open(folder.toStdString(), Access::ReadOnly);
  const auto cases = project.cases();
  for (std::size_t i = 0; i < cases.size(); ++i) EXPECT_EQ(*project.latest(cases[i].id), model.now(static_cast<int>(i))) << cases[i].name;
  EXPECT_TRUE(project.verifyAudit().faults.empty());
  EXPECT_GT(strokes, 5);
  std::printf("%d actions, %d of them strokes\n", actions, strokes);
}

}  // namespace
}  // namespace roundel::test
