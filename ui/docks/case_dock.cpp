#include "ui/docks/case_dock.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QLocale>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/case_model.h"
#include "ui/document.h"
#include "ui/texts.h"

namespace roundel {

CaseDock::CaseDock(Document& document, QWidget* parent)
    : QWidget(parent),
      m_document(document),
      m_model(new CaseModel(document, this)),
      m_filter(new CaseFilter(this)),
      m_search(new QLineEdit),
      m_status(new QComboBox),
      m_part(new QComboBox),
      m_moreButton(new QToolButton),
      m_patient(new QComboBox),
      m_class(new QComboBox),
      m_quality(new QComboBox),
      m_list(new QListView),
      m_count(new QLabel) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(6, 6, 6, 6);
  layout->setSpacing(5);
  m_search->setPlaceholderText(tr("Search cases"));
  m_search->setClearButtonEnabled(true);
  m_search->setAccessibleName(tr("Search cases"));
  m_status->addItem(tr("Every status"), -1);
  for (const int status : {CaseModel::NotStarted, CaseModel::InProgress, CaseModel::Labelled, CaseModel::Excluded})
    m_status->addItem(statusText(status), status);
  m_status->setAccessibleName(tr("Status"));
  m_part->addItem(tr("Every part"), QString());
  for (const char* part : {"labelled", "unlabelled", "validation", "test"})
    m_part->addItem(partText(QLatin1String(part)), QLatin1String(part));
  m_part->setAccessibleName(tr("Part of the split"));
  auto* filters = new QHBoxLayout;
  filters->addWidget(m_status, 1);
  filters->addWidget(m_part, 1);
  m_filter->setSourceModel(m_model);
  m_list->setModel(m_filter);
  m_list->setItemDelegate(new CaseDelegate(m_list));
  m_list->setMouseTracking(true);
  m_list->setUniformItemSizes(true);
  m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  m_list->setAccessibleName(tr("Cases"));
  m_count->setObjectName(QStringLiteral("faint"));
  m_count->setWordWrap(true);
  auto* top = new QHBoxLayout;
  top->addWidget(m_search, 1);
  top->addWidget(m_moreButton);
  layout->addLayout(top);
  layout->addLayout(filters);
  auto* more = new QWidget;
  makeMore(more);
  layout->addWidget(more);
  layout->addWidget(m_list, 1);
  layout->addWidget(m_count);

  connect(m_search, &QLineEdit::textChanged, m_filter, &CaseFilter::setWords);
  connect(m_status, &QComboBox::currentIndexChanged, this, [this] { m_filter->setStatus(m_status->currentData().toInt()); });
  connect(m_part, &QComboBox::currentIndexChanged, this, [this] { m_filter->setPart(m_part->currentData().toString()); });
  connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
    if (index.isValid()) m_document.openCase(m_filter->mapToSource(index).row());
  });
  for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
    connect(m_filter, signal, this, &CaseDock::count);
  connect(m_filter, &QAbstractItemModel::modelReset, this, &CaseDock::count);
  connect(&document, &Document::caseChanged, this, &CaseDock::selectCurrent);
  count();
}

