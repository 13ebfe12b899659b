#pragma once
#include <QObject>
#include <vector>

class QFrame;
class QLabel;
class QMainWindow;
class QPushButton;

namespace roundel {

class Document;
class PromptTool;
class ToolBox;
class ViewArea;

/// A walk through the window in a few steps, on the study of phantoms: each step says one thing, rings the place and goes on by itself when
/// a person has done it. Nothing is locked meanwhile, and it can be ended at any time.
class Tour : public QObject {
  Q_OBJECT

 public:
  Tour(QMainWindow& window, Document& document, ViewArea& area, ToolBox& tools, PromptTool& prompt);
  ~Tour() override;

  void start();
  void end();
  bool running() const { return m_step >= 0; }
  int step() const { return m_step; }  ///< from 0; -1: not running
  int steps() const;
  /// Whether it was shown before, to this user.
  static bool seen();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  /// What a step waits for; a person may go on without it.
  enum class Deed { None, CaseOpened, WindowChanged, BrushTaken, Painted, Undone, Prompted };
  struct Step {
    QString title, text, place;  ///< place: object name of the widget that is ringed
    Deed deed = Deed::None;
  };
  std::vector<Step> script() const;
  void go(int step);
  void done(Deed deed);
  void arrange();

  QMainWindow& m_window;
  Document& m_document;
  std::vector<Step> m_steps;
  int m_step = -1;
  QFrame* m_panel;
  QWidget* m_ring;
  QLabel* m_title;
  QLabel* m_text;
  QLabel* m_count;
  QPushButton* m_back;
  QPushButton* m_next;
};

}  // namespace roundel
