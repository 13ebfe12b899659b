#pragma once
#include <QAbstractListModel>
#include <QHash>
#include <QImage>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

namespace roundel {

class Document;

/// The cases of the study as a list: name, patient's key, size, status, split, and a small picture that is fetched when it is first shown.
class CaseModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role { StatusRole = Qt::UserRole + 1, PartRole, DetailRole, ProgressRole };
  enum Status { NotStarted, InProgress, Labelled, Excluded };

  explicit CaseModel(Document& document, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

 private:
  Status statusOf(int row) const;

  Document& m_document;
  mutable QHash<int, QImage> m_thumbnails;  ///< a null image: on its way
};

/// Words of a name, a status and a part of the split.
class CaseFilter : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;
  void setWords(const QString& words);
  void setStatus(int status);  ///< -1: all
  void setPart(const QString& part);

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  QStringList m_words;
  int m_status = -1;
  QString m_part;
};

/// Draws a row of the list: picture, name, a line of facts, a dot for the status.
class CaseDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

QString statusText(int status);
QString partText(const QString& part);

}  // namespace roundel
