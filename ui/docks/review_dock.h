#pragma once
#include <QImage>
#include <QWidget>

#include "core/json.h"
#include "ui/machine_labels.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QToolButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace roundel {

class Document;
class EngineCommand;
class ViewArea;

/// After a round: the machine's labels, those first that most deserve a look, case by case and class by class; seen over the picture with
/// the prompts that made them, the round before and the network's uncertainty; decided with one key each.
class ReviewDock : public QWidget {
  Q_OBJECT

 public:
  ReviewDock(Document& document, ViewArea& area, QWidget* parent = nullptr);
  void refresh();
  /// What was applied to new images, by its folder's name; or a run's id: its last round.
  void showSource(const QString& title);
  int caseCount() const { return static_cast<int>(m_round.cases.size()); }
  QStringList caseNames() const;
  /// Row of the list: opens the case and lays the machine's labels over it.
  void show(int row);
  /// Takes the shown labels over as labels of the case, one step each class that was not labelled by a person.
  void acceptAsLabels();
  /// On the case, or on the class that is chosen in it.
  void decide(Verdict verdict);
  const Json& calibration() const { return m_calibration; }

 Q_SIGNALS:
  void notice(const QString& sentence);

 private:
  void makeList();
  void makeButtons();
  void read();
  void askForOrder();
  void fill();
  void fillTexts();
  void chosen();
  void open(int row, int classRow);
  void overlay();
  void askForUncertainty();
  void showCalibration();
  const MachineSource* source() const;
  /// Index of the study's class; -1: it has none of that name.
  int classIndex(std::size_t ofRound) const;

  Document& m_document;
  ViewArea& m_area;
  QLabel *m_state, *m_trust;
  QToolButton* m_how;
  QComboBox *m_source, *m_what;
  QCheckBox* m_prompts;
  QTreeWidget* m_list;
  QPushButton *m_labels, *m_accept, *m_reject, *m_later;
  std::vector<MachineSource> m_sources;
  MachineRound m_round;
  Json m_calibration;
  EngineCommand* m_asking = nullptr;
  int m_row = -1, m_class = -1;
  std::vector<MachineLabel> m_shown, m_before;
  QImage m_uncertainty;
};

}  // namespace roundel
