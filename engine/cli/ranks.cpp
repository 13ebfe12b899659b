#include "cli/ranks.h"

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>

#include "cli/document.h"
#include "core/error.h"
#include "core/files.h"
#include "device/device.h"

namespace roundel::cli {
namespace {

/// What this process was started with, the program's name left out.
std::vector<std::string> ownArguments() {
  std::vector<std::string> arguments;
  std::ifstream file("/proc/self/cmdline", std::ios::binary);  // its size is said to be 0
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  for (std::size_t from = text.find('\0') + 1; from != 0 && from < text.size();) {
    const std::size_t to = std::min(text.find('\0', from), text.size());
    arguments.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return arguments;
}

/// A rank was lost, and this one computes too long to notice: the program ends here, as it would have.
void endProgram(const std::string& verb, const Error& error, bool json) {
  if (json) std::fprintf(stdout, "%s\n", toJson(Document{.verb = verb, .error = toJson(error)}).dump(1).c_str());
  std::fprintf(stderr, "roundel: %s\n  %s\n", error.what(), error.details().remedy.c_str());
  std::fflush(nullptr);
  ::_exit(static_cast<int>(error.kind()));
}

/// The device of a rank that another program started.
std::string deviceOfRank(const RankPlace& place, const std::vector<std::string>& devices, const std::string& wish) {
  if (devices.size() > 1) {
    if (static_cast<std::size_t>(place.localSize) > devices.size())
      throw Error(ErrorKind::Usage, "bad-device",
                  "--devices names " + std::to_string(devices.size()) + " devices, and " + std::to_string(place.localSize) +
                      " ranks are on this machine.");
    return devices[static_cast<std::size_t>(place.localRank)];
  }
  if (devices.size() == 1) return devices.front();
  if (wish != "auto") return wish;
  std::vector<std::string> usable;
  for (const auto& one : deviceReport().devices)
    if (one.kind == DeviceKind::Cuda && one.usable) usable.push_back("cuda:" + std::to_string(one.index));
  return usable.empty() ? wish : usable[static_cast<std::size_t>(place.localRank) % usable.size()];
}

}  // namespace

void RankFlags::declare(CLI::App& app, const std::string& devicesSentence) {
  app.add_option("--devices", devices, devicesSentence);
  app.add_option(
         "--ranks-port", port,
         "Ranks on several machines meet at this port of rank 0's machine, without a key (docs/DISTRIBUTED.md); not said: they may not")
      ->check(CLI::Range(1, 65535));
}

std::vector<std::string> RankFlags::list() const {
  std::vector<std::string> names;
  for (std::size_t from = 0; !devices.empty() && from <= devices.size();) {
    const std::size_t to = std::min(devices.find(',', from), devices.size());
    names.push_back(devices.substr(from, to - from));
    if (names.back().empty())
      throw Error(ErrorKind::Usage, "bad-device", "--devices has an empty entry: " + sanitisedUtf8(devices) + ".",
                  {.remedy = "For example: --devices cuda:0,cuda:1"});
    from = to + 1;
  }
  return names;
}

int threadsEach(int asked, std::size_t processes) {
  const int all = asked > 0 ? asked : availableCores();
  return std::max(1, all / static_cast<int>(std::max<std::size_t>(processes, 1)));
}

bool isFurtherRank() { return rankPlace().rank > 0; }

Ranks::Ranks(const std::string& verb, const RankFlags& flags, Context& context, bool children) {
  const auto devices = flags.list();
  const RankPlace place = rankPlace();
  MeetingOptions meeting{.port = flags.port, .stop = stopOf(context.job)};
  meeting.star.lastResort = [verb, json = context.options.json && place.rank == 0](const Error& error) { endProgram(verb, error, json); };
  if (place.launcher == "roundel") {
    m_device = devices.at(static_cast<std::size_t>(place.rank));
    m_threads = threadsEach(context.options.threads, devices.size());
    ::fcntl(kChildWire, F_SETFD, FD_CLOEXEC);  // children of this one shall not keep it open
    m_fabric = meetParent(Wire(kChildWire), place, meeting);
  } else if (!place.alone()) {
    m_device = deviceOfRank(place, devices, context.options.device);
    const auto online = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
    m_threads = context.options.threads > 0 ? context.options.threads : coresOfRank(place, availableCores(), online);
    m_fabric = meet(place, meeting);
    context.job.log("Rank " + std::to_string(place.rank) + " of " + std::to_string(place.size) + ", started by " + place.launcher + ".");
  } else {
    m_device = devices.empty() ? context.options.device : devices.front();
    m_threads = devices.size() > 1 ? threadsEach(context.options.threads, devices.size()) : context.options.threads;
    m_fabric = std::make_shared<Fabric>();
    if (children && devices.size() > 1) startChildren(devices, std::move(meeting));
  }
}

void Ranks::startChildren(const std::vector<std::string>& devices, MeetingOptions meeting) {
  for (const auto& device : devices) chooseDevice(device, m_threads);  // what cannot be used is said before anything starts
  meeting.star.obituary = [this](int rank) {
    return m_children.at(static_cast<std::size_t>(rank - 1))->obituary(std::chrono::milliseconds(1000));
  };
  std::vector<Wire> wires;
  for (std::size_t rank = 1; rank < devices.size(); ++rank) {
    m_children.push_back(std::make_unique<Child>(
        ownArguments(),
        std::map<std::string, std::string>{{"ROUNDEL_RANK", std::to_string(rank)}, {"ROUNDEL_RANKS", std::to_string(devices.size())}}));
    wires.push_back(m_children.back()->takeWire());
  }
  m_fabric = meetChildren(std::move(wires), meeting);
}

Ranks::~Ranks() { m_fabric.reset(); }  // before the children: they are not missed any more

Outcome Ranks::carryOut(const std::function<Outcome()>& work) const {
  try {
    return work();
  } catch (const std::exception& failure) {
    m_fabric->leave(failure.what());
    throw;
  }
}

}  // namespace roundel::cli
