#include "ui/dialogs/reread_dialog.h"

#include <QDateTime>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTableWidget>
#include <QVBoxLayout>
#include <limits>

#include "project/reader_agreement.h"
#include "ui/document.h"
#include "ui/texts.h"

namespace roundel {
namespace {

constexpr int kUsualCases = 5;
constexpr int kFixedColumns = 4;

QString agreementText(const std::optional<double>& dice) { return dice ? QLocale().toString(*dice, 'f', 3) : QStringLiteral("–"); }

}  // namespace

RereadDialog::RereadDialog(Document& document, QWidget* parent)
    : QDialog(parent),
      m_document(document),
      m_summary(new QLabel),
      m_detail(new QLabel),
      m_table(new QTableWidget),
      m_cases(new QSpinBox),
      m_seed(new QSpinBox),
      m_reader(new QLineEdit) {
  setWindowTitle(tr("Re-read finished cases"));
  auto* about = new QLabel(
      tr("Finished cases are labelled once more, in a drawn order and with their labels hidden. Every one is kept as a reading beside the "
         "labels, which stay as they are; the Dice of both says how far a reader agrees with an earlier labelling."));
  for (QLabel* label : {about, m_summary, m_detail}) {
    label->setWordWrap(true);
    label->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  }
  m_detail->setObjectName(QStringLiteral("faint"));
  m_summary->setTextFormat(Qt::RichText);
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->verticalHeader()->hide();
  m_table->setAccessibleName(tr("Cases that were labelled twice"));
  m_cases->setRange(1, 1000);
  m_cases->setValue(kUsualCases);
  m_seed->setRange(0, std::numeric_limits<int>::max());
  m_seed->setValue(1);
  m_seed->setToolTip(tr("The same number draws the same cases in the same order: for a second reader."));
  m_reader->setObjectName(QStringLiteral("reader"));
  m_reader->setText(QSettings().value(QStringLiteral("reader")).toString());
  m_reader->setPlaceholderText(tr("whoever opened the study"));
  auto* form = new QFormLayout;
  form->addRow(tr("Cases"), m_cases);
  form->addRow(tr("Drawn by the number"), m_seed);
  form->addRow(tr("Reader"), m_reader);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  m_begin = buttons->addButton(tr("Begin"), QDialogButtonBox::AcceptRole);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 16);
  layout->addWidget(about);
  layout->addWidget(m_summary);
  layout->addWidget(m_table, 1);
  layout->addLayout(form);
  layout->addWidget(m_detail);
  layout->addStretch();
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &RereadDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &RereadDialog::reject);
  connect(m_cases, &QSpinBox::valueChanged, this, &RereadDialog::count);
  fill();
  count();
  resize(760, m_table->isHidden() ? 300 : 560);
}

void RereadDialog::count() {
  const int most = static_cast<int>(drawForReading(*m_document.project(), std::numeric_limits<int>::max(), 1).size());
  m_begin->setEnabled(most > 0 && m_document.canEdit());
  m_detail->setText(most == 0                 ? tr("No case is labelled yet: label some first.")
                    : m_cases->value() > most ? tr("%n case(s) are labelled: all of them would be read.", nullptr, most)
                                              : tr("%n case(s) are labelled.", nullptr, most));
}

void RereadDialog::fill() {
  const auto comparisons = readerComparisons(*m_document.project());
  const LabelSet& classes = m_document.classes();
  QStringList said;
  const auto say = [&](ReaderPair pair, const QString& text) {
    if (const ReaderAgreement agreement = agreementOf(comparisons, pair, classes.size()); agreement.mean)
      said << text.arg(agreementText(agreement.mean)) + QLatin1Char(' ') + tr("over %n comparison(s).", nullptr, agreement.cases);
  };
  say(ReaderPair::Intra, tr("<b>Intra-reader Dice %1</b>"));
  say(ReaderPair::Inter, tr("<b>Inter-reader Dice %1</b>"));
  m_summary->setText(said.isEmpty() ? tr("No case was labelled twice yet.") : said.join(QStringLiteral("<br>")));
  m_table->setVisible(!comparisons.empty());
  QStringList heads{tr("Case"), tr("First"), tr("Second"), tr("Mean")};
  for (const auto& one : classes.classes()) heads << textOf(one.name);
  m_table->setColumnCount(static_cast<int>(heads.size()));
  m_table->setHorizontalHeaderLabels(heads);
  m_table->setRowCount(static_cast<int>(comparisons.size()));
  for (int row = 0; row < m_table->rowCount(); ++row) {
    const ReaderComparison& one = comparisons[static_cast<std::size_t>(row)];
    QStringList cells{textOf(one.caseName), textOf(one.first), textOf(one.second), agreementText(one.mean)};
    for (const auto& dice : one.dice) cells << agreementText(dice);
    const QString hint = one.blind() ? tr("Blind: the labels of %1 were hidden on %2.").arg(textOf(one.firstWhen), textOf(one.secondWhen))
                                     : tr("Not blind: %1 labelled on %2 and had the labels of %3 in sight.")
                                           .arg(textOf(one.second), textOf(one.secondWhen), textOf(one.first));
    for (int column = 0; column < cells.size(); ++column) {
      auto* cell = new QTableWidgetItem(cells[column]);
      cell->setToolTip(hint);
      if (column >= kFixedColumns - 1) cell->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
      m_table->setItem(row, column, cell);
    }
  }
  m_table->resizeColumnsToContents();
}

void RereadDialog::accept() {
  QSettings().setValue(QStringLiteral("reader"), m_reader->text().trimmed());
  const auto seed = static_cast<std::uint64_t>(m_seed->value());
  Document::Rereading reading{
      .session = bytesOf(QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs)) + " seed " + std::to_string(seed),
      .reader = bytesOf(m_reader->text().trimmed()),
      .cases = drawForReading(*m_document.project(), m_cases->value(), seed)};
  QDialog::accept();
  m_document.beginRereading(std::move(reading));
}

}  // namespace roundel
