#pragma once
#include <QDialog>
#include <QHash>
#include <QImage>
#include <QTextBrowser>

namespace roundel {

/// A run's report as the engine wrote it, as something that a text pane can show: pictures and charts taken out of the page and named, its
/// style replaced by the window's.
struct SimplePage {
  QString html;
  QHash<QString, QImage> pictures;  ///< by the name that `html` calls them
};
/// `scale`: pixels of the screen a point; charts are drawn for it.
SimplePage simplePage(const QString& page, double scale);

/// The report of a run, inside: one window beside the pictures, which goes with Escape. The whole page is a button away.
class ReportWindow : public QDialog {
  Q_OBJECT

 public:
  /// `file`: the page that `roundel report` wrote.
  ReportWindow(const QString& title, const QString& file, QWidget* parent = nullptr);
  QTextBrowser& page() { return *m_page; }

 private:
  void openOutside();

  QString m_file;
  QTextBrowser* m_page;
};

}  // namespace roundel
