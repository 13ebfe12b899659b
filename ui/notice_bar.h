#pragma once
#include <QFrame>

class QLabel;

namespace roundel {

/// Sentences above the picture: what went wrong and what to do, without a dialog that stops the hand. The newest is shown; it goes by the
/// cross, or after a while where nothing has to be done.
class NoticeBar : public QFrame {
  Q_OBJECT

 public:
  explicit NoticeBar(QWidget* parent = nullptr);
  void say(const QString& sentence);
  QString text() const;

 private:
  QLabel* m_text;
};

}  // namespace roundel
