#include "ui/docks/review_dock.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTemporaryFile>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "project/ingest.h"
#include "ui/document.h"
#include "ui/engine_command.h"
#include "ui/engine_description.h"
#include "ui/texts.h"
#include "ui/theme.h"
#include "ui/view_area.h"

// The list and what a person decides. What is laid over the picture: review_overlay.cpp.
namespace roundel {
namespace {

enum ReviewColumn { NameColumn, EstimatedColumn, AgreementColumn, VerdictColumn };

QString numberText(const std::optional<double>& value) { return value ? QLocale().toString(*value, 'f', 2) : QStringLiteral("–"); }

QString verdictText(Verdict verdict) {
  return verdict == Verdict::Accept   ? QCoreApplication::translate("ReviewDock", "good")
         : verdict == Verdict::Reject ? QCoreApplication::translate("ReviewDock", "rejected")
                                      : QCoreApplication::translate("ReviewDock", "open");
}

}  // namespace

ReviewDock::ReviewDock(Document& document, ViewArea& area, ServeClient& serve, QWidget* parent)
    : QWidget(parent),
      m_document(document),
      m_area(area),
      m_pictures(&area),
      m_serve(serve),
      m_state(new QLabel),
      m_trust(new QLabel),
      m_how(new QToolButton),
      m_back(new QToolButton),
      m_source(new QComboBox),
      m_what(new QComboBox),
      m_prompts(new QCheckBox(tr("Prompts"))),
      m_list(new QTreeWidget),
      m_labels(new QPushButton(tr("Take over as labels"))),
      m_accept(new QPushButton(tr("Good"))),
      m_reject(new QPushButton(tr("Reject"))),
      m_later(new QPushButton(tr("Open"))),
      m_marks([this](int classIndex, const PromptMarks& marks) { askAgain(classIndex, marks); }) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->addWidget(m_source);
  m_state->setWordWrap(true);
  layout->addWidget(m_state);
  auto* trustRow = new QHBoxLayout;
  m_trust->setWordWrap(true);
  m_trust->setObjectName(QStringLiteral("faint"));
  m_how->setText(QStringLiteral("…"));
  m_how->setToolTip(tr("How good the estimates are on the labelled cases"));
  m_how->setAccessibleName(m_how->toolTip());
  trustRow->addWidget(m_trust, 1);
  trustRow->addWidget(m_how, 0, Qt::AlignTop);
  layout->addLayout(trustRow);
  auto* what = new QHBoxLayout;
  what->addWidget(m_what, 1);
  what->addWidget(m_prompts);
  what->addWidget(m_back);
  layout->addLayout(what);
  makeList();
  layout->addWidget(m_list, 1);
  makeButtons();
  auto* row = new QHBoxLayout;
  row->addWidget(m_labels);
  row->addStretch();
  layout->addLayout(row);
  auto* second = new QHBoxLayout;
  for (QPushButton* button : {m_accept, m_later, m_reject}) second->addWidget(button);
  layout->addLayout(second);
  m_source->setAccessibleName(tr("Run and round"));
  m_what->addItem(tr("The machine's labels"), static_cast<int>(0));
  m_what->addItem(tr("What the network alone said"), 1);
  m_what->addItem(tr("The round before"), 2);
  m_what->addItem(tr("Where the network cannot tell"), 3);
  m_what->addItem(tr("My labels alone"), 4);
  m_what->setAccessibleName(tr("What is laid over the picture"));
  m_prompts->setToolTip(
      tr("The boxes and points that the generalist was asked with: plus inside, minus outside. Drag a side, a corner or a point, and it is "
         "asked again."));
  m_back->setIcon(themedIcon(QStringLiteral("undo")));
  m_back->setToolTip(tr("The prompts as the machine made them"));
  m_back->setAccessibleName(m_back->toolTip());
  connect(m_back, &QToolButton::clicked, this, &ReviewDock::takePromptsBack);
  connect(m_source, &QComboBox::currentIndexChanged, this, &ReviewDock::read);
  connect(m_what, &QComboBox::currentIndexChanged, this, &ReviewDock::overlay);
  connect(m_prompts, &QCheckBox::toggled, this, &ReviewDock::overlay);
  connect(m_how, &QToolButton::clicked, this, &ReviewDock::showCalibration);
  connect(&document, &Document::studyChanged, this, &ReviewDock::refresh);
  connect(&document, &Document::caseChanged, this, [this] {
    const Case* one = m_document.currentCase();
    if (m_row >= 0 && (one == nullptr || one->name != m_round.cases[static_cast<std::size_t>(m_row)].name)) {
      m_row = m_class = -1;
      ++m_question;
      m_shown.clear();
      showMarks();
      const QSignalBlocker blocked(m_list);
      m_list->setCurrentItem(nullptr);
      fillTexts();
    }
  });
  refresh();
}

