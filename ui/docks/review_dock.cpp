#include "ui/docks/review_dock.h"

#include <QComboBox>
#include <QDir>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "core/document.h"
#include "project/ingest.h"
#include "ui/document.h"
#include "ui/texts.h"
#include "ui/view_area.h"

namespace roundel {
namespace {

std::optional<double> numberIn(const Json& json, const char* key) {
  if (!json.contains(key) || !json[key].is_number()) return std::nullopt;
  return json[key].get<double>();
}

/// Files of pseudo-labels are documents of our own; a damaged one is passed over.
std::optional<Json> readQuietly(const std::filesystem::path& path) {
  try {
    return readJson(path);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::vector<MachineLabel> labelsIn(const Json& json) {
  return readDocument("machine's labels", [&] {
    const Size size = sizeFromJson(json.at("size"));
    std::vector<MachineLabel> labels;
    for (const auto& one : json.at("classes")) {
      MachineLabel label;
      label.mask = one.contains("mask") ? maskFromJson(one["mask"]) : Mask(size);
      label.cleaned = one.contains("cleaned") ? maskFromJson(one["cleaned"]) : Mask(size);
      for (const auto& prompt : one.at("prompts")) label.prompts.push_back(promptFromJson(prompt));
      label.estimatedDice = numberIn(one, "estimated_dice");
      label.agreement = numberIn(one, "agreement");
      label.verdict = verdictFromString(one.at("verdict").get<std::string>());
      labels.push_back(std::move(label));
    }
    return labels;
  });
}

}  // namespace

ReviewDock::ReviewDock(Document& document, ViewArea& area, QWidget* parent)
    : QWidget(parent),
      m_document(document),
      m_area(area),
      m_state(new QLabel),
      m_table(new QTableWidget(0, 4)),
      m_what(new QComboBox),
      m_labels(new QPushButton(tr("Take over as labels"))),
      m_accept(new QPushButton(tr("Good"))),
      m_reject(new QPushButton(tr("Reject"))),
      m_later(new QPushButton(tr("Open"))) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  m_state->setWordWrap(true);
  layout->addWidget(m_state);
  m_what->addItem(tr("The machine's labels"), 0);
  m_what->addItem(tr("What the network alone said"), 1);
  m_what->addItem(tr("My labels alone"), 2);
  m_what->setAccessibleName(tr("What is laid over the picture"));
  layout->addWidget(m_what);
  m_table->setHorizontalHeaderLabels({tr("Case"), tr("Est. Dice"), tr("Agreement"), tr("Verdict")});
  m_table->horizontalHeaderItem(1)->setToolTip(
      tr("What Dice these labels would have if the truth were known: an estimate, mean over classes."));
  m_table->horizontalHeaderItem(2)->setToolTip(tr("Dice of the network's outline and the generalist's."));
  m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  for (int column = 1; column < 4; ++column) m_table->horizontalHeader()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
  m_table->verticalHeader()->hide();
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setAccessibleName(tr("Cases to look at"));
  layout->addWidget(m_table, 1);
  auto* row = new QHBoxLayout;
  row->addWidget(m_labels);
  row->addStretch();
  layout->addLayout(row);
  auto* second = new QHBoxLayout;
  for (QPushButton* button : {m_accept, m_later, m_reject}) second->addWidget(button);
  layout->addLayout(second);
  m_labels->setToolTip(tr("Copies them into the case for the classes that are not labelled here yet; each can be undone and changed."));
  m_accept->setToolTip(tr("The next round may learn from these labels as they are."));
  m_later->setToolTip(tr("Leaves the question open: the next round does not learn from them."));
  m_reject->setToolTip(tr("The next round does not learn from these labels."));
  connect(m_table, &QTableWidget::itemSelectionChanged, this, [this] { show(m_table->currentRow()); });
  connect(m_what, &QComboBox::currentIndexChanged, this, &ReviewDock::overlay);
  connect(m_labels, &QPushButton::clicked, this, &ReviewDock::acceptAsLabels);
  connect(m_accept, &QPushButton::clicked, this, [this] { decide(Verdict::Accept); });
  connect(m_later, &QPushButton::clicked, this, [this] { decide(Verdict::Review); });
  connect(m_reject, &QPushButton::clicked, this, [this] { decide(Verdict::Reject); });
  connect(&document, &Document::studyChanged, this, &ReviewDock::refresh);
  connect(&document, &Document::caseChanged, this, [this] {
    const Case* one = m_document.currentCase();
    if (m_row >= 0 && (one == nullptr || one->name != m_cases[static_cast<std::size_t>(m_row)].name)) {
      m_row = -1;
      m_shown.clear();
      fill();
    }
  });
  refresh();
}

void ReviewDock::refresh() {
  m_cases.clear();
  m_row = -1;
  m_shown.clear();
  m_run.clear();
  if (m_document.isOpen()) {
    // The newest round that judged labels, of the newest run that has one.
    const QDir runs(m_document.folder() + QStringLiteral("/runs"));
    for (const QString& id : runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::Reversed)) {
      readRound(pathOf(runs.filePath(id)));
      if (!m_cases.empty()) break;
    }
  }
  fill();
}

void ReviewDock::readRound(const std::filesystem::path& runFolder) {
  const auto plan = readQuietly(runFolder / "plan.json");
  if (!plan || !plan->contains("classes")) return;
  std::vector<std::string> names;
  try {
    const LabelSet classes = labelSetFromJson((*plan)["classes"]);
    for (const auto& one : classes.classes()) names.push_back(one.name);
  } catch (const std::exception&) {
    return;
  }
  std::error_code code;
  for (int round = 99; round >= 1 && m_cases.empty(); --round) {
    const auto folder = runFolder / ("round-" + std::to_string(round)) / "gate";
    if (!std::filesystem::is_directory(folder, code)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(folder, code)) {
      const std::string file = entry.path().filename().string();
      if (file.rfind("case-", 0) != 0 || entry.path().extension() != ".json") continue;
      const auto json = readQuietly(entry.path());
      if (!json || !json->contains("case") || !json->contains("classes")) continue;
      MachineCase one{.name = (*json)["case"].get<std::string>(), .file = entry.path(), .classes = names};
      double estimated = 0, agreement = 0;
      int estimates = 0, agreements = 0;
      for (const auto& label : (*json)["classes"]) {
        if (const auto value = numberIn(label, "estimated_dice")) estimated += *value, ++estimates, one.estimates.push_back(value);
        if (const auto value = numberIn(label, "agreement")) agreement += *value, ++agreements;
        const std::string verdict = label.value("verdict", std::string());
        ++(verdict == "accept" ? one.accepted : verdict == "reject" ? one.rejected : one.review);
      }
      if (estimates > 0) one.estimated = estimated / estimates;
      if (agreements > 0) one.agreement = agreement / agreements;
      m_cases.push_back(std::move(one));
    }
    m_round = round;
    m_run = runFolder.filename().string();
  }
  // What is likely to be worst comes first: a look there changes most.
  std::stable_sort(m_cases.begin(), m_cases.end(), [](const MachineCase& a, const MachineCase& b) {
    return (a.estimated < 0 ? 2.0 : a.estimated) < (b.estimated < 0 ? 2.0 : b.estimated);
  });
}

void ReviewDock::fill() {
  const QSignalBlocker blocked(m_table);
  m_table->setRowCount(static_cast<int>(m_cases.size()));
  std::map<std::string, Verdict> decided;
  if (m_document.isOpen() && !m_run.empty()) {
    try {
      for (const auto& one : m_document.project()->decisions(m_run))
        if (one.className.empty()) decided[one.caseName] = one.verdict;
    } catch (const Error&) {
      decided.clear();  // the run is not taken in yet: nobody has decided anything
    }
  }
  const QLocale locale;
  for (int row = 0; row < static_cast<int>(m_cases.size()); ++row) {
    const MachineCase& one = m_cases[static_cast<std::size_t>(row)];
    const auto number = [&](double value) { return value < 0 ? QStringLiteral("–") : locale.toString(value, 'f', 2); };
    m_table->setItem(row, 0, new QTableWidgetItem(textOf(one.name)));
    m_table->setItem(row, 1, new QTableWidgetItem(number(one.estimated)));
    m_table->setItem(row, 2, new QTableWidgetItem(number(one.agreement)));
    const auto by = decided.find(one.name);
    const QString verdict = by == decided.end() ? QStringLiteral("✓ %1  ? %2  ✗ %3").arg(one.accepted).arg(one.review).arg(one.rejected)
                            : by->second == Verdict::Accept ? tr("you: good")
                            : by->second == Verdict::Reject ? tr("you: rejected")
                                                            : tr("you: open");
    auto* cell = new QTableWidgetItem(verdict);
    cell->setToolTip(tr("%1 good, %2 open, %3 bad").arg(one.accepted).arg(one.review).arg(one.rejected));
    m_table->setItem(row, 3, cell);
  }
  if (m_row >= 0) m_table->selectRow(m_row);
  else m_table->clearSelection();
  const bool any = !m_cases.empty();
  m_table->setVisible(any);
  m_what->setVisible(any);
  for (QPushButton* button : {m_labels, m_accept, m_later, m_reject}) {
    button->setVisible(any);
    button->setEnabled(m_row >= 0 && m_document.canEdit());
  }
  m_state->setText(!m_document.isOpen() ? QString()
                   : any
                       ? tr("%1, round %2: the machine labelled %n case(s). Those that most deserve a look come first.", nullptr,
                            static_cast<int>(m_cases.size()))
                             .arg(textOf(m_run))
                             .arg(m_round)
                       : tr("After a training with unlabelled cases, what the machine labelled is listed here, the least certain first."));
}

void ReviewDock::show(int row) {
  if (row < 0 || row >= static_cast<int>(m_cases.size())) return;
  const MachineCase& one = m_cases[static_cast<std::size_t>(row)];
  const int index = m_document.indexOfCase(one.name);
  if (index < 0) return;
  m_row = row;
  m_document.openCase(index);
  m_row = row;
  try {
    m_shown = labelsIn(readJson(one.file));
    m_shownClasses = one.classes;
  } catch (const Error& error) {
    m_shown.clear();
    Q_EMIT notice(sentenceOf(error));
  }
  fill();
  overlay();
}

void ReviewDock::overlay() {
  if (m_row < 0) return;
  std::vector<ExtraShape> shapes;
  const int what = m_what->currentData().toInt();
  for (std::size_t i = 0; i < m_shown.size() && what < 2; ++i) {
    const int index = i < m_shownClasses.size() ? m_document.classes().indexOfName(m_shownClasses[i]) : -1;
    if (index < 0 || !m_document.look(index).visible) continue;
    const auto& colour = m_document.classes()[index].colour;
    const Mask& mask = what == 0 ? m_shown[i].mask : m_shown[i].cleaned;
    if (!mask.empty()) shapes.push_back({mask, qRgb(colour[0], colour[1], colour[2]), 0.35});
  }
  m_area.setExtra(std::move(shapes));
}

void ReviewDock::acceptAsLabels() {
  EditSession* session = m_document.session();
  if (m_row < 0 || session == nullptr || !m_document.canEdit()) return;
  Annotation after = session->annotation();
  int taken = 0, first = -1;
  for (std::size_t i = 0; i < m_shown.size(); ++i) {
    const int index = i < m_shownClasses.size() ? m_document.classes().indexOfName(m_shownClasses[i]) : -1;
    if (index < 0 || m_shown[i].mask.empty() || m_document.look(index).locked) continue;
    if (after.classes[static_cast<std::size_t>(index)].state != ClassState::NotAnnotated) continue;  // a person's own label stays
    after.set(index, m_shown[i].mask);
    ++taken;
    if (first < 0) first = index;
  }
  if (taken == 0) {
    Q_EMIT notice(tr("Every class that the machine found is labelled here already."));
    return;
  }
  m_document.commit(differenceOf(session->annotation(), after, "accept-machine-labels", first));
  m_area.setExtra({});
  Q_EMIT notice(tr("%n class(es) were taken over. Correct what is wrong; then save.", nullptr, taken));
}

void ReviewDock::decide(Verdict verdict) {
  if (m_row < 0 || !m_document.canEdit()) return;
  try {
    if (!m_document.project()->run(m_run)) ingestAll(*m_document.project());
    m_document.project()->addDecisions(m_run, {{.caseName = m_cases[static_cast<std::size_t>(m_row)].name, .verdict = verdict}});
  } catch (const Error& error) {
    Q_EMIT notice(sentenceOf(error));
    return;
  }
  fill();
  if (m_row + 1 < static_cast<int>(m_cases.size())) show(m_row + 1);
}

}  // namespace roundel
