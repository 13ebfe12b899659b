#include "ui/dialogs/new_study_dialog.h"

#include <QButtonGroup>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "core/files.h"
#include "ui/dialogs/class_editor.h"
#include "ui/engine_command.h"
#include "ui/texts.h"
#include "ui/theme.h"

namespace roundel {
namespace {

enum Palette { FromLabels, Fdi, Carpal, Own };

QLabel* wrapped(const QString& text, const char* style = nullptr) {
  auto* label = new QLabel(text);
  label->setWordWrap(true);
  if (style != nullptr) label->setObjectName(QLatin1String(style));
  return label;
}

}  // namespace

NewStudyDialog::NewStudyDialog(QWidget* parent)
    : QDialog(parent),
      m_pages(new QStackedWidget),
      m_source(new QLineEdit),
      m_folder(new QLineEdit),
      m_classNames(new QLineEdit),
      m_palette(new QButtonGroup(this)),
      m_title(wrapped({}, "heading")),
      m_message(wrapped({})),
      m_summary(wrapped({})),
      m_progress(new QProgressBar),
      m_back(new QPushButton(tr("Back"))),
      m_forward(new QPushButton),
      m_cancel(new QPushButton(tr("Cancel"))) {
  setWindowTitle(tr("New study"));
  resize(620, 420);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(24, 20, 24, 18);
  layout->setSpacing(12);
  layout->addWidget(m_title);
  layout->addWidget(m_pages, 1);
  layout->addWidget(m_message);
  layout->addWidget(m_progress);
  m_progress->setRange(0, 0);
  m_progress->hide();
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(m_cancel);
  buttons->addStretch();
  buttons->addWidget(m_back);
  buttons->addWidget(m_forward);
  layout->addLayout(buttons);
  m_forward->setDefault(true);
  m_forward->setObjectName(QStringLiteral("forward"));

  auto* first = new QWidget;
  auto* firstLayout = new QVBoxLayout(first);
  firstLayout->setContentsMargins(0, 0, 0, 0);
  firstLayout->addWidget(wrapped(
      tr("A folder with images (PNG, JPEG, TIFF, BMP, DICOM, NIfTI, NRRD, MetaImage), or a file of labels: COCO, CVAT or labelme.")));
  auto* sourceRow = new QHBoxLayout;
  auto* pickFolder = new QPushButton(tr("Folder …"));
  auto* pickFile = new QPushButton(tr("File …"));
  m_source->setPlaceholderText(tr("Folder or file"));
  m_source->setAccessibleName(tr("Images"));
  sourceRow->addWidget(m_source, 1);
  sourceRow->addWidget(pickFolder);
  sourceRow->addWidget(pickFile);
  firstLayout->addLayout(sourceRow);
  firstLayout->addSpacing(8);
  firstLayout->addWidget(
      wrapped(tr("Where the study is to be kept: a new folder for labels, runs and reports. The images stay where they are.")));
  auto* folderRow = new QHBoxLayout;
  auto* pickStudy = new QPushButton(tr("Folder …"));
  m_folder->setAccessibleName(tr("Study"));
  folderRow->addWidget(m_folder, 1);
  folderRow->addWidget(pickStudy);
  firstLayout->addLayout(folderRow);
  firstLayout->addStretch();
  m_pages->addWidget(first);

  auto* second = new QWidget;
  auto* secondLayout = new QVBoxLayout(second);
  secondLayout->setContentsMargins(0, 0, 0, 0);
  const auto choice = [&](int id, const QString& text, const QString& detail) {
    auto* button = new QRadioButton(text);
    m_palette->addButton(button, id);
    secondLayout->addWidget(button);
    auto* note = wrapped(detail, "faint");
    note->setIndent(24);
    secondLayout->addWidget(note);
    return button;
  };
  choice(FromLabels, tr("Those of the labels"), tr("Labels that come with the images say which classes there are."))->setChecked(true);
  choice(Fdi, tr("Teeth (FDI numbers)"), tr("The 32 permanent teeth, with their colours and mirror pairs."));
  choice(Carpal, tr("Bones of the wrist"), tr("The 17 structures of a child's wrist."));
  choice(Own, tr("My own:"), tr("Names, with commas between them. Colours can be changed later."));
  m_classNames->setPlaceholderText(tr("e.g. femur, tibia, patella"));
  m_classNames->setAccessibleName(tr("Names of the classes"));
  secondLayout->addWidget(m_classNames);
  secondLayout->addStretch();
  m_pages->addWidget(second);

  auto* third = new QWidget;
  auto* thirdLayout = new QVBoxLayout(third);
  thirdLayout->setContentsMargins(0, 0, 0, 0);
  thirdLayout->addWidget(m_summary);
  thirdLayout->addStretch();
  m_pages->addWidget(third);

  const QString start = QDir::homePath();
  connect(pickFolder, &QPushButton::clicked, this, [this, start] {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Folder of the images"), start);
    if (!path.isEmpty()) setSource(path);
  });
  connect(pickFile, &QPushButton::clicked, this, [this, start] {
    const QString path = QFileDialog::getOpenFileName(this, tr("Image or file of labels"), start);
    if (!path.isEmpty()) setSource(path);
  });
  connect(pickStudy, &QPushButton::clicked, this, [this] {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Folder for the study"), QFileInfo(m_folder->text()).absolutePath());
    if (!path.isEmpty()) m_folder->setText(QDir(path).isEmpty() ? path : path + QStringLiteral("/study"));
  });
  connect(m_source, &QLineEdit::textEdited, this, &NewStudyDialog::setSource);
  connect(m_folder, &QLineEdit::textChanged, this, &NewStudyDialog::checkStep);
  connect(m_classNames, &QLineEdit::textEdited, this, [this] {
    m_palette->button(Own)->setChecked(true);
    checkStep();
  });
  connect(m_palette, &QButtonGroup::idToggled, this, &NewStudyDialog::checkStep);
  connect(m_back, &QPushButton::clicked, this, [this] { showStep(m_pages->currentIndex() - 1); });
  connect(m_forward, &QPushButton::clicked, this, [this] { m_pages->currentIndex() < 2 ? showStep(m_pages->currentIndex() + 1) : go(); });
  connect(m_cancel, &QPushButton::clicked, this, &NewStudyDialog::reject);
  showStep(0);
}

QString NewStudyDialog::folder() const { return QFileInfo(m_folder->text().trimmed()).absoluteFilePath(); }

void NewStudyDialog::setSource(const QString& path) {
  if (m_source->text() != path) m_source->setText(path);
  const QFileInfo info(path);
  if (info.exists()) {
    const QString parent = info.absolutePath();
    const QString base = QFileInfo(parent).isWritable() ? parent : QDir::homePath();
    m_folder->setText(base + QLatin1Char('/') + info.completeBaseName() + QStringLiteral("-study"));
  }
  checkStep();
}

void NewStudyDialog::showStep(int step) {
  m_pages->setCurrentIndex(step);
  const QString titles[] = {tr("1 · Which images?"), tr("2 · Which classes?"), tr("3 · Ready")};
  m_title->setText(titles[step]);
  m_back->setEnabled(step > 0);
  m_forward->setText(step == 2 ? tr("Make the study") : tr("Next"));
  m_summary->setText(tr("Images: %1<br>Study: %2<br>Classes: %3")
                         .arg(m_source->text().toHtmlEscaped(), folder().toHtmlEscaped(),
                              m_palette->checkedId() == Own ? m_classNames->text().toHtmlEscaped() : m_palette->checkedButton()->text()));
  checkStep();
}

void NewStudyDialog::checkStep() {
  QString worry;
  if (m_pages->currentIndex() == 0) {
    const QDir study(folder());
    if (m_source->text().isEmpty()) worry = QStringLiteral(" ");
    else if (!QFileInfo::exists(m_source->text())) worry = tr("There is no such folder or file.");
    else if (m_folder->text().trimmed().isEmpty()) worry = tr("Say where the study is to be kept.");
    else if (study.exists() && !study.isEmpty()) worry = tr("The study's folder is not empty. Choose another one.");
  } else if (m_pages->currentIndex() == 1 && m_palette->checkedId() == Own && m_classNames->text().trimmed().isEmpty()) {
    worry = tr("Write at least one name.");
  }
  m_message->setText(worry.trimmed());
  m_forward->setEnabled(worry.isEmpty());
}

void NewStudyDialog::next(const QStringList& arguments, const QString& saying, std::function<void()> then) {
  m_message->setText(saying);
  m_running = EngineCommand::run(arguments, this, [this, run = std::move(then)](const EngineCommand::Outcome& outcome) {
    m_running = nullptr;
    m_warnings += outcome.warnings;
    if (!outcome.ok) fail(outcome.sentence);
    else run();
  });
}

void NewStudyDialog::go() {
  m_progress->show();
  m_pages->setEnabled(false);
  m_back->setEnabled(false);
  m_forward->setEnabled(false);
  const QString study = folder();
  const auto import = [this, study] {
    next({QStringLiteral("import"), study, m_source->text()}, tr("Looking at the images …"), [this] {
      m_progress->hide();
      m_made = true;
      QDialog::accept();
    });
  };
  next({QStringLiteral("project"), QStringLiteral("new"), study}, tr("Making the study …"), [this, study, import] {
    const int palette = m_palette->checkedId();
    if (palette == FromLabels) return import();
    if (palette != Own) {
      return next({QStringLiteral("classes"), study, QStringLiteral("--palette"),
                   palette == Fdi ? QStringLiteral("fdi") : QStringLiteral("carpal")},
                  tr("Adding the classes …"), import);
    }
    const QString file = study + QStringLiteral("/classes.json");
    try {
      writeJsonAtomically(pathOf(file), toJson(classesFromNames(m_classNames->text())));
    } catch (const Error& error) {
      return fail(sentenceOf(error));
    }
    next({QStringLiteral("classes"), study, QStringLiteral("--set"), file}, tr("Adding the classes …"), [file, import] {
      QFile::remove(file);
      import();
    });
  });
}

void NewStudyDialog::fail(const QString& sentence) {
  m_progress->hide();
  // What was made so far is of no use to anyone; only our own files are in it.
  const QDir study(folder());
  if (study.exists(QStringLiteral("project.db"))) QDir(folder()).removeRecursively();
  m_pages->setEnabled(true);
  showStep(0);
  m_message->setText(sentence);
}

void NewStudyDialog::reject() {
  if (m_running != nullptr) {
    m_message->setText(tr("Stopping …"));
    m_running->stop();
    return;
  }
  QDialog::reject();
}

}  // namespace roundel
