#pragma once
#include <QImage>
#include <QPointer>
#include <QWidget>

#include "core/json.h"
#include "ui/docks/review_marks.h"
#include "ui/machine_labels.h"
#include "ui/view_area.h"

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
class ServeClient;

/// After a round: the machine's labels, those first that most deserve a look, case by case and class by class; seen over the picture with
/// the prompts that made them, the round before and the network's uncertainty; decided with one key each.
class ReviewDock : public QWidget {
  Q_OBJECT

 public:
  ReviewDock(Document& document, ViewArea& area, ServeClient& serve, QWidget* parent = nullptr);
  ~ReviewDock() override;
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
  /// Prompts as the run asked with, and the machine's labels that came of them, in place of those that a person moved.
  void takePromptsBack();
  const std::vector<MachineLabel>& shownLabels() const { return m_shown; }
  const ReviewMarks& marks() const { return m_marks; }

 Q_SIGNALS:
  void notice(const QString& sentence);
  void decided();
  void answered();  ///< to prompts that were moved

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
  void showMarks();
  void askAgain(int classIndex, const PromptMarks& marks);
  void takeAnswer(int classIndex, const Json& message);
  /// What a person decided on this case with prompts of their own.
  void layDecidedLabels();
  Decision decisionOn(std::size_t classIndex, Verdict verdict) const;
  const MachineSource* source() const;
  /// Index of the study's class; -1: it has none of that name.
  int classIndex(std::size_t ofRound) const;

  Document& m_document;
  ViewArea& m_area;
  QPointer<ViewArea> m_pictures;  ///< the area, as long as it is there
  ServeClient& m_serve;
  QLabel *m_state, *m_trust;
  QToolButton *m_how, *m_back;
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
  ReviewMarks m_marks;
  int m_question = 0;  ///< goes on where a case is left: an answer to an earlier one is passed over
};

}  // namespace roundel
