#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "fabric/child.h"
#include "fabric/fabric.h"
#include "fabric/meeting.h"
#include "fabric/rank_place.h"

namespace roundel::cli {

/// Flags of the verbs whose trainings several ranks can share.
struct RankFlags {
  std::string devices;  ///< "cuda:0,cuda:1"; empty: none said
  int port = 0;         ///< --ranks-port

  void declare(CLI::App& app, const std::string& devicesSentence);
  /// The devices one by one. Throws Error(Usage, "bad-device") on an empty entry.
  std::vector<std::string> list() const;
};

/// Threads for each of so many processes that share this machine's cores; `asked`: --threads of all, 0: all cores.
int threadsEach(int asked, std::size_t processes);

/// The processes (docs/DISTRIBUTED.md) that carry out a verb together: those that torchrun, mpirun or srun started, or children of this
/// one, one for each of several devices; or this one alone.
class Ranks {
 public:
  /// Who was started as a rank meets the others here. `children`: whether several devices mean several ranks.
  Ranks(const std::string& verb, const RankFlags& flags, Context& context, bool children);
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  const std::shared_ptr<Fabric>& fabric() const { return m_fabric; }
  /// Of this rank.
  const std::string& device() const { return m_device; }
  int threads() const { return m_threads; }

  /// Does the work. What it throws ends the other ranks, with that sentence.
  Outcome carryOut(const std::function<Outcome()>& work) const;

 private:
  void startChildren(const std::vector<std::string>& devices, MeetingOptions meeting);

  std::vector<std::unique_ptr<Child>> m_children;
  std::shared_ptr<Fabric> m_fabric;
  std::string m_device;
  int m_threads = 0;
};

/// Whether this process was started as a rank other than the first: it tells people nothing.
bool isFurtherRank();

}  // namespace roundel::cli
