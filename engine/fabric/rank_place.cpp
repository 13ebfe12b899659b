#include "fabric/rank_place.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

constexpr int kMostRanks = 4096;

/// The names that one kind of launcher uses.
struct Convention {
  const char* launcher;
  const char *rank, *size, *localRank, *localSize;
  const char* job[3];  ///< names whose values tell one start from another
};

/// What this program sets for its own children.
constexpr Convention kRoundel{"roundel", "ROUNDEL_RANK", "ROUNDEL_RANKS", "ROUNDEL_RANK", "ROUNDEL_RANKS", {nullptr, nullptr, nullptr}};
constexpr Convention kTorchrun{"torchrun",         "RANK",
                               "WORLD_SIZE",       "LOCAL_RANK",
                               "LOCAL_WORLD_SIZE", {"TORCHELASTIC_RUN_ID", "MASTER_PORT", "TORCHELASTIC_RESTART_COUNT"}};
constexpr Convention kOpenMpi{"mpirun",
                              "OMPI_COMM_WORLD_RANK",
                              "OMPI_COMM_WORLD_SIZE",
                              "OMPI_COMM_WORLD_LOCAL_RANK",
                              "OMPI_COMM_WORLD_LOCAL_SIZE",
                              {"PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid", nullptr}};
constexpr Convention kPmi{"mpirun", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS", {"PMI_PORT", "HYDI_CONTROL_FD", nullptr}};
constexpr Convention kSlurm{"srun",          "SLURM_PROCID", "SLURM_STEP_NUM_TASKS",
                            "SLURM_LOCALID", nullptr,        {"SLURM_JOB_ID", "SLURM_STEP_ID", nullptr}};

[[noreturn]] void bad(const std::string& sentence) {
  throw Error(ErrorKind::Usage, "bad-ranks", sentence,
              {.remedy = "Start all ranks with torchrun, mpirun or srun, or unset these variables for one process alone."});
}

int numberIn(const std::string& name, const std::string& text) {
  int value = -1;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < 0 || value > kMostRanks)
    bad("The environment says " + name + "=" + sanitisedUtf8(text) + ", which is no number of a rank.");
  return value;
}

std::optional<int> number(const EnvironmentLookup& lookup, const char* name) {
  const auto text = name ? lookup(name) : std::nullopt;
  if (!text || text->empty()) return std::nullopt;
  return numberIn(name, *text);
}

std::string jobOf(const EnvironmentLookup& lookup, const Convention& by) {
  std::string job = by.launcher;
  bool told = false;
  for (const char* name : by.job)
    if (const auto value = name ? lookup(name) : std::nullopt) job += " " + *value, told = true;
  return told ? job : job + " " + std::to_string(::getsid(0));  // ranks that are started by hand come from one terminal
}

/// What the launcher's variables say; nothing where it sets none.
std::optional<RankPlace> placeBy(const EnvironmentLookup& lookup, const Convention& by) {
  const auto rank = number(lookup, by.rank), size = number(lookup, by.size);
  if (!rank && !size) return std::nullopt;
  if (!rank || !size)
    bad(std::string("The environment says ") + (rank ? by.rank : by.size) + " but not " + (rank ? by.size : by.rank) +
        ": it is not known which of how many ranks this is.");
  if (*size < 1 || *rank >= *size)
    bad(std::string("The environment says ") + by.rank + "=" + std::to_string(*rank) + " and " + by.size + "=" + std::to_string(*size) +
        ": ranks count from 0 and stay below their number.");
  RankPlace place{.rank = *rank, .size = *size, .localRank = *rank, .localSize = *size, .launcher = by.launcher};
  place.localRank = number(lookup, by.localRank).value_or(*rank);
  place.localSize = number(lookup, by.localSize).value_or(*size);
  if (place.localSize < 1 || place.localSize > place.size || place.localRank >= place.localSize || place.localRank > place.rank)
    bad(std::string("The environment says ") + by.localRank + "=" + std::to_string(place.localRank) +
        (by.localSize ? std::string(" and ") + by.localSize + "=" + std::to_string(place.localSize) : "") + ", which does not fit " +
        by.rank + "=" + std::to_string(place.rank) + " and " + by.size + "=" + std::to_string(place.size) + ".");
  place.job = jobOf(lookup, by);
  place.address = lookup("MASTER_ADDR").value_or("");
  return place;
}

