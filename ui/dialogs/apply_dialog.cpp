#include "ui/dialogs/apply_dialog.h"

#include <QComboBox>
#include <QDateTime>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "raster/pixel_pipeline.h"
#include "ui/document.h"
#include "ui/engine_command.h"
#include "ui/engine_description.h"
#include "ui/machine_labels.h"
#include "ui/texts.h"

namespace roundel {

ApplyDialog::ApplyDialog(Document& document, QWidget* parent)
    : QDialog(parent),
      m_document(document),
      m_which(new QComboBox),
      m_model(new QComboBox),
      m_refine(new QComboBox),
      m_source(new QLineEdit),
      m_pickFolder(new QPushButton(tr("Folder …"))),
      m_pickFile(new QPushButton(tr("File …"))),
      m_message(new QLabel),
      m_progress(new QProgressBar),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Cancel)) {
  setWindowTitle(tr("Apply the model"));
  resize(580, 320);
  m_which->addItem(tr("New images"), true);
  m_which->addItem(tr("Cases of this study without labels"), false);
  m_refine->addItem(tr("Not refined"), QString());
  auto* sourceRow = new QHBoxLayout;
  sourceRow->addWidget(m_source, 1);
  sourceRow->addWidget(m_pickFolder);
  sourceRow->addWidget(m_pickFile);
  m_source->setPlaceholderText(tr("Folder or file"));
  m_source->setAccessibleName(tr("Images"));
  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
  form->addRow(tr("Model"), m_model);
  form->addRow(tr("On"), m_which);
  form->addRow(tr("Images"), sourceRow);
  form->addRow(tr("Outlines"), m_refine);
  auto* note =
      new QLabel(tr("New images become cases of this study. What the machine labels is shown under Review: correct it there, and "
                    "take over what is right."));
  note->setWordWrap(true);
  note->setObjectName(QStringLiteral("faint"));
  m_message->setWordWrap(true);
  m_message->setAccessibleName(tr("What came of it"));
  m_progress->setRange(0, 0);
  m_progress->hide();
  m_go = m_buttons->addButton(tr("Apply"), QDialogButtonBox::ActionRole);
  m_go->setDefault(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 16);
  layout->addLayout(form);
  layout->addWidget(note);
  layout->addWidget(m_progress);
  layout->addWidget(m_message, 1);
  layout->addWidget(m_buttons);
  connect(m_pickFolder, &QPushButton::clicked, this, [this] {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Folder of the images"), QDir::homePath());
    if (!path.isEmpty()) setSource(path);
  });
  connect(m_pickFile, &QPushButton::clicked, this, [this] {
    const QString path = QFileDialog::getOpenFileName(this, tr("Image"), QDir::homePath());
    if (!path.isEmpty()) setSource(path);
  });
  connect(m_source, &QLineEdit::textChanged, this, &ApplyDialog::check);
  connect(m_which, &QComboBox::currentIndexChanged, this, &ApplyDialog::check);
  connect(m_go, &QPushButton::clicked, this, &ApplyDialog::go);
  connect(m_buttons, &QDialogButtonBox::rejected, this, &ApplyDialog::reject);
  fillModels();
  withDescription(this, [this](const Json& description, const QString& failure) {
    if (!failure.isEmpty()) return m_message->setText(failure);
    for (const auto& one : description.value("registries", Json::object()).value("generalists", Json::array())) {
      const QString name = textOf(one.value("name", std::string()));
      m_refine->addItem(tr("Refined by %1").arg(name), name);
      m_refine->setItemData(m_refine->count() - 1, engineSentence(one.value("good_for", std::string())), Qt::ToolTipRole);
    }
  });
  check();
}

void ApplyDialog::setSource(const QString& path) { m_source->setText(path); }

void ApplyDialog::fillModels() {
  if (const auto used = m_document.project()->promotedModel())
    m_model->addItem(tr("The study's model: %1, round %2").arg(textOf(used->run)).arg(used->round), m_document.folder());
  const QDir runs(m_document.folder() + QStringLiteral("/runs"));
  for (const QString& id : runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::Reversed))
    if (QFileInfo::exists(runs.filePath(id) + QStringLiteral("/round-0/train/strategy/model.safetensors")))
      m_model->addItem(tr("%1, its last round").arg(id), runs.filePath(id));
}

QStringList ApplyDialog::images() const {
  if (m_which->currentData().toBool()) return {QFileInfo(m_source->text().trimmed()).absoluteFilePath()};
  QStringList paths;
  for (const Case& one : m_document.cases()) {
    const auto version = m_document.versions().find(one.id);
    if (!one.excluded && (version == m_document.versions().end() || !version->second.anyAnnotated()))
      paths << pathText(m_document.project()->imagePath(one));
  }
  return paths;
}

