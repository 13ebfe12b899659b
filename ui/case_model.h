#pragma once
#include <QAbstractListModel>
#include <QHash>
#include <QImage>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <filesystem>
#include <map>
#include <string>

namespace roundel {

class Document;

/// The cases of the study as a list: name, patient's key, size, status, split, and a small picture that is fetched when it is first shown.
class CaseModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role { StatusRole = Qt::UserRole + 1, PartRole, DetailRole, PatientRole, QualityRole };
  enum Status { NotStarted, InProgress, Labelled, Excluded };

  explicit CaseModel(Document& document, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  /// Of one class alone: labelled is also what was looked for and is absent.
  Status statusOf(int row, int classIndex) const;
  bool shows(int row, int classIndex) const;  ///< the class is labelled there, and not as absent

 private:
  Status statusOf(int row) const;

  Document& m_document;
  mutable QHash<int, QImage> m_thumbnails;  ///< a null image: on its way
};

/// Words of a name, a status, a part of the split, a patient, a class, an estimated quality.
class CaseFilter : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;
  void setWords(const QString& words);
  void setStatus(int status);  ///< -1: all
  void setPart(const QString& part);
  void setPatient(const QString& patient);  ///< empty: all
  /// -1: all. Of a class, the status is the one of that class; where no status is asked for, cases in which it is present.
  void setClass(int classIndex);
  /// Cases whose labels by the machine are estimated below this Dice; 0: all; below 0: those that no machine labelled.
  void setQuality(double below);
  bool narrows() const { return !m_patient.isEmpty() || m_class >= 0 || m_below != 0; }

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  QStringList m_words;
  int m_status = -1;
  QString m_part, m_patient;
  int m_class = -1;
  double m_below = 0;
};

/// Draws a row of the list: picture, name, a line of facts, a dot for the status.
class CaseDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

/// What Dice the machine's labels of every case are estimated to have (mean over classes), of the newest round of the newest run that says
/// so; what cannot be read is passed over. Reads a file a case: not for the thread of the window.
std::map<std::string, double> caseQualities(const std::filesystem::path& study);
/// The same beside the window, into the document.
void findQualities(Document& document);

QString statusText(int status);
QString partText(const QString& part);

}  // namespace roundel
