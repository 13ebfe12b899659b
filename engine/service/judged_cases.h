#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "imaging/decode_client.h"
#include "rounds/judged_case.h"
#include "service/service_options.h"

namespace roundel {

/// The case of a run's round that was asked about last stays open, so that moving a prompt once more costs the answer alone. For the thread
/// that computes.
class JudgedCases {
 public:
  explicit JudgedCases(const ServiceOptions& options);

  /// Throws Error(BadInput, "unknown-run") and what JudgedCase does.
  const JudgedCase& open(const std::filesystem::path& project, const std::string& run, int round, const std::string& caseName, Job& job);

 private:
  const ServiceOptions& m_options;
  DecodeClient m_client;
  std::string m_which;
  std::unique_ptr<const JudgedCase> m_case;
};

}  // namespace roundel
