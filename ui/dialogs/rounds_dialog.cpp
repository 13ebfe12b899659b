#include "ui/dialogs/rounds_dialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>
#include <cmath>
#include <map>

#include "core/files.h"
#include "project/run_record.h"
#include "ui/document.h"
#include "ui/texts.h"

namespace roundel {
namespace {

enum RoundsColumn {
  RunColumn,
  RoundColumn,
  HowColumn,
  ValidationColumn,
  ValidationControl,
  TestColumn,
  TestControl,
  DifferenceColumn,
  RoundsColumns
};
constexpr int kDetailRole = Qt::UserRole + 1;
constexpr int kControlRole = Qt::UserRole + 2;

/// Case -> mean over its classes of the measured Dice.
std::map<std::string, double> caseDice(const RoundRecord& round, const std::string& split, const std::string& arm) {
  std::map<std::string, std::pair<double, int>> sums;
  for (const Score& one : round.scores)
    if (one.metric == "dice" && one.split == split && one.arm == arm && one.value) {
      auto& [sum, count] = sums[one.caseName];
      sum += *one.value, ++count;
    }
  std::map<std::string, double> means;
  for (const auto& [name, sum] : sums) means[name] = sum.first / sum.second;
  return means;
}

struct Mean {
  int cases = 0;
  double mean = 0, deviation = 0;
};

Mean caseMean(const std::vector<double>& values) {
  Mean result{.cases = static_cast<int>(values.size())};
  for (const double value : values) result.mean += value / static_cast<double>(values.size());
  for (const double value : values) result.deviation += (value - result.mean) * (value - result.mean);
  if (values.size() > 1) result.deviation = std::sqrt(result.deviation / static_cast<double>(values.size() - 1));
  return result;
}

Mean caseMean(const std::map<std::string, double>& values) {
  std::vector<double> list;
  for (const auto& [name, value] : values) list.push_back(value);
  return caseMean(list);
}

std::vector<double> differencesOf(const RoundRecord& round, const std::string& split) {
  const auto control = caseDice(round, split, "control");
  std::vector<double> differences;
  for (const auto& [name, value] : caseDice(round, split, "strategy"))
    if (const auto found = control.find(name); found != control.end()) differences.push_back(value - found->second);
  return differences;
}

QString diceText(double value, int digits = 3) { return QLocale().toString(value, 'f', digits); }
QString meanText(const Mean& mean) { return mean.cases == 0 ? QStringLiteral("–") : diceText(mean.mean); }

}  // namespace

RoundsDialog::RoundsDialog(Document& document, const QStringList& runs, QWidget* parent)
    : QDialog(parent),
      m_document(document),
      m_table(new QTableWidget(0, RoundsColumns)),
      m_detail(new QLabel),
      m_control(new QCheckBox(tr("The control's network instead"))) {
  setWindowTitle(tr("Compare rounds"));
  resize(860, 460);
  m_table->setHorizontalHeaderLabels(
      {tr("Run"), tr("Round"), tr("How"), tr("Validation"), tr("Control"), tr("Test"), tr("Control"), tr("Strategy − control")});
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->verticalHeader()->hide();
  m_table->setAccessibleName(tr("Quality by round"));
  for (const QString& id : runs) addRun(id);
  m_table->resizeColumnsToContents();
  m_table->horizontalHeader()->setSectionResizeMode(DifferenceColumn, QHeaderView::Stretch);
  m_detail->setWordWrap(true);
  m_detail->setMinimumHeight(2 * fontMetrics().lineSpacing());
  m_detail->setAlignment(Qt::AlignTop);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  m_use = buttons->addButton(tr("Use this model"), QDialogButtonBox::AcceptRole);
  auto* layout = new QVBoxLayout(this);
  auto* note =
      new QLabel(tr("Mean Dice over cases. The control was trained as long on the labelled images alone: only the difference says "
                    "what the machine's own labels were worth."));
  note->setWordWrap(true);
  layout->addWidget(note);
  layout->addWidget(m_table, 1);
  layout->addWidget(m_detail);
  layout->addWidget(m_control);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(m_table, &QTableWidget::itemSelectionChanged, this, &RoundsDialog::choose);
  choose();
}

void RoundsDialog::addRun(const QString& id) {
  RunRecord record;
  try {
    record = runRecordFromJson(readJson(pathOf(m_document.folder()) / "runs" / id.toStdString() / "run.json"));
  } catch (const Error&) {
    return;  // it has not written anything yet, or is damaged: the list of runs says so
  }
  const auto used = m_document.project()->promotedModel();
  for (const RoundRecord& round : record.rounds) {
    const Mean validation = caseMean(caseDice(round, "validation", "strategy")), test = caseMean(caseDice(round, "test", "strategy"));
    if (validation.cases + test.cases == 0) continue;
    const std::string split = test.cases > 0 ? "test" : "validation";
    const auto differences = differencesOf(round, split);
    const Mean difference = caseMean(differences);
    const bool mine = used && used->run == record.id && used->round == round.number;
    const QString differenceText = difference.cases == 0 ? QStringLiteral("–")
                                                         : tr("%1%2 ± %3 (%n case(s))", nullptr, difference.cases)
                                                               .arg(difference.mean >= 0 ? QStringLiteral("+") : QStringLiteral("−"),
                                                                    diceText(std::abs(difference.mean)), diceText(difference.deviation));
    const QStringList cells{id,
                            mine ? tr("%1 in use").arg(round.number) : QString::number(round.number),
                            textOf(record.strategy),
                            meanText(validation),
                            meanText(caseMean(caseDice(round, "validation", "control"))),
                            meanText(test),
                            meanText(caseMean(caseDice(round, "test", "control"))),
                            differenceText};
    const int row = m_table->rowCount();
    m_table->insertRow(row);
    for (int column = 0; column < RoundsColumns; ++column) m_table->setItem(row, column, new QTableWidgetItem(cells[column]));
    m_table->item(row, RunColumn)->setData(Qt::UserRole, id);
    m_table->item(row, RoundColumn)->setData(Qt::UserRole, round.number);
    m_table->item(row, RoundColumn)->setData(kControlRole, difference.cases > 0);
    // The engine's own verdict, from a bootstrap over the test cases.
    QString detail;
    try {
      const Json report = readJson(pathOf(m_document.folder()) / "runs" / id.toStdString() / ("round-" + std::to_string(round.number)) /
                                   "report" / "report.json");
      if (report.contains("comparison") && report["comparison"].is_object()) {
        const Json& comparison = report["comparison"];
        const std::string verdict = comparison.value("verdict", std::string());
        const QString words = verdict == "helped"                           ? tr("the machine's labels helped")
                              : verdict == "harmed"                         ? tr("the machine's labels did harm")
                              : verdict == "no difference that can be told" ? tr("no difference that can be told")
                                                                            : tr("too few cases to tell");
        detail = tr("On %n test case(s): %1 to %2 with 95 % confidence, %3.", nullptr, comparison.value("cases", 0))
                     .arg(diceText(comparison.value("low", 0.0)), diceText(comparison.value("high", 0.0)), words);
      }
    } catch (const Error&) {
      detail.clear();
    }
    if (detail.isEmpty() && difference.cases > 0) detail = tr("Measured on validation cases: no test cases were kept back.");
    m_table->item(row, RunColumn)->setData(kDetailRole, detail);
  }
}

void RoundsDialog::choose() {
  const int row = m_table->currentRow();
  const bool any = row >= 0 && !m_table->selectedItems().isEmpty();
  m_use->setEnabled(any && m_document.canEdit());
  m_control->setEnabled(any && m_table->item(row, RoundColumn)->data(kControlRole).toBool());
  if (!m_control->isEnabled()) m_control->setChecked(false);
  m_detail->setText(any                        ? m_table->item(row, RunColumn)->data(kDetailRole).toString()
                    : m_table->rowCount() == 0 ? tr("No round has been measured yet.")
                                               : tr("Choose a round to see how sure the difference is."));
}

QString RoundsDialog::run() const { return m_table->item(m_table->currentRow(), RunColumn)->data(Qt::UserRole).toString(); }
int RoundsDialog::round() const { return m_table->item(m_table->currentRow(), RoundColumn)->data(Qt::UserRole).toInt(); }
QString RoundsDialog::arm() const { return m_control->isChecked() ? QStringLiteral("control") : QStringLiteral("strategy"); }

}  // namespace roundel
