#include "ui/docks/history_dock.h"

#include <QLabel>
#include <QListWidget>
#include <QVBoxLayout>

#include "ui/document.h"
#include "ui/param_form.h"
#include "ui/texts.h"

namespace roundel {

HistoryDock::HistoryDock(Document& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_list(new QListWidget), m_state(new QLabel) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(6, 6, 6, 6);
  layout->addWidget(m_list, 1);
  layout->addWidget(m_state);
  m_state->setWordWrap(true);
  m_state->setObjectName(QStringLiteral("faint"));
  m_list->setAccessibleName(tr("Steps"));
  connect(m_list, &QListWidget::itemClicked, this,
          [this](QListWidgetItem* item) { m_document.goTo(static_cast<std::size_t>(m_list->row(item))); });
  connect(&document, &Document::historyChanged, this, &HistoryDock::refresh);
  connect(&document, &Document::caseChanged, this, &HistoryDock::refresh);
  refresh();
}

void HistoryDock::refresh() {
  m_list->clear();
  EditSession* session = m_document.session();
  if (session == nullptr) {
    m_state->setText(tr("What you change in a case is listed here and can be taken back, step by step."));
    return;
  }
  m_list->addItem(tr("As it was stored"));
  for (const EditStep& step : session->history().steps()) {
    const QString name = step.classIndex >= 0 && step.classIndex < m_document.classes().size()
                             ? textOf(m_document.classes()[step.classIndex].name)
                             : tr("ignore region");
    auto* item = new QListWidgetItem(QStringLiteral("%1 · %2").arg(wordText(step.name), name), m_list);
    item->setToolTip(tr("%Ln pixel(s)", nullptr, static_cast<int>(std::min<std::int64_t>(step.changedPixels, 2000000000))));
    if (step.undone) item->setForeground(palette().color(QPalette::Disabled, QPalette::Text));
  }
  m_list->setCurrentRow(static_cast<int>(session->history().position()));
  m_state->setText(m_document.unsaved() ? tr("Not stored in the study yet; each step is on the disk already.") : tr("Stored."));
}

}  // namespace roundel
