#include "ui/dialogs/train_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <set>

#include "ui/document.h"
#include "ui/texts.h"

namespace roundel {
namespace {

constexpr int kFewest = 3;

struct Parts {
  int labelled = 0, validation = 0, test = 0;
};

/// A fifth of the labelled cases measures while the network learns; another fifth afterwards where there are enough.
Parts partsOf(int annotated) {
  Parts parts;
  parts.validation = annotated >= 4 ? std::max(1, annotated / 5) : 0;
  parts.test = annotated >= 15 ? annotated / 5 : 0;
  parts.labelled = annotated - parts.validation - parts.test;
  return parts;
}

/// The split with what was labelled or added since: on the side that teaches. Who measures stays, and so do the patients of those.
Split extended(const Split& before, const std::vector<SplitCandidate>& candidates) {
  Split split = before;
  const auto holds = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::set<std::string> measured;
  for (const auto& one : candidates)
    if (!one.patient.empty() && (holds(split.validation, one.name) || holds(split.test, one.name))) measured.insert(one.patient);
  for (const auto& one : candidates) {
    if (one.excluded || measured.count(one.patient) > 0 || holds(split.labelled, one.name) || holds(split.validation, one.name) ||
        holds(split.test, one.name))
      continue;
    std::erase(split.unlabelled, one.name);
    (one.annotated ? split.labelled : split.unlabelled).push_back(one.name);
  }
  return split;
}

}  // namespace

TrainDialog::TrainDialog(Document& document, QWidget* parent)
    : QDialog(parent),
      m_document(document),
      m_plan(new QLabel),
      m_strategy(new QComboBox),
      m_preset(new QComboBox),
      m_rounds(new QSpinBox) {
  setWindowTitle(tr("Train"));
  resize(520, 360);
  m_plan->setWordWrap(true);
  m_strategy->addItem(tr("Labels of the machine, refined by a generalist"), QStringLiteral("sam-carries-the-burden"));
  m_strategy->addItem(tr("Labels of the machine as they are"), QStringLiteral("pseudo-labels"));
  m_strategy->addItem(tr("Labelled images alone"), QStringLiteral("supervised"));
  m_preset->addItem(tr("Quick"), QStringLiteral("quick"));
  m_preset->addItem(tr("Standard"), QStringLiteral("standard"));
  m_preset->addItem(tr("As in the paper (long)"), QStringLiteral("paper"));
  m_rounds->setRange(1, 10);
  auto* form = new QFormLayout;
  form->addRow(tr("How"), m_strategy);
  form->addRow(tr("How much work"), m_preset);
  form->addRow(tr("Rounds"), m_rounds);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  m_start = buttons->addButton(tr("Start training"), QDialogButtonBox::AcceptRole);
  m_start->setDefault(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 16);
  layout->addWidget(m_plan, 1);
  layout->addLayout(form);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &TrainDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &TrainDialog::reject);
  connect(m_strategy, &QComboBox::currentIndexChanged, this, &TrainDialog::describe);
  connect(m_preset, &QComboBox::currentIndexChanged, this, &TrainDialog::describe);
  look();
  const bool semi = m_unlabelled > 0;
  m_strategy->setCurrentIndex(semi ? 0 : 2);
  m_rounds->setValue(semi ? 2 : 1);
  describe();
}

void TrainDialog::look() {
  int annotated = 0;
  const auto split = m_document.project()->split();
  const auto candidates = m_document.project()->splitCandidates();
  for (const auto& candidate : candidates)
    if (candidate.annotated && !candidate.excluded) ++annotated;
  m_hasSplit = split && !split->labelled.empty();
  m_redraw = !m_hasSplit;
  if (m_hasSplit) {
    const Split now = m_document.canEdit() ? extended(*split, candidates) : *split;
    m_labelled = static_cast<int>(now.labelled.size()), m_unlabelled = static_cast<int>(now.unlabelled.size());
    m_validation = static_cast<int>(now.validation.size()), m_test = static_cast<int>(now.test.size());
    return;
  }
  const Parts parts = partsOf(annotated);
  m_labelled = parts.labelled, m_validation = parts.validation, m_test = parts.test;
  m_unlabelled = static_cast<int>(m_document.cases().size()) - annotated;
}

void TrainDialog::describe() {
  const bool enough = m_labelled >= kFewest;
  m_start->setEnabled(enough && (m_hasSplit || m_document.canEdit()));
  if (!enough) {
    m_plan->setText(
        tr("<b>Too few labels yet.</b><p>%n case(s) can teach the network; it needs at least three, better ten. Label some more, then come "
           "back.</p>",
           nullptr, m_labelled));
    return;
  }
  QString text = tr("<b>%n labelled case(s) teach the network.</b>", nullptr, m_labelled);
  if (m_unlabelled > 0 && m_strategy->currentIndex() < 2)
    text += QStringLiteral("<p>") +
            tr("%n case(s) without labels are labelled by the machine and taught with, as far as their labels look good.", nullptr,
               m_unlabelled);
  if (m_validation > 0)
    text += QStringLiteral("<p>") + tr("%n labelled case(s) are kept back to measure it while it learns", nullptr, m_validation) +
            (m_test > 0 ? tr(", and %n to measure it afterwards.", nullptr, m_test) : QStringLiteral("."));
  else text += QStringLiteral("<p>") + tr("Nothing is kept back to measure it: with four labelled cases or more, one is.");
  if (!m_hasSplit) text += QStringLiteral("<p>") + tr("The cases are divided by patient, once; the division is kept.");
  if (m_strategy->currentIndex() == 0)
    text += QStringLiteral("<p>") + tr("A second network, trained as long on the labelled images alone, runs beside: it shows what the "
                                       "machine's own labels were worth.");
  text += QStringLiteral("<p>") + tr("It runs by itself: you can go on labelling, or close this window.");
  m_plan->setText(text);
}

void TrainDialog::accept() {
  try {
    Project& project = *m_document.project();
    if (m_redraw && m_document.canEdit()) {
      SplitRequest request;
      request.seed = 1;
      request.labelled = {.kind = PartRequest::Kind::Count, .count = m_labelled};
      if (m_validation > 0) request.validation = {.kind = PartRequest::Kind::Count, .count = m_validation};
      if (m_test > 0) request.test = {.kind = PartRequest::Kind::Count, .count = m_test};
      request.unlabelled = {.kind = PartRequest::Kind::Rest};
      project.saveSplit(drawSplit(project.splitCandidates(), request).split);
    } else if (m_document.canEdit()) {
      const Split before = *project.split();
      const Split after = extended(before, project.splitCandidates());
      if (after != before) project.saveSplit(after);
    }
    m_document.readAgain();
    QDialog::accept();
  } catch (const Error& error) {
    m_plan->setText(sentenceOf(error));
  }
}

QStringList TrainDialog::arguments() const {
  return {QStringLiteral("run"),        m_document.folder(),
          QStringLiteral("--strategy"), m_strategy->currentData().toString(),
          QStringLiteral("--rounds"),   QString::number(m_rounds->value()),
          QStringLiteral("--preset"),   m_preset->currentData().toString(),
          QStringLiteral("--seed"),     QStringLiteral("1")};
}

}  // namespace roundel
