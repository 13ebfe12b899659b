#pragma once
#include <torch/torch.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/job.h"
#include "core/param_spec.h"
#include "device/device.h"
#include "device/torch_errors.h"
#include "models/generalist.h"

namespace roundel {

/// How the network of a model that a person brought is to be computed.
struct NetworkWish {
  std::string model;                    ///< its name, for sentences
  std::string device = "auto";          ///< auto | cpu | cuda:N
  int threads = 0;                      ///< 0: as many as the program has chosen before
  std::string precision = "automatic";  ///< of precisionParam()
  /// Devices in the order in which they are tried; empty: `device`, and behind a GPU the processor. For tests.
  std::vector<std::string> devices = {};
};

/// The parameter `precision` of every such model.
ParamSpec precisionParam();

/// Where a network computes.
struct NetworkPlace {
  ComputeChoice compute;
  torch::Device device = torch::kCPU;
  std::shared_ptr<const void> network;
};

/// The device in hand, and what is tried when its memory does not suffice. Thread-safe; FrozenNetwork gives it a type.
class NetworkPlaces {
 public:
  using Load = std::function<std::shared_ptr<const void>(torch::Device)>;
  NetworkPlaces(NetworkWish wish, Load load) : m_wish(std::move(wish)), m_load(std::move(load)) {}

  /// Reads the weights at the first use. Throws what loading throws.
  std::shared_ptr<const NetworkPlace> place() const;
  /// bfloat16 or float32: chosen for the first device and kept, so that answers on the next one are the same up to rounding.
  torch::ScalarType products() const;
  /// The memory of `place` did not suffice: from now on the next device computes, and `job` hears of it. Throws
  /// Error(Resource, "out-of-memory") where there is none; `plan` is what was found out before.
  void leave(const std::shared_ptr<const NetworkPlace>& place, Job& job, const MemoryPlan& plan = {}) const;
  const std::string& model() const { return m_wish.model; }

 private:
  void load(std::size_t index) const;

  NetworkWish m_wish;
  Load m_load;
  mutable std::mutex m_mutex;
  mutable std::vector<std::string> m_devices;
  mutable std::size_t m_index = 0;
  mutable std::shared_ptr<const NetworkPlace> m_place;
  mutable torch::ScalarType m_products = torch::kFloat;
};

bool isOutOfMemory(const Error& error);

/// A network with frozen weights that moves from a GPU to the processor where the GPU's memory does not suffice: looked at before the
/// first work (requireRoom) and again when it runs out all the same (on).
template <class Network>
class FrozenNetwork {
 public:
  struct Here {
    std::shared_ptr<const NetworkPlace> place;
    const Network& network() const { return *static_cast<const Network*>(place->network.get()); }
    torch::Device device() const { return place->device; }
  };

  FrozenNetwork(NetworkWish wish, std::function<std::shared_ptr<const Network>(torch::Device)> load)
      : m_places(std::move(wish), [load = std::move(load)](torch::Device device) -> std::shared_ptr<const void> { return load(device); }) {}

  Here here() const { return {m_places.place()}; }
  torch::ScalarType products() const { return m_places.products(); }
  void leave(const Here& here, Job& job) const { m_places.leave(here.place, job); }

  /// Before the first work: goes on to the device whose memory will do. `plan` says what work takes here.
  template <class Plan>
  void requireRoom(Job& job, const Plan& plan) const {
    while (!m_roomLooked) {
      const Here now = here();
      const MemoryPlan wanted = plan(now);
      if (wanted.fits()) m_roomLooked = true;
      else m_places.leave(now.place, job, wanted);
    }
  }

  /// Runs work(here), again on the next device where the memory runs out. `doing`: "embedding an image".
  template <class Work>
  void on(const std::string& doing, Job& job, const Work& work) const {
    while (true) {
      const Here now = here();
      try {
        translatingTorchErrors(doing + " with " + m_places.model(), [&] {
          const torch::InferenceMode frozen;
          work(now);
        });
        return;
      } catch (const Error& error) {
        if (!isOutOfMemory(error)) throw;
      }
      leave(now, job);
    }
  }

 private:
  NetworkPlaces m_places;
  mutable std::atomic<bool> m_roomLooked{false};
};

}  // namespace roundel