void CaseDock::makeMore(QWidget* more) {
  m_moreButton->setText(tr("Filter"));
  m_moreButton->setCheckable(true);
  m_moreButton->setToolTip(tr("Also by patient, class and quality"));
  m_moreButton->setAccessibleName(m_moreButton->toolTip());
  m_patient->setAccessibleName(tr("Patient"));
  m_class->setAccessibleName(tr("Class"));
  m_class->setToolTip(tr("Cases in which the class is labelled; with a status chosen, cases in which the class has that status."));
  m_quality->setAccessibleName(tr("Quality"));
  m_quality->setToolTip(tr("What Dice the machine's labels are estimated to have, of the newest round."));
  m_quality->addItem(tr("Every quality"), 0.0);
  for (const double below : {0.7, 0.8, 0.9}) m_quality->addItem(tr("est. Dice below %1").arg(QLocale().toString(below, 'f', 1)), below);
  m_quality->addItem(tr("labelled by no machine"), -1.0);
  auto* grid = new QGridLayout(more);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->addWidget(m_patient, 0, 0);
  grid->addWidget(m_class, 0, 1);
  grid->addWidget(m_quality, 1, 0, 1, 2);
  for (QComboBox* box : {m_patient, m_class, m_quality}) box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  more->hide();
  connect(m_moreButton, &QToolButton::toggled, more, [this, more](bool shown) {
    more->setVisible(shown);
    if (shown) return;
    for (QComboBox* box : {m_patient, m_class, m_quality}) box->setCurrentIndex(0);  // what is not seen does not hide cases
  });
  connect(m_patient, &QComboBox::currentIndexChanged, this, [this] { m_filter->setPatient(m_patient->currentData().toString()); });
  connect(m_class, &QComboBox::currentIndexChanged, this, [this] { m_filter->setClass(m_class->currentData().toInt()); });
  connect(m_quality, &QComboBox::currentIndexChanged, this, [this] { m_filter->setQuality(m_quality->currentData().toDouble()); });
  connect(&m_document, &Document::studyChanged, this, &CaseDock::fillMore);
  connect(&m_document, &Document::classesChanged, this, &CaseDock::fillMore);
  fillMore();
}

void CaseDock::fillMore() {
  m_patient->clear();
  m_patient->addItem(tr("Every patient"), QString());
  QHash<QString, int> known;  // cases each
  QStringList order;
  for (const Case& one : m_document.cases()) {
    const QString key = textOf(one.patient);
    if (!key.isEmpty() && ++known[key] == 1) order << key;
  }
  for (int i = 0; i < order.size(); ++i)
    m_patient->addItem(tr("Patient %1 (%n case(s))", nullptr, known[order[i]]).arg(i + 1), order[i]);  // a key says nothing to a person
  m_patient->setEnabled(order.size() > 1);
  m_class->clear();
  m_class->addItem(tr("Every class"), -1);
  for (int i = 0; i < m_document.classes().size(); ++i) m_class->addItem(textOf(m_document.classes()[i].name), i);
}

void CaseDock::count() {
  const int shown = m_filter->rowCount(), all = m_model->rowCount();
  if (all == 0) m_count->setText(m_document.isOpen() ? tr("This study has no images yet. Add some with Study, Add images.") : QString());
  else if (shown == all) m_count->setText(tr("%n case(s)", nullptr, all));
  else if (shown == 0) m_count->setText(tr("No case matches. Clear the search or choose other filters."));
  else m_count->setText(tr("%1 of %2 cases").arg(shown).arg(all));
}

void CaseDock::selectCurrent() {
  const QSignalBlocker blocked(m_list->selectionModel());
  const QModelIndex index = m_document.caseIndex() < 0 ? QModelIndex() : m_filter->mapFromSource(m_model->index(m_document.caseIndex()));
  m_list->setCurrentIndex(index);
  if (index.isValid()) m_list->scrollTo(index);
  m_list->viewport()->update();
}

void CaseDock::step(int by) {
  const QModelIndex now = m_document.caseIndex() < 0 ? QModelIndex() : m_filter->mapFromSource(m_model->index(m_document.caseIndex()));
  const int row = now.isValid() ? now.row() + by : 0;
  if (row >= 0 && row < m_filter->rowCount()) m_document.openCase(m_filter->mapToSource(m_filter->index(row, 0)).row());
}

void CaseDock::stepToUnfinished() {
  const int all = m_model->rowCount();
  for (int i = 1; i <= all; ++i) {
    const int row = (std::max(0, m_document.caseIndex()) + i) % all;
    const int status = m_model->index(row).data(CaseModel::StatusRole).toInt();
    if (status == CaseModel::NotStarted || status == CaseModel::InProgress) {
      m_document.openCase(row);
      return;
    }
  }
  if (all > 0) Q_EMIT m_document.notice(tr("Every case of this study is labelled."));
}

}  // namespace roundel
