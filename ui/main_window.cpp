#include "ui/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/action_table.h"
#include "ui/case_model.h"
#include "ui/dialogs/class_editor.h"
#include "ui/dialogs/new_study_dialog.h"
#include "ui/docks/case_dock.h"
#include "ui/docks/class_dock.h"
#include "ui/docks/history_dock.h"
#include "ui/docks/review_dock.h"
#include "ui/docks/run_dock.h"
#include "ui/docks/tool_dock.h"
#include "ui/engine_command.h"
#include "ui/notice_bar.h"
#include "ui/reading_bar.h"
#include "ui/serve_client.h"
#include "ui/texts.h"
#include "ui/tool_box.h"
#include "ui/tools/prompt_tool.h"
#include "ui/tour.h"
#include "ui/view_area.h"

// The window's parts and the study. What can be done: main_window_actions.cpp; what is shown of a picture: main_window_status.cpp.
namespace roundel {
namespace {

QStringList recentStudies() {
  QStringList known = QSettings().value(QStringLiteral("recent")).toStringList();
  known.removeIf([](const QString& folder) { return !QFileInfo::exists(folder + QStringLiteral("/project.db")); });
  return known;
}

void rememberStudy(const QString& folder) {
  QStringList known = recentStudies();
  known.removeAll(folder);
  known.prepend(folder);
  QSettings().setValue(QStringLiteral("recent"), known.mid(0, 8));
}

}  // namespace

MainWindow::MainWindow()
    : m_middle(new QStackedWidget),
      m_area(new ViewArea(m_document)),
      m_actions(new ActionTable(this, m_area)),
      m_notice(new NoticeBar),
      m_cases(new CaseDock(m_document)),
      m_classes(new ClassDock(m_document)),
      m_toolDock(new ToolDock),
      m_runs(new RunDock(m_document)),
      m_serve(new ServeClient(this)),
      m_review(new ReviewDock(m_document, *m_area, *m_serve)),
      m_prompt(new PromptTool(m_document, *m_area, *m_serve, this)),
      m_tools(new ToolBox(m_document, *m_area, *m_toolDock, *m_prompt, this)) {
  setObjectName(QStringLiteral("main"));
  setWindowIcon(QIcon(QStringLiteral(":/icons/roundel-studio.svg")));
  setAcceptDrops(true);
  setDockNestingEnabled(true);
  m_document.images().warmUp();
  auto* middle = new QWidget;
  auto* layout = new QVBoxLayout(middle);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(m_notice);
  layout->addWidget(new ReadingBar(m_document));
  layout->addWidget(m_middle, 1);
  m_middle->addWidget(makeStart());
  m_middle->addWidget(m_area);
  setCentralWidget(middle);
  makeDocks();
  makeStatusBar();
  makeFileActions();
  makeViewActions();
  makeLabelActions();
  makeToolActions();
  makeMenus();
  makeToolBar();
  m_tour = new Tour(*this, m_document, *m_area, *m_tools, *m_prompt);
  connect(&m_document, &Document::notice, m_notice, &NoticeBar::say);
  for (const auto signal : {&Document::studyChanged, &Document::caseChanged, &Document::pictureChanged, &Document::historyChanged,
                            &Document::classesChanged, &Document::rereadingChanged})
    connect(&m_document, signal, this, &MainWindow::updateState);
  connect(&m_document, &Document::pictureFailed, this, [this](const QString& sentence) { m_area->setPlaceholder(sentence); });
  connect(m_tools, &ToolBox::notice, m_notice, &NoticeBar::say);
  connect(m_prompt, &PromptTool::notice, m_notice, &NoticeBar::say);
  connect(m_prompt, &PromptTool::said, m_waiting, &QLabel::setText);
  connect(m_runs, &RunDock::notice, m_notice, &NoticeBar::say);
  connect(m_runs, &RunDock::runsChanged, m_review, &ReviewDock::refresh);
  for (const auto signal : {&Document::studyChanged, &Document::classesChanged})
    connect(&m_document, signal, this, [this] { findQualities(m_document); });
  connect(m_runs, &RunDock::runsChanged, this, [this] { findQualities(m_document); });
  connect(m_review, &ReviewDock::decided, m_runs, &RunDock::refresh);
  connect(m_review, &ReviewDock::notice, m_notice, &NoticeBar::say);
  connect(m_classes, &ClassDock::editClassesRequested, this, &MainWindow::editClasses);
  connect(m_area, &ViewArea::caseWheel, m_cases, &CaseDock::step);
  connect(m_area, &ViewArea::probed, this, &MainWindow::showProbe);
  connect(m_area, &ViewArea::displayChanged, this, &MainWindow::showWindow);
  connect(m_area, &ViewArea::zoomChanged, this, &MainWindow::showWindow);
  m_tools->choose(QStringLiteral("window"));
  qApp->installEventFilter(this);
  const QSettings settings;
  resize(1366, 768);
  restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
  restoreState(settings.value(QStringLiteral("window/state")).toByteArray());
  updateState();
  QTimer::singleShot(0, this, &MainWindow::askForDevice);
}

MainWindow::~MainWindow() {
  qApp->removeEventFilter(this);
  m_document.disconnect(this);
}

QWidget* MainWindow::makeStart() {
  auto* page = new QWidget;
  auto* outer = new QVBoxLayout(page);
  auto* box = new QWidget;
  box->setFixedWidth(460);
  auto* layout = new QVBoxLayout(box);
  auto* title = new QLabel(QStringLiteral("Roundel Studio"));
  title->setObjectName(QStringLiteral("heading"));
  auto* text =
      new QLabel(tr("Label a handful of images, train, and look at what the machine made of the rest. Nothing leaves this computer."));
  text->setWordWrap(true);
  auto* make = new QPushButton(tr("New study …"));
  auto* open = new QPushButton(tr("Open a study …"));
  auto* demo = new QPushButton(tr("Try it on made-up radiographs"));
  make->setDefault(true);
  auto* note = new QLabel(tr("Research software: not a medical device, and nothing it says is a diagnosis."));
  note->setObjectName(QStringLiteral("faint"));
  note->setWordWrap(true);
  layout->addWidget(title);
  layout->addWidget(text);
  layout->addSpacing(12);
  for (QPushButton* button : {make, open, demo}) {
    button->setMinimumHeight(34);
    layout->addWidget(button);
  }
  m_recent = new QWidget;
  auto* recent = new QVBoxLayout(m_recent);
  recent->setContentsMargins(0, 12, 0, 0);
  layout->addWidget(m_recent);
  layout->addSpacing(12);
  layout->addWidget(note);
  outer->addStretch();
  outer->addWidget(box, 0, Qt::AlignHCenter);
  outer->addStretch();
  connect(make, &QPushButton::clicked, this, [this] { newStudy(); });
  connect(open, &QPushButton::clicked, this, &MainWindow::askForStudy);
  connect(demo, &QPushButton::clicked, this, [this, demo] {
    const QString base = QSettings().value(QStringLiteral("demo"), QDir::homePath()).toString() + QStringLiteral("/roundel-phantoms");
    if (QFileInfo::exists(base + QStringLiteral("-study/project.db"))) return static_cast<void>(openStudy(base + QStringLiteral("-study")));
    demo->setEnabled(false);
    m_notice->say(tr("Drawing 24 radiographs of teeth whose truth is known …"));
    EngineCommand::run({QStringLiteral("phantom"), QStringLiteral("dental"), base, QStringLiteral("--cases"), QStringLiteral("24"),
                        QStringLiteral("--seed"), QStringLiteral("1")},
                       this, [this, demo, base](const EngineCommand::Outcome& outcome) {
                         demo->setEnabled(true);
                         if (!outcome.ok) return m_notice->say(outcome.sentence);
                         m_notice->hide();
                         newStudy(base);
                         keepLabelsBack();
                       });
  });
  showRecent(nullptr);
  return page;
}

/// The made-up study has every label: some of them are put aside, so that there is something to label for the machine and to measure it on.
void MainWindow::keepLabelsBack() {
  if (!m_document.canEdit() || m_document.project()->split() || m_document.cases().size() < 24) return;
  const auto number = [](int count) { return PartRequest{.kind = PartRequest::Kind::Count, .count = count}; };
  try {
    SplitRequest request{
        .labelled = number(8), .unlabelled = {.kind = PartRequest::Kind::Rest}, .validation = number(3), .test = number(3)};
    request.seed = 1;
    m_document.project()->saveSplit(drawSplit(m_document.project()->splitCandidates(), request).split);
    m_document.readAgain();
    m_notice->say(tr("8 radiographs teach with their labels, 10 are for the machine to label, and 6 measure it. Press Train to begin."));
  } catch (const Error& error) {
    m_notice->say(sentenceOf(error));
  }
}

void MainWindow::showRecent(QMenu* menu) {
  const QStringList known = recentStudies();
  if (menu != nullptr) {
    menu->clear();
    for (const QString& folder : known) menu->addAction(folder, this, [this, folder] { openStudy(folder); });
    menu->setEnabled(!known.isEmpty());
    return;
  }
  qDeleteAll(m_recent->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
  if (known.isEmpty()) return;
  auto* heading = new QLabel(tr("Opened last:"));
  heading->setObjectName(QStringLiteral("faint"));
  m_recent->layout()->addWidget(heading);
  for (const QString& folder : known.mid(0, 4)) {
    auto* link = new QPushButton(QDir(folder).dirName());
    link->setToolTip(folder);
    link->setFlat(true);
    link->setStyleSheet(QStringLiteral("text-align: left; padding: 3px;"));
    connect(link, &QPushButton::clicked, this, [this, folder] { openStudy(folder); });
    m_recent->layout()->addWidget(link);
  }
}

void MainWindow::makeDocks() {
  const auto dock = [this](const QString& title, const char* name, QWidget* widget, Qt::DockWidgetArea where) {
    auto* one = new QDockWidget(title, this);
    one->setObjectName(QLatin1String(name));
    one->setWidget(widget);
    addDockWidget(where, one);
    return one;
  };
  dock(tr("Cases"), "cases", m_cases, Qt::LeftDockWidgetArea);
  auto* classes = dock(tr("Classes"), "classes", m_classes, Qt::RightDockWidgetArea);
  auto* tool = dock(tr("Tool"), "tool", m_toolDock, Qt::RightDockWidgetArea);
  auto* history = dock(tr("Steps"), "steps", new HistoryDock(m_document), Qt::RightDockWidgetArea);
  auto* runs = dock(tr("Training"), "runs", m_runs, Qt::RightDockWidgetArea);
  auto* review = dock(tr("Review"), "review", m_review, Qt::RightDockWidgetArea);
  splitDockWidget(classes, tool, Qt::Vertical);
  tabifyDockWidget(tool, history);
  tabifyDockWidget(classes, runs);
  tabifyDockWidget(classes, review);
  classes->raise();
  tool->raise();
  setTabPosition(Qt::RightDockWidgetArea, QTabWidget::North);
  resizeDocks({findChild<QDockWidget*>(QStringLiteral("cases")), classes}, {250, 320}, Qt::Horizontal);
  resizeDocks({classes, tool}, {470, 210}, Qt::Vertical);  // runs and reviews need the room more than a tool's few fields
}

bool MainWindow::openStudy(const QString& folder) {
  m_notice->hide();
  if (!m_document.openStudy(folder)) return false;
  rememberStudy(m_document.folder());
  if (!m_document.cases().empty()) {
    const QString last =
        QSettings().value(QStringLiteral("last/") + QString::fromLatin1(QUrl::toPercentEncoding(m_document.folder()))).toString();
    // In a turn of its own: reading the study and unpacking a case's labels are long enough apart.
    QTimer::singleShot(0, this, [this, last, opened = m_document.folder()] {
      if (m_document.isOpen() && m_document.folder() == opened && m_document.currentCase() == nullptr && !m_document.rereading())
        m_document.openCase(std::max(0, m_document.indexOfCase(last.toStdString())));
    });
  }
  m_area->active()->setFocus();  // keys are for the picture
  if (!Tour::seen() && m_document.folder().endsWith(QLatin1String("roundel-phantoms-study"))) m_tour->start();
  return true;
}

void MainWindow::newStudy(const QString& source) {
  NewStudyDialog dialog(this);
  if (!source.isEmpty()) dialog.setSource(source);
  if (dialog.exec() == QDialog::Accepted) openStudy(dialog.folder());
}

void MainWindow::askForStudy() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("The study's folder"), recentStudies().value(0, QDir::homePath()));
  if (!folder.isEmpty()) openStudy(folder);
}

