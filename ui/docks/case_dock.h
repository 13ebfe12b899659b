#pragma once
#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QListView;
class QToolButton;

namespace roundel {

class CaseFilter;
class CaseModel;
class Document;

/// The list of cases with its search field and filters.
class CaseDock : public QWidget {
  Q_OBJECT

 public:
  explicit CaseDock(Document& document, QWidget* parent = nullptr);
  /// The next (+1) or previous (-1) case that the filters let through.
  void step(int by);
  /// The next one whose labels are not complete.
  void stepToUnfinished();

 private:
  void selectCurrent();
  void count();
  void makeMore(QWidget* more);
  /// Patients and classes of the study into their fields.
  void fillMore();

  Document& m_document;
  CaseModel* m_model;
  CaseFilter* m_filter;
  QLineEdit* m_search;
  QComboBox* m_status;
  QComboBox* m_part;
  QToolButton* m_moreButton;
  QComboBox *m_patient, *m_class, *m_quality;
  QListView* m_list;
  QLabel* m_count;
};

}  // namespace roundel
