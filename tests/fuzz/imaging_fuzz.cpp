// A foreign image file, shown to every reader in this process: what the limited worker does, without its limits of time and
// memory, so that sanitizers see it. Sizes are kept small.
#include "core/error.h"
#include "fuzz/scratch.h"
#include "imaging/gdcm_codec.h"
#include "imaging/image_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const roundel::fuzz::Scratch scratch;
  roundel::silenceGdcm();
  const roundel::DecodeContext context{.limits = {.largestImageBytes = std::uint64_t{16} << 20}, .salt = "fuzz"};
  const auto file = scratch.write("image.bin", data, size);
  try {
    roundel::probeImage(file, context);
  } catch (const roundel::Error&) {
  }
  try {
    roundel::readImage({file}, context);
  } catch (const roundel::Error&) {
  }
  return 0;
}