void MainWindow::addImages() {
  if (!m_document.canEdit()) return;
  const QString source = QFileDialog::getExistingDirectory(this, tr("Folder of images to add"), QDir::homePath());
  if (source.isEmpty()) return;
  const QString folder = m_document.folder();
  m_document.lend();
  m_notice->say(tr("Looking at the images …"));
  setEnabled(false);
  EngineCommand::run({QStringLiteral("import"), folder, source}, this, [this](const EngineCommand::Outcome& outcome) {
    setEnabled(true);
    m_document.resume();
    m_notice->say(outcome.ok ? tr("The images were added.") + QLatin1Char(' ') + outcome.warnings.join(QLatin1Char(' '))
                             : outcome.sentence);
    if (!m_document.cases().empty()) m_document.openCase(0);
  });
}

void MainWindow::editClasses() {
  if (!m_document.canEdit()) return;
  ClassEditor editor(m_document.classes(), this);
  if (editor.exec() == QDialog::Accepted) m_document.setClasses(editor.classes());
}

void MainWindow::closeEvent(QCloseEvent* event) {
  m_document.save();
  QSettings settings;
  settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
  settings.setValue(QStringLiteral("window/state"), saveState());
  if (const Case* one = m_document.currentCase())
    settings.setValue(QStringLiteral("last/") + QString::fromLatin1(QUrl::toPercentEncoding(m_document.folder())), textOf(one->name));
  m_document.closeStudy();
  event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  for (const QUrl& url : event->mimeData()->urls()) {
    if (!url.isLocalFile()) continue;
    const QString path = url.toLocalFile();
    if (QFileInfo::exists(path + QStringLiteral("/project.db"))) openStudy(path);
    else newStudy(path);
    return;
  }
}

}  // namespace roundel
