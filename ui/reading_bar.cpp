#include "ui/reading_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "ui/document.h"

namespace roundel {

ReadingBar::ReadingBar(Document& document, QWidget* parent) : QFrame(parent), m_document(document), m_text(new QLabel) {
  setObjectName(QStringLiteral("noticeBar"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(12, 5, 6, 5);
  m_text->setWordWrap(true);
  m_text->setAccessibleName(tr("Re-reading"));
  auto* next = new QPushButton(tr("Done, next"));
  next->setToolTip(tr("Keeps what is drawn as a reading; the case's labels stay as they are. Ctrl+Return"));
  auto* stop = new QPushButton(tr("Stop"));
  stop->setToolTip(tr("Leaves the re-reading. Cases that are done stay; what is drawn on this one is thrown away."));
  layout->addWidget(m_text, 1);
  layout->addWidget(next);
  layout->addWidget(stop);
  connect(next, &QPushButton::clicked, &document, &Document::storeReading);
  connect(stop, &QPushButton::clicked, &document, &Document::endRereading);
  connect(&document, &Document::rereadingChanged, this, &ReadingBar::refresh);
  hide();
}

void ReadingBar::refresh() {
  const auto& reading = m_document.rereading();
  setVisible(reading.has_value());
  if (reading)
    m_text->setText(tr("Blind re-reading, case %1 of %2: its labels are hidden. Label it as if for the first time.")
                        .arg(reading->at + 1)
                        .arg(reading->cases.size()));
}

}  // namespace roundel
