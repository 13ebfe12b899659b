#pragma once
#include <functional>
#include <optional>
#include <string>

namespace roundel {

/// Which of several processes this one is, as whoever started them says in the environment.
struct RankPlace {
  int rank = 0, size = 1;            ///< of all
  int localRank = 0, localSize = 1;  ///< of those on this machine
  std::string launcher = {};         ///< "torchrun", "mpirun", "srun", "roundel"; empty: nobody, this process is alone
  std::string job = {};              ///< what all ranks of this start share, and no other start of this user on this machine
  std::string address = {};          ///< of rank 0's machine; empty: not said

  bool alone() const { return size == 1; }
  bool severalMachines() const { return localSize < size; }
};

/// An environment variable by its name.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;
/// This process's own.
std::optional<std::string> environmentVariable(const std::string& name);

/// Reads what torchrun (RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR), Open MPI (OMPI_COMM_WORLD_*), MPICH and Intel MPI
/// (PMI_*, MPI_LOCAL*) and Slurm's srun (SLURM_PROCID ...) set. Of Slurm only inside a step: the variables of a batch script describe no
/// rank. Throws Error(Usage, "bad-ranks") where only half is set, where numbers do not fit each other, or where two launchers contradict.
RankPlace rankPlace(const EnvironmentLookup& lookup = environmentVariable);

/// Cores for this rank: those it may run on, shared with its neighbours unless the launcher gave it cores of its own.
int coresOfRank(const RankPlace& place, int available, int ofMachine);

}  // namespace roundel
