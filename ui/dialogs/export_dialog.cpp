#include "ui/dialogs/export_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

#include "ui/document.h"
#include "ui/engine_command.h"
#include "ui/engine_description.h"
#include "ui/texts.h"

namespace roundel {
namespace {

QStringList folders(const QString& path, const QString& pattern) {
  return QDir(path).entryList({pattern}, QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::Reversed);
}

/// Whether a round of a run holds what is exported.
bool holds(const QString& round, const QString& what) {
  const QStringList stages = what == QLatin1String("predictions") ? QStringList{QStringLiteral("propose")}
                                                                  : QStringList{QStringLiteral("gate"), QStringLiteral("refine")};
  for (const QString& stage : stages)
    if (!QDir(round + QLatin1Char('/') + stage).entryList({QStringLiteral("case-*")}, QDir::Files).isEmpty()) return true;
  return false;
}

}  // namespace

ExportDialog::ExportDialog(Document& document, QWidget* parent)
    : QDialog(parent),
      m_document(document),
      m_form(new QFormLayout),
      m_what(new QComboBox),
      m_run(new QComboBox),
      m_round(new QComboBox),
      m_verdict(new QComboBox),
      m_format(new QComboBox),
      m_folder(new QLineEdit),
      m_sentence(new QLabel),
      m_answer(new QLabel),
      m_progress(new QProgressBar),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Close)) {
  setWindowTitle(tr("Export"));
  resize(600, 420);
  m_what->addItem(tr("Labels of this study"), QStringLiteral("labels"));
  m_what->addItem(tr("What the network alone said"), QStringLiteral("predictions"));
  m_what->addItem(tr("The machine's labels"), QStringLiteral("pseudo"));
  m_verdict->addItem(tr("Those that passed as good"), QStringLiteral("accepted"));
  m_verdict->addItem(tr("All of them"), QStringLiteral("all"));
  auto* folderRow = new QHBoxLayout;
  auto* pick = new QPushButton(tr("Folder …"));
  folderRow->addWidget(m_folder, 1);
  folderRow->addWidget(pick);
  m_folder->setAccessibleName(tr("Folder to write to"));
  m_sentence->setWordWrap(true);
  m_sentence->setObjectName(QStringLiteral("faint"));
  m_form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
  m_form->addRow(tr("What"), m_what);
  m_form->addRow(tr("Run"), m_run);
  m_form->addRow(tr("Round"), m_round);
  m_form->addRow(tr("Which"), m_verdict);
  m_form->addRow(tr("Format"), m_format);
  m_form->addRow(QString(), m_sentence);
  m_form->addRow(tr("Folder to write to"), folderRow);
  m_answer->setWordWrap(true);
  m_answer->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_answer->setAccessibleName(tr("What came of it"));
  m_progress->setRange(0, 0);
  m_progress->hide();
  m_go = m_buttons->addButton(tr("Export"), QDialogButtonBox::ActionRole);
  m_go->setDefault(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 16);
  layout->addLayout(m_form);
  layout->addWidget(m_progress);
  layout->addWidget(m_answer, 1);
  layout->addWidget(m_buttons);
  m_folder->setText(QFileInfo(document.folder()).absolutePath() + QLatin1Char('/') + document.title() + QStringLiteral("-export"));
  connect(pick, &QPushButton::clicked, this, [this] {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Folder to write to"), QFileInfo(m_folder->text()).absolutePath());
    if (!path.isEmpty()) m_folder->setText(QDir(path).isEmpty() ? path : path + QStringLiteral("/export"));
  });
  connect(m_what, &QComboBox::currentIndexChanged, this, &ExportDialog::fillRuns);
  connect(m_run, &QComboBox::currentIndexChanged, this, &ExportDialog::fillRounds);
  connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::check);
  connect(m_folder, &QLineEdit::textChanged, this, &ExportDialog::check);
  connect(m_go, &QPushButton::clicked, this, &ExportDialog::go);
  connect(m_buttons, &QDialogButtonBox::rejected, this, &ExportDialog::reject);
  fillRuns();
  withDescription(this, [this](const Json& description, const QString& failure) { fillFormats(description, failure); });
}

