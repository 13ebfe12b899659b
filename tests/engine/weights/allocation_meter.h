#pragma once
#include <cstddef>

namespace roundel::test {

/// The largest amount that `operator new` had given out at once since construction, beyond what was given out then. Linking
/// allocation_meter.cpp replaces the operators of the whole program. One at a time, one thread.
class AllocationMeter {
 public:
  AllocationMeter();
  std::size_t peakBytes() const;

 private:
  std::size_t m_before;
};

}  // namespace roundel::test
