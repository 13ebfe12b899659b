#include "service/start_up.h"

#include <unistd.h>

#include <fstream>

namespace roundel {
namespace {

Json residentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t all = 0, resident = 0;
  if (!(statm >> all >> resident)) return nullptr;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

double StartUp::seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_begin).count(); }

void StartUp::computesOn(ComputeChoice choice) {
  const std::lock_guard lock(m_mutex);
  m_choice = std::move(choice);
}

Json StartUp::device() const {
  const std::lock_guard lock(m_mutex);
  if (!m_choice) return nullptr;
  return {{"device", m_choice->onGpu() ? "cuda:" + std::to_string(m_choice->device.index) : "cpu"},
          {"device_name", m_choice->device.name},
          {"threads", m_choice->threads},
          {"precision", m_choice->fastPrecision == Precision::BFloat16 ? "bfloat16" : "float32"},
          {"why_not_cuda", m_choice->whyNotCuda.empty() ? Json(nullptr) : Json(m_choice->whyNotCuda)}};
}

Json StartUp::memory() const {
  const std::lock_guard lock(m_mutex);
  return {{"device_bytes", m_choice ? Json(m_choice->device.memoryBytes) : Json(nullptr)},
          {"device_free_bytes", m_choice ? Json(availableMemory(m_choice->device)) : Json(nullptr)},
          {"resident_bytes", residentBytes()}};
}

}  // namespace roundel
