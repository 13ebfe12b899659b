#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rounds/labeller.h"
#include "rounds/study_data.h"

namespace roundel {

/// A picture that a round of a run labelled by itself, taken up once more: what would its generalists have answered to other prompts?
/// They are asked as the run asked them, its adapted weights and the specialist's soft mask included. Reads the run's folder and writes
/// nothing but embeddings.
class JudgedCase {
 public:
  struct Place {
    std::filesystem::path runFolder;
    int round = 1;
    std::string caseName;
  };
  /// What a person changed. What is left out stays as the run asked.
  struct Change {
    std::optional<PromptBox> box = {};
    std::vector<PromptPoint> points = {};  ///< all of one kind (inside, outside) take the place of the run's of that kind
  };

  /// Opens the image and makes its embedding. Throws Error(BadInput, "no-predictions" | "not-2d" | "no-generalist").
  JudgedCase(const Place& place, ImageLoader loader, const std::string& device, int threads, Job& job);

  const LabelSet& classes() const { return m_plan.classes; }
  /// The generalists' answer, however far it is from the specialist's mask: a person said so. Origin `Moved`, nothing estimated. Where the
  /// box was moved the specialist's mask counts inside it alone, and not at all where it has nothing there. Throws Error(BadInput,
  /// "empty-prompt") where the run asked nothing and the change says nothing, and what the generalists throw.
  ClassPseudoLabel askedAgain(int classIndex, const Change& change, Job& job) const;

 private:
  RunPlan m_plan;
  StudyData m_data;
  std::unique_ptr<const Labeller> m_labeller;
  Prediction m_prediction;  ///< on the specialist's grid
  CleanedCase m_cleaned;
  std::vector<ClassPrompts> m_prompts;  ///< on the image's grid
  Size m_imageSize;
  std::vector<std::shared_ptr<const Embedding>> m_embeddings;
};

}  // namespace roundel
