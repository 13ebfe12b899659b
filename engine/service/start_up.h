#pragma once
#include <chrono>
#include <mutex>
#include <optional>

#include "core/json.h"
#include "device/device.h"

namespace roundel {

/// How far the session has come, for `ready` and `status`. Thread-safe.
class StartUp {
 public:
  /// Seconds since the session began.
  double seconds() const;
  void computesOn(ComputeChoice choice);
  /// {device, device_name, threads, precision, why_not_cuda}; null before it is known.
  Json device() const;
  /// {device_bytes, device_free_bytes, resident_bytes}: of the device computed on (null before it is known), and what this process takes.
  Json memory() const;

 private:
  std::chrono::steady_clock::time_point m_begin = std::chrono::steady_clock::now();
  mutable std::mutex m_mutex;
  std::optional<ComputeChoice> m_choice;
};

}  // namespace roundel
