#include "fabric/nccl.h"

#include <dlfcn.h>

#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/error.h"

namespace roundel {
namespace {

// What nccl.h declares, as far as it is used here; the same since NCCL 2.0. (UniqueId is below: g++ 14 breaks on a class with members whose
// types have no linkage, when the file is compiled in a batch.)
constexpr int kFloat32 = 7, kSum = 0, kSuccess = 0;

bool allSay(Fabric& fabric, bool yes) {
  std::vector<float> votes{yes ? 1.0f : 0.0f};
  fabric.allReduce(votes);
  return votes[0] == static_cast<float>(fabric.size());
}

}  // namespace

struct Nccl::Library {
  struct UniqueId {
    char internal[128];
  };
  void* handle = ::dlopen("libnccl.so.2", RTLD_NOW | RTLD_GLOBAL);
  int (*getUniqueId)(UniqueId*) = nullptr;
  int (*commInitRank)(void**, int, UniqueId, int) = nullptr;
  int (*allReduce)(const void*, void*, std::size_t, int, int, void*, void*) = nullptr;
  int (*commDestroy)(void*) = nullptr;
  const char* (*getErrorString)(int) = nullptr;

  Library() {
    if (handle == nullptr) return;
    const auto find = [this](auto& function, const char* name) {
      function = reinterpret_cast<std::decay_t<decltype(function)>>(::dlsym(handle, name));
    };
    find(getUniqueId, "ncclGetUniqueId"), find(commInitRank, "ncclCommInitRank"), find(allReduce, "ncclAllReduce");
    find(commDestroy, "ncclCommDestroy"), find(getErrorString, "ncclGetErrorString");
  }
  bool complete() const { return getUniqueId && commInitRank && allReduce && commDestroy && getErrorString; }
};

Nccl::Nccl(std::shared_ptr<const Library> library, void* group) : m_library(std::move(library)), m_group(group) {}

Nccl::~Nccl() {
  if (m_group != nullptr) m_library->commDestroy(m_group);
}

std::unique_ptr<Nccl> Nccl::open(Fabric& fabric) {
  if (fabric.alone()) return nullptr;
  const auto library = std::make_shared<const Library>();
  if (!allSay(fabric, library->complete())) return nullptr;
  Library::UniqueId id{};
  const bool named = !fabric.first() || library->getUniqueId(&id) == kSuccess;
  fabric.broadcast(std::as_writable_bytes(std::span(&id, 1)));
  if (!allSay(fabric, named)) return nullptr;
  void* group = nullptr;
  const bool joined = library->commInitRank(&group, fabric.size(), id, fabric.rank()) == kSuccess;
  std::unique_ptr<Nccl> made(new Nccl(library, joined ? group : nullptr));
  return allSay(fabric, joined) ? std::move(made) : nullptr;
}

void Nccl::allReduce(float* onDevice, std::size_t count) {
  const int result = m_library->allReduce(onDevice, onDevice, count, kFloat32, kSum, m_group, nullptr);
  if (result != kSuccess)
    throw Error(ErrorKind::Resource, "device-failed",
                std::string("The GPUs cannot add up their gradients: ") + m_library->getErrorString(result) + ".",
                {.remedy = "Start the same command again: it goes on from its last checkpoint."});
}

}  // namespace roundel
