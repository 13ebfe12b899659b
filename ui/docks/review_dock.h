#pragma once
#include <QWidget>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/annotation.h"
#include "core/prompt.h"
#include "project/decision.h"

class QComboBox;
class QLabel;
class QPushButton;
class QTableWidget;

namespace roundel {

class Document;
class ViewArea;

/// The machine's label of one class in one case, as a run's folder tells it.
struct MachineLabel {
  Mask mask, cleaned;
  std::vector<Prompt> prompts;
  std::optional<double> estimatedDice, agreement;
  Verdict verdict = Verdict::Review;
};

struct MachineCase {
  std::string name;
  std::filesystem::path file;
  std::vector<std::string> classes;              ///< names, in the run's order
  std::vector<std::optional<double>> estimates;  ///< of those that were found
  double estimated = -1, agreement = -1;         ///< means; below 0: not known
  int accepted = 0, review = 0, rejected = 0;
};

/// After a round: the machine's labels, those first that most deserve a look; seen over the picture, decided with one key each.
class ReviewDock : public QWidget {
  Q_OBJECT

 public:
  ReviewDock(Document& document, ViewArea& area, QWidget* parent = nullptr);
  void refresh();
  int caseCount() const { return static_cast<int>(m_cases.size()); }
  /// Row of the table: opens the case and lays the machine's labels over it.
  void show(int row);
  /// Takes the shown labels over as labels of the case, one step each class that was not labelled by a person.
  void acceptAsLabels();
  void decide(Verdict verdict);

 Q_SIGNALS:
  void notice(const QString& sentence);

 private:
  void readRound(const std::filesystem::path& runFolder);
  void fill();
  void overlay();

  Document& m_document;
  ViewArea& m_area;
  QLabel* m_state;
  QTableWidget* m_table;
  QComboBox* m_what;
  QPushButton *m_labels, *m_accept, *m_reject, *m_later;
  std::string m_run;
  int m_round = 0;
  std::vector<MachineCase> m_cases;
  int m_row = -1;
  std::vector<MachineLabel> m_shown;
  std::vector<std::string> m_shownClasses;
};

}  // namespace roundel
