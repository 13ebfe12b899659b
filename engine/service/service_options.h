#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "imaging/decode_client.h"
#include "refine/builtin_generalists.h"
#include "service/service_limits.h"

namespace roundel {

/// What a session is given.
struct ServiceOptions {
  std::string version = {};  ///< of the program
  int input = 0;
  int output = 1;
  std::string device = "auto";
  int threads = 0;
  std::function<bool()> stopRequested = [] { return false; };  ///< SIGINT or SIGTERM was seen
  /// Asked anew each time, because weights may be brought and removed meanwhile.
  std::function<Registry<Generalist>()> generalists = [] { return generalistRegistry(); };
  std::function<std::vector<GeneralistFacts>()> facts = [] { return generalistFacts(); };
  DecodeClientOptions decoder = {};
  std::filesystem::path folderParent = {};  ///< of the session's folder; empty: the system's for temporary files
  ServiceLimits limits = {};
};

}  // namespace roundel
