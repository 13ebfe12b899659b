// A foreign HDF5 file, image and labels, shown to the reader in this process: what the limited worker does, without its limits of time
// and memory, so that sanitizers see our part. Debian's library is not instrumented, and crafted files are known to crash it: a crash
// whose stack ends in libhdf5 is what the worker is for, one in engine/ is a defect. Corpus: hdf5_corpus.
#include "core/error.h"
#include "fuzz/scratch.h"
#include "imaging/hdf5_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const roundel::fuzz::Scratch scratch;
  if (size == 0) return 0;
  const auto path = scratch.write("volume.h5", data, size);
  for (const auto use : {roundel::PaletteUse::Colours, roundel::PaletteUse::Indices}) {
    const roundel::DecodeContext context{.limits = {.largestImageBytes = std::uint64_t{16} << 20}, .palette = use, .salt = "fuzz"};
    try {
      const roundel::SourceFile file(path);
      roundel::probeHdf5(file, context);
      roundel::readHdf5(file, context);
    } catch (const roundel::Error&) {
    }
  }
  return 0;
}
