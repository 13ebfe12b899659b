#pragma once
#include <QWidget>

class QListWidget;
class QLabel;

namespace roundel {

class Document;

/// Everything done to the labels of this case, step by step; a click goes to that moment.
class HistoryDock : public QWidget {
  Q_OBJECT

 public:
  explicit HistoryDock(Document& document, QWidget* parent = nullptr);

 private:
  void refresh();

  Document& m_document;
  QListWidget* m_list;
  QLabel* m_state;
};

}  // namespace roundel