void ReviewDock::makeList() {
  m_list->setColumnCount(4);
  m_list->setHeaderLabels({tr("Case"), tr("Est."), tr("Agree"), tr("Verdict")});
  m_list->headerItem()->setToolTip(EstimatedColumn,
                                   tr("What Dice these labels would have if the truth were known: an estimate, mean over classes."));
  m_list->headerItem()->setToolTip(AgreementColumn, tr("Dice of the network's outline and the generalist's."));
  m_list->header()->setStretchLastSection(false);
  m_list->header()->setSectionResizeMode(NameColumn, QHeaderView::Stretch);
  for (int column = 1; column < 4; ++column) m_list->header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
  m_list->setUniformRowHeights(true);
  m_list->setIndentation(14);
  m_list->setAccessibleName(tr("Cases to look at"));
  connect(m_list, &QTreeWidget::currentItemChanged, this, &ReviewDock::chosen);
}

void ReviewDock::makeButtons() {
  m_labels->setToolTip(tr("Copies them into the case for the classes that are not labelled here yet; each can be undone and changed. T"));
  m_accept->setToolTip(tr("The next round may learn from these labels as they are. G"));
  m_later->setToolTip(tr("Leaves the question open: the next round does not learn from them. U"));
  m_reject->setToolTip(tr("The next round does not learn from these labels. N"));
  connect(m_labels, &QPushButton::clicked, this, &ReviewDock::acceptAsLabels);
  connect(m_accept, &QPushButton::clicked, this, [this] { decide(Verdict::Accept); });
  connect(m_later, &QPushButton::clicked, this, [this] { decide(Verdict::Review); });
  connect(m_reject, &QPushButton::clicked, this, [this] { decide(Verdict::Reject); });
}

const MachineSource* ReviewDock::source() const {
  const int index = m_source->currentIndex();
  return index < 0 || index >= static_cast<int>(m_sources.size()) ? nullptr : &m_sources[static_cast<std::size_t>(index)];
}

int ReviewDock::classIndex(std::size_t ofRound) const {
  return ofRound < m_round.classes.size() ? m_document.classes().indexOfName(m_round.classes[ofRound]) : -1;
}

void ReviewDock::refresh() {
  m_sources.clear();
  {
    const QSignalBlocker blocked(m_source);
    const QString before = m_source->currentText();
    m_source->clear();
    if (m_document.isOpen()) m_sources = machineSources(pathOf(m_document.folder()));
    for (const MachineSource& one : m_sources)
      m_source->addItem(one.ofRun() ? tr("%1, round %2").arg(textOf(one.title)).arg(one.round) : tr("Applied: %1").arg(textOf(one.title)));
    if (m_source->count() > 0) m_source->setCurrentIndex(std::max(0, m_source->findText(before)));
  }
  read();
}

void ReviewDock::showSource(const QString& title) {
  refresh();
  for (std::size_t i = 0; i < m_sources.size(); ++i)
    if (textOf(m_sources[i].title) == title) return m_source->setCurrentIndex(static_cast<int>(i));
}

void ReviewDock::read() {
  m_row = m_class = -1;
  m_shown.clear();
  m_before.clear();
  m_uncertainty = {};
  ++m_question;
  showMarks();
  m_calibration = nullptr;
  m_round = source() != nullptr ? readMachineRound(*source(), pathOf(m_document.folder())) : MachineRound{};
  fill();
  if (source() != nullptr && source()->ofRun()) askForOrder();
}

void ReviewDock::askForOrder() {
  // The engine knows what a look is worth; until it has answered the lowest estimate comes first.
  const std::string run = source()->run;
  const int round = source()->round;
  EngineCommand::run({QStringLiteral("review"), m_document.folder(), QStringLiteral("--run"), textOf(run), QStringLiteral("--round"),
                      QString::number(round)},
                     this, [this, run, round](const EngineCommand::Outcome& outcome) {
                       if (source() == nullptr || source()->run != run || source()->round != round || !outcome.ok) return;
                       std::map<std::string, std::pair<int, std::string>> order;
                       for (const auto& one : outcome.result.value("cases", Json::array()))
                         order[one.value("case", std::string())] = {static_cast<int>(order.size()), one.value("reason", std::string())};
                       const std::string open = m_row >= 0 ? m_round.cases[static_cast<std::size_t>(m_row)].name : std::string();
                       for (MachineCase& one : m_round.cases)
                         if (const auto found = order.find(one.name); found != order.end()) one.reason = found->second.second;
                       std::stable_sort(m_round.cases.begin(), m_round.cases.end(), [&](const MachineCase& a, const MachineCase& b) {
                         const auto at = [&](const MachineCase& one) {
                           const auto found = order.find(one.name);
                           return found == order.end() ? static_cast<int>(order.size()) : found->second.first;
                         };
                         return at(a) < at(b);
                       });
                       m_calibration = outcome.result.value("calibration", Json());
                       m_row = -1;
                       for (std::size_t i = 0; i < m_round.cases.size(); ++i)
                         if (!open.empty() && m_round.cases[i].name == open) m_row = static_cast<int>(i);
                       fill();
                     });
}

