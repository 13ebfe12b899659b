#include "engine/weights/allocation_meter.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> current = 0, peak = 0;

void* allocate(std::size_t bytes) {
  void* const memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  const std::size_t now = current += ::malloc_usable_size(memory);
  std::size_t before = peak.load();
  while (before < now && !peak.compare_exchange_weak(before, now)) continue;
  return memory;
}

void release(void* memory) noexcept {
  if (memory != nullptr) current -= ::malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes); }
void* operator new[](std::size_t bytes) { return allocate(bytes); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }

namespace roundel::test {

AllocationMeter::AllocationMeter() : m_before(current) { peak = current.load(); }
std::size_t AllocationMeter::peakBytes() const { return peak - m_before; }

}  // namespace roundel::test
