#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/registry.h"
#include "models/generalist.h"

namespace roundel {

/// What a person should know of a generalist before choosing it.
struct GeneralistFacts {
  std::string name;
  std::string architecture;  ///< what it is built from
  std::string goodFor;       ///< a sentence
  std::string licence;       ///< of its code and weights
  bool nonCommercial = false;
  std::string location;         ///< where its weights lie; "built in" where it has none
  std::string sha256 = {};      ///< of its weights' file, else of its settings
  std::string recognised = {};  ///< the publisher's name of its weights; empty: none or not known
  GeneralistTraits traits = {};
  bool brought = false;  ///< a person took its weights in; else it comes with Roundel
};

/// All generalists that are ready to be used, by name: those that need no weights, those that come with Roundel
/// (models/generalists/shipped_models.h), and the weights that were brought
/// (models/generalists/model_folder.h), which compute on `device`: auto | cpu | cuda:N, with `threads`
/// (0: as many as the program has chosen before). With the folder of a study, those adapted to it too, last.
Registry<Generalist> generalistRegistry(const std::string& device = "auto", int threads = 0, const std::filesystem::path& study = {});
/// The facts of every member, in the registry's order. A model whose description cannot be read is left out and named.
std::vector<GeneralistFacts> generalistFacts(std::vector<Warning>* warnings = nullptr);

}  // namespace roundel
