#pragma once
#include <QWidget>

#include "core/param_spec.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace roundel {

class ParamForm;

/// What the tool in hand does, its parameters as a form, and where it may paint.
class ToolDock : public QWidget {
  Q_OBJECT

 public:
  explicit ToolDock(QWidget* parent = nullptr);
  void show(const QString& name, const QString& sentence, const std::vector<ParamSpec>& specs, const Json& values);
  /// Buttons for tools that show first what they would do.
  void setPreview(bool possible, bool ready);
  void setBusy(bool busy);
  void setHint(const QString& text);
  /// Whether where it paints matters to the tool.
  void setPaints(bool paints);
  ParamForm& form() { return *m_form; }

 Q_SIGNALS:
  void edited();
  void previewWanted();
  void applyWanted();
  void discardWanted();
  void paintOverChanged(int over);

 private:
  QLabel* m_name;
  QLabel* m_sentence;
  QLabel* m_hint;
  ParamForm* m_form;
  QWidget* m_overRow;
  QComboBox* m_over;
  QPushButton* m_preview;
  QPushButton* m_apply;
  QPushButton* m_discard;
  QProgressBar* m_busy;
};

}  // namespace roundel
