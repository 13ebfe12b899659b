#pragma once
#include <string>
#include <vector>

#include "cli/command.h"
#include "project/project.h"

namespace roundel::cli {

struct VolumeRequest {
  std::string out, split;
  std::vector<std::string> settings;  ///< key=value of volumePreparationParams()
};

/// Writes a prepared study of volumes (train/prepared_study.h).
Outcome prepareVolumes(const Project& project, const VolumeRequest& request, Context& context);

}  // namespace roundel::cli
