#pragma once
#include <QMainWindow>
#include <memory>

#include "ui/document.h"
#include "ui/theme.h"
#include "viewer/slice_view.h"

class QLabel;
class QMenu;
class QSlider;
class QStackedWidget;
class QToolButton;

namespace roundel {

class ActionTable;
class CaseDock;
class ClassDock;
class NoticeBar;
class PromptTool;
class ReviewDock;
class RunDock;
class ServeClient;
class ToolBox;
class ToolDock;
class Tour;
class ViewArea;

/// The window: cases on the left, pictures in the middle, classes, tool, steps and the study's runs on the right.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  MainWindow();
  ~MainWindow() override;

  bool openStudy(const QString& folder);
  Document& document() { return m_document; }
  ViewArea& area() { return *m_area; }
  ToolBox& tools() { return *m_tools; }
  ActionTable& actions() { return *m_actions; }
  NoticeBar& noticeBar() { return *m_notice; }
  PromptTool& prompt() { return *m_prompt; }
  Tour& tour() { return *m_tour; }
  RunDock& runs() { return *m_runs; }
  ReviewDock& review() { return *m_review; }
  void setTheme(Theme theme);

 protected:
  void closeEvent(QCloseEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QWidget* makeStart();
  void makeDocks();
  void makeStatusBar();
  void makeFileActions();
  void makeViewActions();
  void makeLabelActions();
  void makeToolActions();
  void makeReviewActions();
  void makeMenus();
  void makeToolBar();
  void reread();
  void newStudy(const QString& source = {});
  void keepLabelsBack();
  void askForStudy();
  void addImages();
  void editClasses();
  void markExcluded();
  void showRecent(QMenu* menu);
  void updateState();
  void showProbe(const std::optional<std::array<std::int64_t, 3>>& index);
  void showWindow();
  void invert();
  void turn(int quarterTurns, bool flipHorizontal, bool flipVertical);
  void resetDisplay();
  void fillWindowMenu();
  void askForDevice();
  void setLanguage(const QString& language);

  Document m_document;
  QStackedWidget* m_middle;
  ViewArea* m_area;
  ActionTable* m_actions;
  NoticeBar* m_notice;
  CaseDock* m_cases;
  ClassDock* m_classes;
  ToolDock* m_toolDock;
  RunDock* m_runs;
  ServeClient* m_serve;
  ReviewDock* m_review;
  PromptTool* m_prompt;
  ToolBox* m_tools;
  Tour* m_tour = nullptr;
  QMenu* m_windowMenu = nullptr;
  QMenu* m_toolMenu = nullptr;
  QLabel* m_probe;
  QLabel* m_window;
  QLabel* m_zoom;
  QLabel* m_waiting;
  QToolButton* m_device;
  QWidget* m_recent = nullptr;
};

/// What has to be settled before there is a QApplication: the OpenGL of its windows.
void prepareGraphics();
/// A language's translation, installed in the running program; "system" follows the session.
void installLanguage(const QString& language);

}  // namespace roundel
