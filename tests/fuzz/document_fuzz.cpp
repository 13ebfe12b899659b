// Our own JSON documents, as a damaged or a hostile project folder would hold them.
#include "core/annotation.h"
#include "core/error.h"
#include "core/files.h"
#include "core/geometry.h"
#include "core/label_set.h"
#include "core/mask.h"
#include "core/prompt.h"
#include "fuzz/scratch.h"

namespace {

template <class Reader>
void tryReading(const roundel::Json& json, Reader reader) {
  try {
    reader(json);
  } catch (const roundel::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const roundel::fuzz::Scratch scratch;
  roundel::Json json;
  try {
    json = roundel::readJson(scratch.write("document.json", data, size));
  } catch (const roundel::Error&) {
    return 0;
  }
  tryReading(json, [](const auto& value) { roundel::maskFromJson(value); });
  tryReading(json, [](const auto& value) { roundel::annotationFromJson(value); });
  tryReading(json, [](const auto& value) { roundel::labelSetFromJson(value); });
  tryReading(json, [](const auto& value) { roundel::geometryFromJson(value); });
  tryReading(json, [](const auto& value) { roundel::promptFromJson(value); });
  return 0;
}
