#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/job.h"

namespace roundel {

enum class SplitPart { Labelled, Unlabelled, Validation, Test };

std::string toString(SplitPart part);
/// Throws Error(Usage, "unknown-split").
SplitPart splitPartFromString(const std::string& text);

/// Whether all cases of a patient stay on one side.
enum class SplitGrouping { ByPatient, None };

/// Which cases a study learns from, with and without their labels, and which it is measured on. Explicit: lists of case names.
///
/// The order matters: the first n of `labelled` are the nested subset of n cases (see labelledSubset).
struct Split {
  std::string name = "main";
  std::uint64_t seed = 0;
  SplitGrouping grouping = SplitGrouping::ByPatient;
  std::vector<std::string> labelled = {};
  std::vector<std::string> unlabelled = {};
  std::vector<std::string> validation = {};
  std::vector<std::string> test = {};

  const std::vector<std::string>& part(SplitPart which) const;
  std::vector<std::string>& part(SplitPart which);
  bool operator==(const Split&) const = default;
};

/// What a split asks of one part.
struct PartRequest {
  enum class Kind { None, Count, List, Rest };
  Kind kind = Kind::None;
  int count = 0;                        ///< Count only
  std::vector<std::string> names = {};  ///< List only: case names, in the order that counts
};

struct SplitRequest {
  std::string name = "main";
  PartRequest labelled, unlabelled, validation, test;
  std::uint64_t seed = 0;
  SplitGrouping grouping = SplitGrouping::ByPatient;
};

/// What drawing a split needs to know of a case.
struct SplitCandidate {
  std::string name;
  std::string patient;     ///< empty: a patient of its own
  bool annotated = false;  ///< its newest label version says something about at least one class
  bool excluded = false;
};

struct DrawnSplit {
  Split split;
  std::vector<Warning> warnings;  ///< e.g. cases left out because their patient is on another side
};

/// Draws a split. Patients are put in an order that depends on the seed and their cases' names alone; test takes from its
/// start, then validation, then labelled (all three from annotated cases), and unlabelled from its end. So the labelled set of
/// 5 is the beginning of the labelled set of 10 of the same seed, and test and validation do not change with it.
/// With ByPatient no patient has cases in two parts; the cases that this costs stay out of the split.
/// Throws Error(BadInput, "not-enough-cases" | "not-annotated" | "case-twice" | "patient-twice" | "unknown-case" | "excluded-case")
/// and Error(Usage, "bad-split").
DrawnSplit drawSplit(const std::vector<SplitCandidate>& candidates, const SplitRequest& request);

/// The same split with only its first `count` labelled cases; the other labelled cases are in no part.
/// Throws Error(BadInput, "not-enough-cases").
Split labelledSubset(const Split& split, int count);

/// A list file: one case a line, by name or by its image file's name; blank lines and lines that begin with # are skipped.
std::vector<std::string> caseListFromText(const std::string& text);

Json toJson(const Split& split);
/// Throws Error(BadInput, "bad-document").
Split splitFromJson(const Json& json);

}  // namespace roundel
