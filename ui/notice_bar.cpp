#include "ui/notice_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "ui/theme.h"

namespace roundel {

NoticeBar::NoticeBar(QWidget* parent) : QFrame(parent), m_text(new QLabel) {
  setObjectName(QStringLiteral("noticeBar"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(12, 5, 6, 5);
  m_text->setWordWrap(true);
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_text->setAccessibleName(tr("Notice"));
  auto* close = new QToolButton;
  close->setIcon(themedIcon(QStringLiteral("cross")));
  close->setAutoRaise(true);
  close->setAccessibleName(tr("Close the notice"));
  layout->addWidget(m_text, 1);
  layout->addWidget(close);
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
  hide();
}

void NoticeBar::say(const QString& sentence) {
  if (sentence.isEmpty()) return;
  m_text->setText(sentence);
  show();
}

QString NoticeBar::text() const { return isVisible() ? m_text->text() : QString(); }

}  // namespace roundel