QStringList ReviewDock::caseNames() const {
  QStringList names;
  for (const MachineCase& one : m_round.cases) names << textOf(one.name);
  return names;
}

void ReviewDock::fill() {
  {
    const QSignalBlocker blocked(m_list);
    m_list->clear();
    for (const MachineCase& one : m_round.cases) {
      auto* row = new QTreeWidgetItem(m_list, {textOf(one.name), numberText(one.estimatedDice()), numberText(one.agreement())});
      for (int column = 1; column < 3; ++column) row->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
      row->setToolTip(NameColumn, engineSentence(one.reason));
      for (std::size_t c = 0; c < one.notes.size(); ++c) {
        const MachineNote& note = one.notes[c];
        if (!note.found) continue;
        auto* child = new QTreeWidgetItem(row, {textOf(m_round.classes[c]), numberText(note.estimatedDice), numberText(note.agreement)});
        child->setData(NameColumn, Qt::UserRole, static_cast<int>(c));
        for (int column = 1; column < 3; ++column) child->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
      }
    }
    if (m_row >= 0) m_list->setCurrentItem(m_list->topLevelItem(m_row));
  }
  fillTexts();
}

void ReviewDock::fillTexts() {
  std::map<std::pair<std::string, std::string>, Verdict> decided;
  const MachineSource* from = source();
  if (m_document.isOpen() && from != nullptr && from->ofRun()) {
    try {
      for (const auto& one : m_document.project()->decisions(from->run)) decided[{one.caseName, one.className}] = one.verdict;
    } catch (const Error&) {
      decided.clear();  // the run is not taken in yet: nobody has decided anything
    }
  }
  for (int row = 0; row < m_list->topLevelItemCount(); ++row) {
    const MachineCase& one = m_round.cases[static_cast<std::size_t>(row)];
    QTreeWidgetItem* item = m_list->topLevelItem(row);
    const auto whole = decided.find({one.name, {}});
    item->setText(VerdictColumn, whole != decided.end() ? tr("you: %1").arg(verdictText(whole->second))
                                                        : QStringLiteral("✓ %1  ? %2  ✗ %3")
                                                              .arg(one.count(Verdict::Accept))
                                                              .arg(one.count(Verdict::Review))
                                                              .arg(one.count(Verdict::Reject)));
    item->setToolTip(
        VerdictColumn,
        tr("%1 good, %2 open, %3 bad").arg(one.count(Verdict::Accept)).arg(one.count(Verdict::Review)).arg(one.count(Verdict::Reject)));
    for (int c = 0; c < item->childCount(); ++c) {
      const auto index = static_cast<std::size_t>(item->child(c)->data(NameColumn, Qt::UserRole).toInt());
      const auto own = decided.find({one.name, m_round.classes[index]});
      item->child(c)->setText(VerdictColumn, own != decided.end()     ? tr("you: %1").arg(verdictText(own->second))
                                             : whole != decided.end() ? tr("you: %1").arg(verdictText(whole->second))
                                                                      : verdictText(one.notes[index].verdict));
    }
  }
  const bool any = !m_round.cases.empty(), ofRun = from != nullptr && from->ofRun();
  for (QWidget* widget : std::initializer_list<QWidget*>{m_source, m_list, m_what, m_prompts, m_labels}) widget->setVisible(any);
  m_back->setVisible(any && std::any_of(m_shown.begin(), m_shown.end(), [](const MachineLabel& label) { return label.moved; }));
  for (QPushButton* button : {m_accept, m_later, m_reject}) button->setVisible(any && ofRun);
  for (QPushButton* button : {m_labels, m_accept, m_later, m_reject}) button->setEnabled(m_row >= 0 && m_document.canEdit());
  m_state->setText(
      !m_document.isOpen() ? QString()
      : !any  ? tr("After a training with unlabelled cases, what the machine labelled is listed here, the least certain first.")
      : ofRun ? tr("The machine labelled %n case(s). Those where a look is worth most come first.", nullptr, caseCount())
              : tr("The model was applied to %n case(s). Nothing of it counts as a label until you take it over.", nullptr, caseCount()));
  const bool known = m_calibration.is_object() && m_calibration.contains("overall") && m_calibration["overall"].is_object();
  m_trust->setVisible(any && ofRun);
  m_how->setVisible(any && ofRun && known);
  if (!known) return m_trust->setText(tr("The estimates were not compared with labelled cases."));
  const Json& overall = m_calibration["overall"];
  const bool informative = overall.value("verdict", std::string()) == "informative";
  m_trust->setText(
      informative ? tr("On %n labelled case(s) the estimates told good labels from bad ones.", nullptr, m_calibration.value("cases", 0))
                  : tr("Estimates not informative: on %n labelled case(s) they were no better than always saying the mean.", nullptr,
                       m_calibration.value("cases", 0)));
}

