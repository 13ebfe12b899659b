#pragma once
#include <QFrame>

class QLabel;

namespace roundel {

class Document;

/// Above the picture while finished cases are read once more: which one it is, on to the next, and out.
class ReadingBar : public QFrame {
  Q_OBJECT

 public:
  explicit ReadingBar(Document& document, QWidget* parent = nullptr);

 private:
  void refresh();

  Document& m_document;
  QLabel* m_text;
};

}  // namespace roundel
