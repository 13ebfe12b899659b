#include "fuzz/exchange_support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  roundel::fuzz::readAs("cvat", ".xml", data, size);
  return 0;
}
