#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/json.h"
#include "fabric/wire.h"
#include "rounds/run_context.h"

namespace roundel {

/// Processes that carry out pieces of a run that do not depend on one another (rounds/run_orders.h), one on each of several devices. Each
/// piece gives the numbers that it gives on such a device alone, with as many threads; who does which decides nothing.
///
/// They are children of this process and die with it. Their progress, warnings and log lines go on as if the work were done here.
class Crew {
 public:
  /// `threads`: of each. Nothing is started yet.
  Crew(std::vector<std::string> devices, int threads, Reuse reuse);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  std::size_t size() const { return m_devices.size(); }
  const std::vector<std::string>& devices() const { return m_devices; }

  /// Returns once all are done. A wish to stop goes on to every one of them, and ends this with Cancelled when they have stopped. What one
  /// throws stops the others and is thrown here; a process that dies is Error(Resource, "worker-lost") with how it ended.
  void carryOut(std::vector<Json> orders, Job& job);

 private:
  struct Worker;
  class Shift;
  std::vector<std::string> m_devices;
  int m_threads;
  Reuse m_reuse;
  std::vector<std::unique_ptr<Worker>> m_workers;
};

/// What a child of a Crew does until its parent closes the wire.
void workForCrew(Wire wire, const std::function<void(const Json& order, Job& job)>& carryOut);

}  // namespace roundel
