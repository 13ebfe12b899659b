#include "fuzz/exchange_support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  roundel::fuzz::readAs("labelme", ".json", data, size);
  return 0;
}