void ExportDialog::fillFormats(const Json& description, const QString& failure) {
  if (!failure.isEmpty()) {
    m_answer->setText(failure);
    return;
  }
  const Json registries = description.value("registries", Json::object());
  for (const auto& one : registries.value("export_formats", Json::array())) {
    m_format->addItem(textOf(one.value("name", std::string())), textOf(one.value("name", std::string())));
    m_format->setItemData(m_format->count() - 1, engineSentence(one.value("sentence", std::string())), Qt::ToolTipRole);
  }
  m_format->setCurrentIndex(std::max(0, m_format->findData(QSettings().value(QStringLiteral("export/format"), QStringLiteral("coco")))));
  check();
}

void ExportDialog::fillRuns() {
  const QString what = m_what->currentData().toString();
  const bool machine = what != QLatin1String("labels");
  m_form->setRowVisible(m_run, machine);
  m_form->setRowVisible(m_round, machine);
  m_form->setRowVisible(m_verdict, what == QLatin1String("pseudo"));
  m_run->clear();
  const QString runs = m_document.folder() + QStringLiteral("/runs");
  if (machine)
    for (const QString& id : folders(runs, QStringLiteral("*")))
      if (QFile::exists(runs + QLatin1Char('/') + id + QStringLiteral("/plan.json"))) m_run->addItem(id, id);
  fillRounds();
}

void ExportDialog::fillRounds() {
  const QString what = m_what->currentData().toString();
  const QString run = m_document.folder() + QStringLiteral("/runs/") + m_run->currentData().toString();
  m_round->clear();
  if (m_run->count() > 0)
    for (int round = 1; QFileInfo(run + QStringLiteral("/round-%1").arg(round)).isDir(); ++round)
      if (holds(run + QStringLiteral("/round-%1").arg(round), what)) m_round->insertItem(0, QString::number(round), round);
  m_round->setCurrentIndex(m_round->count() > 0 ? 0 : -1);
  check();
}

void ExportDialog::check() {
  m_sentence->setText(m_format->currentData(Qt::ToolTipRole).toString());
  const bool machine = m_what->currentIndex() > 0;
  QString worry;
  if (machine && m_run->count() == 0) worry = tr("Nothing was trained yet: there is nothing of a machine's to export.");
  else if (machine && m_round->count() == 0) worry = tr("This run has nothing of that kind yet.");
  else if (m_folder->text().trimmed().isEmpty()) worry = tr("Say where to write.");
  m_answer->setText(worry);
  m_go->setEnabled(worry.isEmpty() && m_format->count() > 0 && m_running == nullptr);
}

QStringList ExportDialog::arguments() const {
  QStringList all{QStringLiteral("export"),         m_document.folder(),        QStringLiteral("--what"),
                  m_what->currentData().toString(), QStringLiteral("--format"), m_format->currentData().toString(),
                  QStringLiteral("--out"),          m_folder->text().trimmed()};
  if (m_what->currentIndex() > 0)
    all << QStringLiteral("--run") << m_run->currentData().toString() << QStringLiteral("--round") << m_round->currentData().toString();
  if (m_what->currentData() == QLatin1String("pseudo")) all << QStringLiteral("--verdict") << m_verdict->currentData().toString();
  return all;
}

void ExportDialog::go() {
  m_document.save();  // what is exported is what is on the screen
  QSettings().setValue(QStringLiteral("export/format"), m_format->currentData());
  m_progress->show();
  m_go->setEnabled(false);
  m_answer->setText(tr("Writing …"));
  m_running = EngineCommand::run(arguments(), this, [this](const EngineCommand::Outcome& outcome) {
    m_running = nullptr;
    m_progress->hide();
    m_go->setEnabled(true);
    if (!outcome.ok) {
      m_answer->setText(outcome.sentence);
      return;
    }
    QStringList lines{tr("%n case(s) were written to %1.", nullptr, outcome.result.value("cases", 0))
                          .arg(textOf(outcome.result.value("out", std::string())))};
    const auto lost = outcome.result.value("overlap_pixels_lost", std::int64_t{0});
    lines << (lost > 0 ? tr("This format holds one class a pixel: %L1 pixels of several classes went to the first of them. A format "
                            "that keeps overlap, such as coco, holds them all.")
                             .arg(lost)
                       : tr("No overlap was lost."));
    lines << outcome.warnings.mid(0, 6);
    if (outcome.warnings.size() > 6) lines << tr("… and %n more.", nullptr, static_cast<int>(outcome.warnings.size() - 6));
    m_answer->setText(lines.join(QStringLiteral("\n")));
  });
}

void ExportDialog::reject() {
  if (m_running != nullptr) {
    m_answer->setText(tr("Stopping …"));
    m_running->stop();
    return;
  }
  QDialog::reject();
}

}  // namespace roundel