void ReviewDock::chosen() {
  QTreeWidgetItem* item = m_list->currentItem();
  if (item == nullptr) return;
  const bool isClass = item->parent() != nullptr;
  open(m_list->indexOfTopLevelItem(isClass ? item->parent() : item), isClass ? item->data(NameColumn, Qt::UserRole).toInt() : -1);
}

void ReviewDock::show(int row) {
  if (row < 0 || row >= caseCount()) return;
  m_list->setCurrentItem(m_list->topLevelItem(row));
  if (m_row != row) open(row, -1);
}

void ReviewDock::open(int row, int classRow) {
  const MachineCase& one = m_round.cases[static_cast<std::size_t>(row)];
  const int index = m_document.indexOfCase(one.name);
  if (index < 0) return;
  const bool other = row != m_row || m_shown.empty();
  m_row = row;
  m_class = classRow;
  m_document.openCase(index);
  m_row = row;
  if (other) {
    m_uncertainty = {};
    ++m_question;
    m_before.clear();
    try {
      m_shown = readMachineLabels(one.file);
      layDecidedLabels();
      if (const MachineSource* from = source(); from->ofRun() && from->round > 1)
        if (const auto before = pathOf(m_document.folder()) / "runs" / from->run / ("round-" + std::to_string(from->round - 1)) / "gate" /
                                one.file.filename();
            std::filesystem::exists(before))
          m_before = readMachineLabels(before);
    } catch (const Error& error) {
      m_shown.clear();
      Q_EMIT notice(sentenceOf(error));
    }
  }
  if (classRow >= 0 && classIndex(static_cast<std::size_t>(classRow)) >= 0)
    m_document.setCurrentClass(classIndex(static_cast<std::size_t>(classRow)));
  fillTexts();
  overlay();
}

void ReviewDock::acceptAsLabels() {
  EditSession* session = m_document.session();
  if (m_row < 0 || session == nullptr || !m_document.canEdit()) return;
  Annotation after = session->annotation();
  int taken = 0, first = -1;
  for (std::size_t i = 0; i < m_shown.size(); ++i) {
    if (m_class >= 0 && static_cast<int>(i) != m_class) continue;
    const int index = classIndex(i);
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
  m_what->setCurrentIndex(m_what->findData(4));
  Q_EMIT notice(tr("%n class(es) were taken over. Correct what is wrong; then save.", nullptr, taken));
}

void ReviewDock::decide(Verdict verdict) {
  const MachineSource* from = source();
  if (m_row < 0 || from == nullptr || !from->ofRun() || !m_document.canEdit()) return;
  const MachineCase& one = m_round.cases[static_cast<std::size_t>(m_row)];
  try {
    if (!m_document.project()->run(from->run)) ingestAll(*m_document.project());
    std::vector<Decision> said;
    if (m_class >= 0) said.push_back(decisionOn(static_cast<std::size_t>(m_class), verdict));
    else said.push_back({.caseName = one.name, .verdict = verdict});
    // One about the case leaves nothing of what was said of its classes before: what came of moved prompts is said again.
    for (std::size_t c = 0; m_class < 0 && c < m_shown.size(); ++c)
      if (m_shown[c].moved) said.push_back(decisionOn(c, verdict));
    m_document.project()->addDecisions(from->run, std::move(said));
  } catch (const Error& error) {
    Q_EMIT notice(sentenceOf(error));
    return;
  }
  Q_EMIT decided();
  fillTexts();
  // On to what comes next: the case's next class, or the next case.
  QTreeWidgetItem* item = m_list->currentItem();
  QTreeWidgetItem* next = item == nullptr             ? nullptr
                          : item->parent() != nullptr ? item->parent()->child(item->parent()->indexOfChild(item) + 1)
                                                      : m_list->topLevelItem(m_list->indexOfTopLevelItem(item) + 1);
  if (next != nullptr) m_list->setCurrentItem(next);
}

}  // namespace roundel