void ApplyDialog::check() {
  const bool fresh = m_which->currentData().toBool();
  for (QWidget* widget : std::initializer_list<QWidget*>{m_source, m_pickFolder, m_pickFile}) widget->setEnabled(fresh);
  QString worry;
  if (m_model->count() == 0) worry = tr("There is no model yet: train one first.");
  else if (fresh && m_source->text().trimmed().isEmpty()) worry = QStringLiteral(" ");
  else if (fresh && !QFileInfo::exists(m_source->text().trimmed())) worry = tr("There is no such folder or file.");
  else if (!fresh && images().isEmpty()) worry = tr("Every case of this study has labels.");
  else if (!m_document.canEdit()) worry = tr("This study is open for looking only.");
  m_message->setText(worry.trimmed());
  m_go->setEnabled(worry.isEmpty() && m_running == nullptr);
}

void ApplyDialog::next(const QStringList& arguments, const QString& saying, std::function<void()> then) {
  m_message->setText(saying);
  m_running = EngineCommand::run(arguments, this, [this, run = std::move(then)](const EngineCommand::Outcome& outcome) {
    m_running = nullptr;
    m_warnings += outcome.warnings;
    if (!outcome.ok) fail(outcome.sentence);
    else run();
  });
}

void ApplyDialog::go() {
  m_progress->show();
  m_go->setEnabled(false);
  m_warnings.clear();
  if (!m_which->currentData().toBool()) return predict();
  const int index = m_document.caseIndex();
  const std::string name = index >= 0 ? m_document.cases()[static_cast<std::size_t>(index)].name : std::string();
  const QString folder = m_document.folder();
  m_document.lend();
  m_message->setText(tr("Looking at the images …"));
  m_running = EngineCommand::run({QStringLiteral("import"), folder, images().first(), QStringLiteral("--format"), QStringLiteral("images")},
                                 this, [this, name](const EngineCommand::Outcome& outcome) {
                                   m_running = nullptr;
                                   m_document.resume();
                                   if (!name.empty()) m_document.openCase(m_document.indexOfCase(name));
                                   m_warnings += outcome.warnings;
                                   if (!outcome.ok) fail(outcome.sentence);
                                   else predict();
                                 });
}

void ApplyDialog::predict() {
  // Beside runs/: what the machine said of images that belong to no run.
  m_applied = QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd-hhmmss"));
  const QString out = m_document.folder() + QStringLiteral("/applied/") + m_applied + QStringLiteral("/predicted");
  QDir().mkpath(m_document.folder() + QStringLiteral("/applied/") + m_applied);
  QStringList arguments{QStringLiteral("predict"), QStringLiteral("--model"), m_model->currentData().toString(), QStringLiteral("--out"),
                        out};
  if (const QString refine = m_refine->currentData().toString(); !refine.isEmpty()) arguments << QStringLiteral("--refine") << refine;
  next(arguments + images(), tr("The network looks at the images …"), [this, out] { takeIn(out + QStringLiteral("/predictions.json")); });
}

void ApplyDialog::takeIn(const QString& predictions) {
  std::map<std::filesystem::path, const Case*> cases;
  std::error_code code;
  for (const Case& one : m_document.cases()) cases[std::filesystem::weakly_canonical(m_document.project()->imagePath(one), code)] = &one;
  try {
    const int taken = takeInPredictions(
        pathOf(predictions), pathOf(predictions).parent_path().parent_path(), [&](const std::string& image) -> PredictedCase {
          const auto found = cases.find(std::filesystem::weakly_canonical(image, code));
          if (found == cases.end()) return {};
          return {found->second->name, pixelPipelineFromJson(found->second->pixelPipeline).mirror == MirrorChoice::Yes};
        });
    if (taken == 0) return fail(tr("None of the images is a case of this study."));
  } catch (const Error& error) {
    return fail(sentenceOf(error));
  }
  QDialog::accept();
}

void ApplyDialog::fail(const QString& sentence) {
  m_progress->hide();
  if (!m_applied.isEmpty()) QDir(m_document.folder() + QStringLiteral("/applied/") + m_applied).removeRecursively();
  m_applied.clear();
  check();
  m_message->setText((QStringList{sentence} + m_warnings.mid(0, 3)).join(QLatin1Char('\n')));
}

void ApplyDialog::reject() {
  if (m_running != nullptr) {
    m_message->setText(tr("Stopping …"));
    m_running->stop();
    return;
  }
  QDialog::reject();
}

}  // namespace roundel
