#include <QActionGroup>
#include <QApplication>
#include <QDockWidget>
#include <QInputDialog>
#include <QKeyEvent>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QSlider>
#include <QToolBar>
#include <QToolButton>

#include "edit/edit_tool.h"
#include "ui/action_table.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/shortcuts_dialog.h"
#include "ui/docks/case_dock.h"
#include "ui/docks/class_dock.h"
#include "ui/docks/run_dock.h"
#include "ui/docks/tool_dock.h"
#include "ui/main_window.h"
#include "ui/notice_bar.h"
#include "ui/param_form.h"
#include "ui/texts.h"
#include "ui/tool_box.h"
#include "ui/tour.h"
#include "ui/view_area.h"

// Everything that can be done, with its keys, and the menus that hold it.
namespace roundel {
namespace {

using Keys = QList<QKeySequence>;

QKeySequence key(const char* text) { return QKeySequence(QString::fromLatin1(text)); }

}  // namespace

void MainWindow::makeFileActions() {
  const QString group = tr("Study");
  m_actions->add({"new", group, tr("&New study …"), {key("Ctrl+N")}, "plus"}, [this] { newStudy(); });
  m_actions->add({"open", group, tr("&Open study …"), {key("Ctrl+O")}, "folder"}, [this] { askForStudy(); });
  m_actions->add({"save", group, tr("&Save labels"), {key("Ctrl+S")}, "save"}, [this] { m_document.save(); });
  m_actions->add({"add-images", group, tr("&Add images …")}, [this] { addImages(); });
  m_actions->add({"classes", group, tr("&Classes …")}, [this] { editClasses(); });
  m_actions->add({"export", group, tr("&Export …"), {key("Ctrl+E")}}, [this] { ExportDialog(m_document, this).exec(); });
  m_actions->add({"close", group, tr("C&lose study"), {key("Ctrl+W")}}, [this] {
    m_document.closeStudy();
    showRecent(nullptr);
  });
  m_actions->add({"quit", group, tr("&Quit"), {key("Ctrl+Q")}}, [this] { close(); });
  const QString cases = tr("Cases");
  m_actions->add({"next-case", cases, tr("Next case"), {key("D")}, "next"}, [this] { m_cases->step(1); });
  m_actions->add({"previous-case", cases, tr("Previous case"), {key("A")}, "previous"}, [this] { m_cases->step(-1); });
  m_actions->add({"next-unfinished", cases, tr("Next case that is not finished"), {key("Ctrl+Shift+D")}},
                 [this] { m_cases->stepToUnfinished(); });
  m_actions->add({"exclude", cases, tr("Exclude this case from training")}, [this] { markExcluded(); });
  m_actions->add({"train", tr("Training"), tr("&Train …"), {key("Ctrl+T")}, "train"}, [this] {
    auto* dock = findChild<QDockWidget*>(QStringLiteral("runs"));
    dock->show();
    dock->raise();
    m_runs->askToTrain();
  });
  makeReviewActions();
}

void MainWindow::makeViewActions() {
  const QString group = tr("Picture");
  m_actions->add({"fit", group, tr("Fit to the window"), {key("="), key("Ctrl+F")}, "fit"}, [this] { m_area->fit(); });
  m_actions->add({"one-to-one", group, tr("One pixel on one pixel"), {key("Ctrl+1")}, "one"}, [this] { m_area->active()->oneToOne(); });
  m_actions->add({"zoom-in", group, tr("Larger"), {key("Ctrl++")}},
                 [this] { m_area->active()->setZoom(m_area->active()->zoom() * 1.25, QRectF(m_area->active()->rect()).center()); });
  m_actions->add({"zoom-out", group, tr("Smaller"), {key("Ctrl+-")}},
                 [this] { m_area->active()->setZoom(m_area->active()->zoom() / 1.25, QRectF(m_area->active()->rect()).center()); });
  m_actions->add({"invert", group, tr("Invert"), {key("I")}, "invert"}, [this] { invert(); });
  m_actions->add({"turn-right", group, tr("Turn right"), {key("R")}, "rotate"}, [this] { turn(1, false, false); });
  m_actions->add({"turn-left", group, tr("Turn left"), {key("L")}}, [this] { turn(-1, false, false); });
  m_actions->add({"flip-horizontal", group, tr("Mirror left and right"), {key("H")}, "flip"}, [this] { turn(0, true, false); });
  m_actions->add({"flip-vertical", group, tr("Mirror top and bottom"), {key("V")}}, [this] { turn(0, false, true); });
  m_actions->add({"maximise", group, tr("One cut alone, or all again"), {key("F")}}, [this] { m_area->maximise(m_area->active()); });
  m_actions->add({"reset-view", group, tr("As the file says"), {key("Space")}, {}, false, true}, [this] { resetDisplay(); });
  m_actions->add({"shortcuts", tr("Help"), tr("&Keyboard shortcuts …"), {key("F1")}, "keys"}, [this] {
    ShortcutsDialog dialog(*m_actions, this);
    dialog.exec();
  });
  m_actions->add({"tour", tr("Help"), tr("&Tour")}, [this] { m_tour->start(); });
  m_actions->add({"about", tr("Help"), tr("&About Roundel")}, [this] {
    QMessageBox::about(this, tr("About Roundel"),
                       tr("<b>Roundel Studio %1</b><p>Labels radiographs and volumes, and trains on them.</p><p>Research software: not a "
                          "medical device, and nothing "
                          "it says is a diagnosis.</p><p>Apache License 2.0. Stands on Qt, LibTorch, GDCM, OpenCV and SQLite.</p>")
                           .arg(QApplication::applicationVersion()));
  });
}

void MainWindow::makeLabelActions() {
  const QString group = tr("Labels");
  m_actions->add({"undo", group, tr("&Undo"), {key("Ctrl+Z"), key("Z")}, "undo"}, [this] { m_document.undo(); });
  m_actions->add({"redo", group, tr("&Redo"), {key("Ctrl+Y"), key("Ctrl+Shift+Z"), key("Y")}, "redo"}, [this] { m_document.redo(); });
  m_actions->add({"next-class", group, tr("Next class"), {key(">"), key("W")}}, [this] { m_classes->step(1); });
  m_actions->add({"previous-class", group, tr("Previous class"), {key("<"), key("Q")}}, [this] { m_classes->step(-1); });
  m_actions->add({"paint-ignore", group, tr("Paint what is to be ignored"), {key("Shift+I")}},
                 [this] { m_document.setCurrentClass(kIgnoreRegion); });
  m_actions->add({"mark-absent", group, tr("The class is absent here"), {key("Shift+A")}},
                 [this] { m_classes->setCurrentState(static_cast<int>(ClassState::Absent)); });
  m_actions->add({"mark-unlooked", group, tr("Nobody has looked for the class here")},
                 [this] { m_classes->setCurrentState(static_cast<int>(ClassState::NotAnnotated)); });
  m_actions->add({"toggle-labels", group, tr("Show labels"), {key("S")}, "eye"}, [this] {
    m_area->setLabelStyle(m_area->labelStyle() == LabelStyle::Hidden ? LabelStyle::Filled : LabelStyle::Hidden, m_area->opacity());
  });
  m_actions->add({"outline", group, tr("Outlines only"), {key("O")}}, [this] {
    m_area->setLabelStyle(m_area->labelStyle() == LabelStyle::Outlined ? LabelStyle::Filled : LabelStyle::Outlined, m_area->opacity());
  });
  m_actions->add({"more-opaque", group, tr("Labels stronger"), {key("Shift+Up")}},
                 [this] { m_area->setLabelStyle(LabelStyle::Filled, std::min(1.0, m_area->opacity() + 0.1)); });
  m_actions->add({"less-opaque", group, tr("Labels fainter"), {key("Shift+Down")}},
                 [this] { m_area->setLabelStyle(LabelStyle::Filled, std::max(0.1, m_area->opacity() - 0.1)); });
  m_actions->add({"apply", group, tr("Take over what is shown"), {key("Return"), key("Enter")}, "check", false, true},
                 [this] { m_tools->apply(); });
  m_actions->add({"discard", group, tr("Throw away what is shown"), {key("Esc")}, {}, false, true}, [this] { m_tools->escape(); });
}

void MainWindow::makeToolActions() {
  const QString group = tr("Tools");
  auto* choice = new QActionGroup(this);
  int digit = 1;
  const auto tool = [&](const QString& id, const QString& text, const QString& icon, Keys keys = {}) {
    if (keys.isEmpty() && digit <= 9) keys = {QKeySequence(QString::number(digit))};
    ++digit;
    QAction* action = m_actions->add({"tool-" + id, group, text, keys, icon, true}, [this, id] { m_tools->choose(id); });
    choice->addAction(action);
  };
  tool("window", tr("Window and level"), "window");
  for (const EditTool& one : builtinEditTools()) {
    const QString name = textOf(one.name);
    static const QHash<QString, QString> icons = {
        {"livewire", "livewire"}, {"threshold", "threshold"}, {"magic-wand", "wand"}, {"flood-fill", "fill"}};
    const bool named = name == "brush" || name == "eraser" || name == "polygon" || name == "lasso";
    const QString icon = named ? name : icons.value(name);  // those without one are in the menu alone
    tool(name, wordText(one.name), icon);
  }
  tool("prompt", tr("Prompt a generalist"), "prompt", {key("P")});
  tool("ruler", tr("Ruler"), "ruler", {key("M")});
  tool("angle", tr("Angle"), "angle", {key("Shift+M")});
  m_actions->add({"brush-larger", group, tr("Brush larger"), {key("]"), key("+")}}, [this] { m_tools->scaleBrush(1.2); });
  m_actions->add({"brush-smaller", group, tr("Brush smaller"), {key("["), key("-")}}, [this] { m_tools->scaleBrush(1 / 1.2); });
  connect(m_tools, &ToolBox::chosen, this, [this](const QString& id) {
    if (QAction* action = m_actions->action("tool-" + id)) action->setChecked(true);
  });
}

void MainWindow::makeMenus() {
  const auto fill = [this](QMenu* menu, std::initializer_list<const char*> ids) {
    for (const char* id : ids) {
      if (*id == 0) menu->addSeparator();
      else menu->addAction(m_actions->action(QLatin1String(id)));
    }
  };
  QMenu* study = menuBar()->addMenu(tr("&Study"));
  fill(study, {"new", "open"});
  QMenu* recent = study->addMenu(tr("Opened &last"));
  connect(study, &QMenu::aboutToShow, this, [this, recent] { showRecent(recent); });
  fill(study, {"", "save", "", "add-images", "classes", "", "export", "", "close", "quit"});
  QMenu* edit = menuBar()->addMenu(tr("&Labels"));
  fill(edit, {"undo", "redo", "", "apply", "discard", "", "next-class", "previous-class", "paint-ignore", "mark-absent", "mark-unlooked",
              "", "toggle-labels", "outline", "more-opaque", "less-opaque"});
  QMenu* picture = menuBar()->addMenu(tr("&Picture"));
  fill(picture, {"fit", "one-to-one", "zoom-in", "zoom-out", ""});
  m_windowMenu = picture->addMenu(tr("&Window and level"));
  connect(m_windowMenu, &QMenu::aboutToShow, this, &MainWindow::fillWindowMenu);
  fill(picture, {"invert", "turn-right", "turn-left", "flip-horizontal", "flip-vertical", "", "maximise", "reset-view"});
  m_toolMenu = menuBar()->addMenu(tr("&Tools"));
  for (const auto& entry : m_actions->entries())
    if (entry.id.startsWith(QLatin1String("tool-")) || entry.id.startsWith(QLatin1String("brush-"))) m_toolMenu->addAction(entry.action);
  QMenu* cases = menuBar()->addMenu(tr("&Cases"));
  fill(cases, {"next-case", "previous-case", "next-unfinished", "", "exclude", "", "reread", "reading-done"});
  fill(menuBar()->addMenu(tr("T&raining")),
       {"train", "compare", "report", "apply-model", "", "review-take", "review-good", "review-open", "review-reject"});
  QMenu* window = menuBar()->addMenu(tr("&Window"));
  for (QDockWidget* dock : findChildren<QDockWidget*>()) window->addAction(dock->toggleViewAction());
  window->addSeparator();
  const auto choice = [this](QMenu* menu, const QList<std::pair<QString, QString>>& all, const QString& now, auto set) {
    auto* group = new QActionGroup(this);
    for (const auto& [word, text] : all) {
      QAction* action = menu->addAction(text, this, [set, word = word] { set(word); });
      action->setCheckable(true);
      action->setChecked(word == now);
      group->addAction(action);
    }
  };
  const QSettings settings;
  choice(window->addMenu(tr("Colours")), {{"system", tr("As the desktop")}, {"light", tr("Light")}, {"dark", tr("Dark")}},
         settings.value("theme", "system").toString(), [this](const QString& word) { setTheme(themeFromString(word)); });
  choice(window->addMenu(tr("Mouse")), {{"pacs", tr("As in a PACS")}, {"slicer", tr("As in 3D Slicer")}, {"itksnap", tr("As in ITK-SNAP")}},
         settings.value("mouse", "pacs").toString(), [this](const QString& word) {
           QSettings().setValue("mouse", word);
           m_area->setScheme(word == "slicer" ? MouseScheme::Slicer : word == "itksnap" ? MouseScheme::ItkSnap : MouseScheme::Pacs);
         });
  choice(window->addMenu(tr("Language")),
         {{"system", tr("As the desktop")}, {"en", QStringLiteral("English")}, {"de", QStringLiteral("Deutsch")}},
         settings.value("language", "system").toString(), [this](const QString& word) { setLanguage(word); });
  const QString mouse = settings.value("mouse", "pacs").toString();
  m_area->setScheme(mouse == "slicer" ? MouseScheme::Slicer : mouse == "itksnap" ? MouseScheme::ItkSnap : MouseScheme::Pacs);
  QMenu* help = menuBar()->addMenu(tr("&Help"));
  fill(help, {"shortcuts", "tour", "about"});
}

void MainWindow::makeToolBar() {
  auto* bar = addToolBar(tr("Tools"));
  bar->setObjectName(QStringLiteral("tools"));
  bar->setMovable(false);
  bar->setIconSize({20, 20});
  const auto add = [&](std::initializer_list<const char*> ids) {
    for (const char* id : ids)
      if (QAction* action = m_actions->action(QLatin1String(id))) bar->addAction(action);
    bar->addSeparator();
  };
  add({"open", "save"});
  add({"undo", "redo"});
  auto* more = new QMenu(this);
  for (const auto& entry : m_actions->entries())
    if (entry.id.startsWith(QLatin1String("tool-"))) entry.icon.isEmpty() ? more->addAction(entry.action) : bar->addAction(entry.action);
  auto* others = new QToolButton;
  others->setText(tr("More tools"));
  others->setAccessibleName(tr("More tools"));
  others->setPopupMode(QToolButton::InstantPopup);
  others->setMenu(more);
  bar->addWidget(others);
  bar->addSeparator();
  add({"fit", "one-to-one", "invert", "rotate", "turn-right", "flip-horizontal", "toggle-labels"});
  auto* opacity = new QSlider(Qt::Horizontal);
  opacity->setRange(10, 100);
  opacity->setValue(35);
  opacity->setMaximumWidth(90);
  opacity->setToolTip(tr("How strong labels are"));
  opacity->setAccessibleName(tr("How strong labels are"));
  opacity->setFocusPolicy(Qt::NoFocus);
  connect(opacity, &QSlider::valueChanged, this, [this](int value) { m_area->setLabelStyle(m_area->labelStyle(), value / 100.0); });
  bar->addWidget(opacity);
  auto* space = new QWidget;
  space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  bar->addWidget(space);
  auto* train = new QToolButton;
  train->setObjectName(QStringLiteral("train-button"));
  train->setDefaultAction(m_actions->action(QStringLiteral("train")));
  train->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  bar->addWidget(train);
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
  // Labels are away as long as X is held.
  if ((event->type() == QEvent::KeyPress || event->type() == QEvent::KeyRelease) && qobject_cast<SliceView*>(watched) != nullptr) {
    const auto* pressed = static_cast<QKeyEvent*>(event);
    if (pressed->key() == Qt::Key_X && pressed->modifiers() == Qt::NoModifier && !pressed->isAutoRepeat()) {
      m_area->setLabelsHeld(event->type() == QEvent::KeyPress);
      return true;
    }
  }
  return QMainWindow::eventFilter(watched, event);
}

}  // namespace roundel
