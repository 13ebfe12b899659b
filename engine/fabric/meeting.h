#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include "fabric/fabric.h"
#include "fabric/rank_place.h"
#include "fabric/star.h"

namespace roundel {

/// How ranks that were started apart find each other.
struct MeetingOptions {
  /// 0: all ranks are on one machine, and meet at a socket in a folder of the user's own, where nobody else can connect. Else the TCP port
  /// of rank 0's machine (RankPlace::address) at which ranks of several machines meet. Whoever reaches that port can take part: there are
  /// no keys, and what travels is not encrypted.
  int port = 0;
  std::chrono::milliseconds limit = std::chrono::minutes(2);  ///< for all to arrive
  std::function<bool()> stop = {};                            ///< the wish to stop waiting
  std::filesystem::path folder = {};                          ///< of the socket; empty: $XDG_RUNTIME_DIR, or /tmp/roundel-UID
  StarOptions star = {};
};

/// The fabric of this place; of a place alone one that does nothing, without a socket.
/// Throws Error(Usage, "several-machines") where ranks are on several machines and no port was said, Error(Resource, "ranks-missing")
/// where somebody does not arrive, Error(BadInput, "ranks-differ") where ranks are of other builds of the program, Cancelled.
std::unique_ptr<Fabric> meet(const RankPlace& place, const MeetingOptions& options = {});

/// Rank 0 and wires on which the others will introduce themselves: those of its own child processes, rank 1 first.
std::unique_ptr<Fabric> meetChildren(std::vector<Wire> wires, const MeetingOptions& options = {});
/// A child with the wire that it was given.
std::unique_ptr<Fabric> meetParent(Wire wire, const RankPlace& place, const MeetingOptions& options = {});

}  // namespace roundel
