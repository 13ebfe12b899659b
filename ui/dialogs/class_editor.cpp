#include "ui/dialogs/class_editor.h"

#include <QColorDialog>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include "ui/texts.h"

namespace roundel {
namespace {

/// Colours that are told apart by eyes of every kind as long as they last (Okabe and Ito), then around the circle.
std::array<std::uint8_t, 3> colourOf(std::size_t index) {
  static constexpr std::array<std::array<std::uint8_t, 3>, 7> kFirst{
      {{230, 159, 0}, {86, 180, 233}, {0, 158, 115}, {240, 228, 66}, {0, 114, 178}, {213, 94, 0}, {204, 121, 167}}};
  if (index < kFirst.size()) return kFirst[index];
  const QColor colour = QColor::fromHsv(static_cast<int>(index * 137 % 360), index % 2 == 0 ? 190 : 130, 240);
  return {static_cast<std::uint8_t>(colour.red()), static_cast<std::uint8_t>(colour.green()), static_cast<std::uint8_t>(colour.blue())};
}

}  // namespace

LabelSet classesFromNames(const QString& names) {
  std::vector<LabelClass> classes;
  static const QRegularExpression separators(QStringLiteral("[,;\\n]"));
  for (const QString& part : names.split(separators, Qt::SkipEmptyParts)) {
    const QString name = part.trimmed();
    if (name.isEmpty()) continue;
    const auto index = classes.size();
    classes.push_back({.id = static_cast<std::int64_t>(index + 1), .name = bytesOf(name), .colour = colourOf(index)});
  }
  return LabelSet(std::move(classes));
}

ClassEditor::ClassEditor(const LabelSet& classes, QWidget* parent)
    : QDialog(parent), m_classes(classes), m_table(new QTableWidget(0, 3)), m_message(new QLabel) {
  setWindowTitle(tr("Classes"));
  resize(520, 460);
  m_table->setHorizontalHeaderLabels({tr("Colour"), tr("Name"), tr("Code")});
  m_table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
  m_table->verticalHeader()->hide();
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  for (const auto& one : classes.classes()) add(one);
  auto* plus = new QPushButton(tr("Add"));
  auto* remove = new QPushButton(tr("Remove"));
  auto* up = new QPushButton(tr("Up"));
  auto* down = new QPushButton(tr("Down"));
  auto* palettes = new QPushButton(tr("Palette"));
  auto* menu = new QMenu(palettes);
  palettes->setMenu(menu);
  const auto take = [this](const char* palette) {
    m_table->setRowCount(0);
    const LabelSet all = paletteClasses(palette);
    for (const auto& one : all.classes()) add(one);
  };
  menu->addAction(tr("Teeth (FDI numbers)"), this, [take] { take("fdi"); });
  menu->addAction(tr("Bones of the wrist"), this, [take] { take("carpal"); });
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  auto* row = new QHBoxLayout;
  for (QPushButton* button : {plus, remove, up, down, palettes}) row->addWidget(button);
  row->addStretch();
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(m_table, 1);
  layout->addLayout(row);
  layout->addWidget(m_message);
  layout->addWidget(buttons);
  m_message->setWordWrap(true);
  connect(plus, &QPushButton::clicked, this, [this] {
    std::int64_t id = 1;
    for (int i = 0; i < m_table->rowCount(); ++i) id = std::max<std::int64_t>(id, m_table->item(i, 0)->data(Qt::UserRole).toLongLong() + 1);
    add({.id = id,
         .name = bytesOf(tr("class %1").arg(m_table->rowCount() + 1)),
         .colour = colourOf(static_cast<std::size_t>(m_table->rowCount()))});
    m_table->setCurrentCell(m_table->rowCount() - 1, 1);
    m_table->editItem(m_table->item(m_table->rowCount() - 1, 1));
  });
  connect(remove, &QPushButton::clicked, this, [this] {
    if (m_table->currentRow() >= 0) m_table->removeRow(m_table->currentRow());
  });
  connect(up, &QPushButton::clicked, this, [this] { move(-1); });
  connect(down, &QPushButton::clicked, this, [this] { move(1); });
  connect(m_table, &QTableWidget::cellDoubleClicked, this, [this](int at, int column) {
    if (column == 0) pickColour(at);
  });
  connect(buttons, &QDialogButtonBox::accepted, this, &ClassEditor::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &ClassEditor::reject);
}

void ClassEditor::add(const LabelClass& one) {
  const int row = m_table->rowCount();
  m_table->insertRow(row);
  auto* colour = new QTableWidgetItem;
  colour->setBackground(QColor(one.colour[0], one.colour[1], one.colour[2]));
  colour->setData(Qt::UserRole, static_cast<qlonglong>(one.id));
  colour->setData(Qt::UserRole + 1, textOf(one.mirror));
  colour->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
  colour->setToolTip(tr("Double click to choose another colour."));
  m_table->setItem(row, 0, colour);
  m_table->setItem(row, 1, new QTableWidgetItem(textOf(one.name)));
  m_table->setItem(row, 2, new QTableWidgetItem(textOf(one.code)));
}

void ClassEditor::pickColour(int row) {
  const QColor picked = QColorDialog::getColor(m_table->item(row, 0)->background().color(), this, tr("Colour of the class"));
  if (picked.isValid()) m_table->item(row, 0)->setBackground(picked);
}

void ClassEditor::move(int by) {
  const int from = m_table->currentRow(), to = from + by;
  if (from < 0 || to < 0 || to >= m_table->rowCount()) return;
  for (int column = 0; column < 3; ++column) {
    QTableWidgetItem* a = m_table->takeItem(from, column);
    QTableWidgetItem* b = m_table->takeItem(to, column);
    m_table->setItem(from, column, b);
    m_table->setItem(to, column, a);
  }
  m_table->setCurrentCell(to, 1);
}

void ClassEditor::accept() {
  std::vector<LabelClass> classes;
  for (int row = 0; row < m_table->rowCount(); ++row) {
    const QColor colour = m_table->item(row, 0)->background().color();
    classes.push_back({.id = m_table->item(row, 0)->data(Qt::UserRole).toLongLong(),
                       .name = bytesOf(m_table->item(row, 1)->text().trimmed()),
                       .colour = {static_cast<std::uint8_t>(colour.red()), static_cast<std::uint8_t>(colour.green()),
                                  static_cast<std::uint8_t>(colour.blue())},
                       .mirror = bytesOf(m_table->item(row, 0)->data(Qt::UserRole + 1).toString()),
                       .code = bytesOf(m_table->item(row, 2)->text().trimmed())});
  }
  // A renamed or removed partner is no longer one.
  for (auto& one : classes)
    if (!one.mirror.empty() &&
        std::none_of(classes.begin(), classes.end(), [&](const LabelClass& other) { return other.name == one.mirror; }))
      one.mirror.clear();
  try {
    m_classes = LabelSet(std::move(classes));
    QDialog::accept();
  } catch (const Error& error) {
    m_message->setText(sentenceOf(error));
  }
}

}  // namespace roundel
