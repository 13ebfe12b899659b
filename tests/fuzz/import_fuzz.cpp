// A label file from another program, shown to every import format that reads files. The images beside it are always there.
#include "core/error.h"
#include "core/job.h"
#include "exchange/format.h"
#include "exchange/study.h"
#include "fuzz/scratch.h"

namespace {

class BlankImages : public roundel::ImageAccess {
 public:
  roundel::ImageFacts probe(const std::filesystem::path&) override {
    roundel::ImageFacts facts;
    facts.geometry.size = {64, 48, 1};
    return facts;
  }
  roundel::StoredImage load(const std::filesystem::path& file) override {
    throw roundel::Error(roundel::ErrorKind::BadInput, "unreadable-image", "There are no pixels here.", {.path = file.string()});
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const roundel::fuzz::Scratch scratch;
  const bool xml = size > 0 && data[0] == '<';
  const roundel::ImportRequest request{.source = scratch.write(xml ? "labels.xml" : "labels.json", data, size)};
  for (const auto& entry : roundel::importFormats().entries()) {
    try {
      const auto format = roundel::importFormats().create(entry.name);
      BlankImages images;
      roundel::Job job;
      if (format->recognises(request)) format->read(request, images, job);
    } catch (const roundel::Error&) {
    }
  }
  return 0;
}
