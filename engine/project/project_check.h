#pragma once
#include <functional>
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

/// Opens a case's image as a run would and tells its size. Throws Error(BadInput, ...) where it cannot be used.
using CaseOpener = std::function<Size(const Case&)>;

/// Looks for everything that would make a run fail or lie: damaged database, images gone, changed or (with `open`) not readable,
/// labels of another size than their image, classes in no case, cases without labels, patients on two sides of a split.
std::vector<Finding> checkProject(const Project& project, HashCheck hashes, Job& job, const CaseOpener& open = {});

}  // namespace roundel