/// Slurm says how many tasks each machine has as "2(x3),1": those of this machine.
int tasksHere(const EnvironmentLookup& lookup, int size) {
  const std::string text = lookup("SLURM_STEP_TASKS_PER_NODE").value_or("");
  const int node = number(lookup, "SLURM_NODEID").value_or(0);
  int seen = 0;
  const char *at = text.data(), *const end = at + text.size();
  while (at < end) {
    int tasks = 0, times = 1;
    at = std::from_chars(at, end, tasks).ptr;
    if (end - at > 2 && at[0] == '(' && at[1] == 'x') at = std::from_chars(at + 2, end, times).ptr + 1;
    seen += times;
    if (node < seen) return tasks;
    if (at >= end || *at != ',') break;
    ++at;
  }
  return size;
}

std::optional<RankPlace> placeBySlurm(const EnvironmentLookup& lookup) {
  // A batch script has SLURM_PROCID=0 and the number of tasks of the whole job, but is one process: only srun makes steps with numbers.
  const std::string step = lookup("SLURM_STEP_ID").value_or("");
  std::uint32_t id = 0;
  if (const auto parsed = std::from_chars(step.data(), step.data() + step.size(), id); parsed.ec != std::errc() || id > 0xffff0000u)
    return std::nullopt;
  const auto filled = [&](const std::string& name) -> std::optional<std::string> {
    if (name == kSlurm.size && !lookup(name)) return lookup("SLURM_NTASKS");
    return lookup(name);
  };
  auto place = placeBy(filled, kSlurm);
  if (!place) return place;
  place->localSize = std::min(place->size, tasksHere(lookup, place->size));
  if (place->localRank >= place->localSize) bad("The environment's SLURM_LOCALID does not fit SLURM_STEP_TASKS_PER_NODE.");
  return place;
}

}  // namespace

std::optional<std::string> environmentVariable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

RankPlace rankPlace(const EnvironmentLookup& lookup) {
  const auto ours = placeBy(lookup, kRoundel);
  if (ours) return *ours;
  const auto torchrun = placeBy(lookup, kTorchrun), openMpi = placeBy(lookup, kOpenMpi);
  auto pmi = placeBy(lookup, kPmi);
  // srun can speak PMI, too; only a launcher of MPI says which ranks are neighbours.
  if (pmi && !lookup(kPmi.localRank))
    if (auto slurm = placeBySlurm(lookup); slurm && slurm->rank == pmi->rank && slurm->size == pmi->size) pmi = slurm;
  const auto agree = [](const std::optional<RankPlace>& a, const std::optional<RankPlace>& b) {
    if (a && b && (a->rank != b->rank || a->size != b->size))
      bad("Two launchers contradict each other in the environment: rank " + std::to_string(a->rank) + " of " + std::to_string(a->size) +
          ", and rank " + std::to_string(b->rank) + " of " + std::to_string(b->size) + ".");
  };
  agree(torchrun, openMpi), agree(torchrun, pmi), agree(openMpi, pmi);
  // What was started inside of a Slurm step by another launcher is that launcher's: Slurm knows of the launcher alone.
  for (const std::optional<RankPlace>* one : {&torchrun, &openMpi, &std::as_const(pmi)})
    if (*one) return **one;
  return placeBySlurm(lookup).value_or(RankPlace{});
}

int coresOfRank(const RankPlace& place, int available, int ofMachine) {
  return available < ofMachine ? available : std::max(1, available / place.localSize);
}

}  // namespace roundel
