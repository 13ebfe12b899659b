#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/registry.h"
#include "models/generalist.h"

namespace roundel {

/// What a person should know of a generalist before choosing it.
struct GeneralistFacts {
  std::string name;
  std::string architecture;  ///< what it is built from
  std::string goodFor;       ///< a sentence
  std::string licence;       ///< of its code and weights
  std::string location;      ///< where its weights lie; "built in" where it has none
};

/// All generalists that are ready to be used, by name.
Registry<Generalist> generalistRegistry();
/// The facts of every member, in the registry's order.
std::vector<GeneralistFacts> generalistFacts();

}  // namespace roundel
