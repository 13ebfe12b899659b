#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.h"
#include "core/image.h"
#include "core/mask.h"
#include "project/project.h"

namespace roundel::cli {

/// Flags of `generalist score`.
struct ScoreFlags {
  std::string project;
  std::vector<std::string> generalists;
  std::vector<std::string> askings;
  std::vector<std::string> settings;
  int validation = 20;  ///< cases kept apart for choosing among variants
  std::string part = "others";
  std::uint64_t splitSeed = 20;
  std::uint64_t seed = 42;
  int cases = 0;  ///< at most; 0: all of the part

  void declare(CLI::App& app);
};

/// A labelled picture with the masks of its classes, in the study's order; those without pixels are empty.
struct LabelledPicture {
  std::string name;
  Image image;
  std::vector<Mask> truth;
};

/// The pictures of these cases. What cannot be opened is left out and named; throws Error(BadInput, "no-labels") where nothing is left.
std::vector<LabelledPicture> labelledPictures(const Project& project, const std::vector<Case>& cases, std::vector<Warning>& warnings,
                                              Context& context);

Outcome scoreGeneralists(const ScoreFlags& flags, Context& context);

}  // namespace roundel::cli
