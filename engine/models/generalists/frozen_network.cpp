#include "models/generalists/frozen_network.h"

#include "device/torch_device.h"

namespace roundel {

ParamSpec precisionParam() {
  return {.name = "precision",
          .type = ParamType::Choice,
          .defaultValue = "automatic",
          .choices = {"automatic", "float32", "bfloat16"},
          .sentence = "Arithmetic of matrix products; automatic takes bfloat16 where the device is faster with it."};
}

bool isOutOfMemory(const Error& error) { return error.code() == "out-of-memory"; }

void NetworkPlaces::load(std::size_t index) const {
  translatingTorchErrors("loading the weights of " + m_wish.model, [&] {
    const torch::InferenceMode frozen;
    auto made = std::make_shared<NetworkPlace>();
    made->compute = chooseDevice(m_devices.at(index), m_wish.threads > 0 ? m_wish.threads : torch::get_num_threads());
    made->device = torchDevice(made->compute);
    made->network = m_load(made->device);
    m_place = std::move(made);
    m_index = index;
  });
}

std::shared_ptr<const NetworkPlace> NetworkPlaces::place() const {
  const std::lock_guard lock(m_mutex);
  if (m_place) return m_place;
  m_devices = m_wish.devices;
  if (m_devices.empty()) {
    m_devices = {m_wish.device};
    if (chooseDevice(m_wish.device, m_wish.threads > 0 ? m_wish.threads : torch::get_num_threads()).onGpu()) m_devices.emplace_back("cpu");
  }
  for (std::size_t index = 0; !m_place; ++index) try {
      load(index);
    } catch (const Error& error) {
      if (!isOutOfMemory(error) || index + 1 == m_devices.size()) throw;
    }
  const bool half =
      m_wish.precision == "bfloat16" || (m_wish.precision == "automatic" && m_place->compute.fastPrecision == Precision::BFloat16);
  m_products = half ? torch::kBFloat16 : torch::kFloat;
  return m_place;
}

torch::ScalarType NetworkPlaces::products() const {
  place();
  const std::lock_guard lock(m_mutex);
  return m_products;
}

void NetworkPlaces::leave(const std::shared_ptr<const NetworkPlace>& place, Job& job, const MemoryPlan& plan) const {
  const std::lock_guard lock(m_mutex);
  if (m_place != place) return;  // another thread has left it already
  const std::string needs = plan.neededBytes > 0 ? m_wish.model + " " + plan.sentence() : "";
  if (m_index + 1 >= m_devices.size())
    throw Error(ErrorKind::Resource, "out-of-memory",
                needs.empty() ? "The memory did not suffice for " + m_wish.model + "." : "The generalist " + needs + ".",
                {.remedy = "Close other programs, or take a smaller model, for instance MobileSAM."});
  load(m_index + 1);
  job.warning({"memory-short", "",
               (needs.empty() ? "The memory of " + place->compute.device.name + " did not suffice for " + m_wish.model
                              : "On " + place->compute.device.name + " " + needs) +
                   "; " + m_place->compute.device.name + " takes over."});
}

}  // namespace roundel
