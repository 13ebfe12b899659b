#pragma once
#include <string>
#include <vector>

#include "cli/program.h"

namespace roundel::test {

/// Arguments that make a run tiny: a narrow network, a few steps, pictures of 64 x 32.
std::vector<std::string> tiny();
/// `arguments` and then tiny().
std::vector<std::string> tinyRun(std::vector<std::string> arguments);

/// A study of 14 dental phantoms of 64 x 32 with three classes, imported as COCO and split 4 : 4 : 2 : 4, in `folder`/study; its
/// pictures lie in `folder`/phantoms. Returns the study's path.
std::string makeStudy(const TempFolder& folder);

/// A finished run r0001 (sam-carries-the-burden, one round, seed 1, control arm) in a study of its own. Made once for all tests
/// of this build and copied for each.
std::string finishedStudy(const TempFolder& folder);

/// Round by round the stages with their hashes, and the weights: what two runs of one plan share.
Json identity(const fs::path& runFolder);

/// A PNG file of 8-bit grey values.
void writeGreyPng(const fs::path& file, int width, int height, const std::vector<std::uint8_t>& grey);

}  // namespace roundel::test
