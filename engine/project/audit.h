#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"

namespace roundel {

/// One change of a project. Entries are only ever appended; each carries the hash of the one before.
struct AuditEntry {
  std::int64_t number = 0;  ///< 1, 2, ...
  std::string when;         ///< UTC, ISO 8601
  std::string who;
  std::string action;  ///< "project created", "cases added", "labels added", "classes set", "split saved" ...
  Json details = Json::object();
  std::string previous;  ///< hash of the entry before; 64 zeros for the first
  std::string hash;      ///< SHA-256 over all of the above
};

/// The hash that the entry should have.
std::string auditHash(const AuditEntry& entry);

/// The first thing that `verify` found wrong.
struct AuditFault {
  std::int64_t entry = 0;  ///< number of the first broken entry; 0: the fault is not in the chain
  std::string caseName;    ///< empty: not about a case
  std::string message;     ///< a sentence
};

struct AuditReport {
  std::int64_t entries = 0;
  std::int64_t labelVersions = 0;
  std::string head;                ///< hash of the last entry: write it down to be able to prove later that nothing was cut off
  std::vector<AuditFault> faults;  ///< chain first, in order; at most 100
};

}  // namespace roundel
