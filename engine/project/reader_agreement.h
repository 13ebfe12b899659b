#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "project/project.h"

namespace roundel {

/// Two labellings of one case.
struct ReaderComparison {
  std::string caseName;
  std::string first, second;  ///< who
  std::string firstWhen, secondWhen;
  std::string session = {};  ///< of a blind re-reading; empty: two versions of the labels, the later one made in sight of the earlier
  std::vector<std::optional<double>> dice = {};  ///< one a class; empty where one of both said nothing of it, or both that it is absent
  std::optional<double> mean = {};               ///< over those

  bool sameReader() const { return first == second; }  ///< intra-reader, else inter-reader
  bool blind() const { return !session.empty(); }
};

/// Finished cases (labelled, not excluded) in an order that is a function of the seed, at most `count`.
std::vector<std::string> drawForReading(const Project& project, int count, std::uint64_t seed);

/// Every reading against the version it was read against, and of every case that several people labelled the newest version of each against
/// the others'. By case.
std::vector<ReaderComparison> readerComparisons(const Project& project);

/// Mean over cases of one kind.
struct ReaderAgreement {
  int cases = 0;
  std::vector<std::optional<double>> dice = {};  ///< one a class
  std::optional<double> mean = {};               ///< of the cases' means
};
enum class ReaderPair { Intra, Inter };
ReaderAgreement agreementOf(const std::vector<ReaderComparison>& comparisons, ReaderPair pair, int classCount);

}  // namespace roundel
