#include "ui/docks/tool_dock.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "edit/paint_policy.h"
#include "ui/param_form.h"

namespace roundel {

ToolDock::ToolDock(QWidget* parent)
    : QWidget(parent),
      m_name(new QLabel),
      m_sentence(new QLabel),
      m_hint(new QLabel),
      m_form(new ParamForm),
      m_overRow(new QWidget),
      m_over(new QComboBox),
      m_preview(new QPushButton(tr("Preview"))),
      m_apply(new QPushButton(tr("Apply"))),
      m_discard(new QPushButton(tr("Discard"))),
      m_busy(new QProgressBar) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  QFont bold = m_name->font();
  bold.setBold(true);
  m_name->setFont(bold);
  for (QLabel* label : {m_sentence, m_hint}) label->setWordWrap(true), label->setObjectName(QStringLiteral("faint"));
  m_over->addItem(tr("over everything"), static_cast<int>(PaintOver::All));
  m_over->addItem(tr("not over hidden classes"), static_cast<int>(PaintOver::Visible));
  m_over->addItem(tr("where nothing lies yet"), static_cast<int>(PaintOver::Empty));
  m_over->setAccessibleName(tr("Paint"));
  auto* over = new QFormLayout(m_overRow);
  over->setContentsMargins(0, 0, 0, 0);
  over->addRow(tr("Paint"), m_over);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(m_preview);
  buttons->addWidget(m_apply);
  buttons->addWidget(m_discard);
  m_busy->setRange(0, 0);
  m_busy->setMaximumHeight(6);
  m_busy->setTextVisible(false);
  layout->addWidget(m_name);
  layout->addWidget(m_sentence);
  layout->addWidget(m_form);
  layout->addLayout(buttons);
  layout->addWidget(m_busy);
  layout->addWidget(m_overRow);
  layout->addWidget(m_hint);
  layout->addStretch();
  connect(m_form, &ParamForm::edited, this, &ToolDock::edited);
  connect(m_preview, &QPushButton::clicked, this, &ToolDock::previewWanted);
  connect(m_apply, &QPushButton::clicked, this, &ToolDock::applyWanted);
  connect(m_discard, &QPushButton::clicked, this, &ToolDock::discardWanted);
  connect(m_over, &QComboBox::currentIndexChanged, this, [this] { Q_EMIT paintOverChanged(m_over->currentData().toInt()); });
  setPreview(false, false);
  setBusy(false);
}

void ToolDock::show(const QString& name, const QString& sentence, const std::vector<ParamSpec>& specs, const Json& values) {
  m_name->setText(name);
  m_sentence->setText(sentence);
  m_form->setSpecs(specs, values);
  m_form->setVisible(!specs.empty());
}

void ToolDock::setPreview(bool possible, bool ready) {
  m_preview->setVisible(possible);
  m_apply->setVisible(possible || ready);
  m_discard->setVisible(possible || ready);
  m_apply->setEnabled(ready);
  m_discard->setEnabled(ready);
}

void ToolDock::setBusy(bool busy) { m_busy->setVisible(busy); }
void ToolDock::setPaints(bool paints) { m_overRow->setVisible(paints); }
void ToolDock::setHint(const QString& text) { m_hint->setText(text); }

}  // namespace roundel
