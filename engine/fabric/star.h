#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "fabric/fabric.h"
#include "fabric/wire.h"

namespace roundel {

/// A rank that rank 0 talks to.
struct Leaf {
  Wire wire;
  std::string name = {};  ///< where it runs: host and process
};

/// What a star does beside its work.
struct StarOptions {
  /// Rank 0 alone: what is known of how the process of a rank ended ("it was ended by signal 9 (Killed)"); empty: nothing.
  std::function<std::string(int rank)> obituary = {};
  /// Called from a thread of its own where a rank was lost and this one did not notice within `grace`, because it computes: the last
  /// resort of whoever must end. Null: nothing.
  std::function<void(const Error&)> lastResort = {};
  std::chrono::milliseconds grace = std::chrono::seconds(20);
};

/// Rank 0 with everybody else at the other end of a wire, rank 1 first. What it is told it adds up and tells on, so that it knows who died
/// and no rank needs a wire to another.
std::unique_ptr<Fabric> starCentre(std::vector<Leaf> leaves, StarOptions options = {});
/// Any other rank.
std::unique_ptr<Fabric> starLeaf(Wire centre, int rank, int size, StarOptions options = {});

}  // namespace roundel
