#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/annotation.h"

namespace roundel {

/// A finished case that was labelled once more without its labels in sight, to see how far readers agree with themselves and with each
/// other. Kept beside the label versions: it never becomes the case's labels.
struct Reading {
  std::int64_t id = 0;
  std::int64_t caseId = 0;
  std::int64_t against = 0;  ///< the label version that was the newest when it was read
  std::string session;       ///< which re-reading it belongs to; within one the newest of a case and reader counts
  std::string who;
  std::string when;  ///< UTC
  std::string hash;  ///< contentHash of the labels
};

/// A reading that is about to be stored.
struct NewReading {
  std::int64_t caseId = 0;
  std::int64_t against = 0;
  std::string session;
  Annotation annotation;
  std::string who = {};  ///< empty: who opened the project
};

}  // namespace roundel
