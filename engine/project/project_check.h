#pragma once
#include <string>
#include <vector>

#include "core/job.h"
#include "project/project.h"

namespace roundel {

/// Problem: a run would go wrong or be wrong. Notice: worth knowing.
enum class FindingLevel { Problem, Notice };

struct Finding {
  FindingLevel level = FindingLevel::Problem;
  std::string code;            ///< a stable word: "image-missing", "image-changed", "size-mismatch", "class-unused" ...
  std::string caseName = {};   ///< empty: not about one case
  std::string className = {};  ///< empty: not about one class
  std::string message;         ///< a sentence
};

/// Whether recorded hashes of image files are compared, which reads every file.
enum class HashCheck { Skip, Compare };

/// Looks for everything that would make a run fail or lie: damaged database, images gone or changed, labels of another size
/// than their image, classes in no case, cases without labels, patients on two sides of a split.
std::vector<Finding> checkProject(const Project& project, HashCheck hashes, Job& job);

}  // namespace roundel
