#include "rounds/probability_file.h"

#include <zlib.h>

#include <cstring>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

constexpr char kMagic[8] = {'R', 'N', 'D', 'P', 'R', 'O', 'B', '1'};

struct Header {
  char magic[8];
  std::int64_t x, y, z, classes, deflated;
};

/// 128 .. 255 is above one half, 0 .. 127 is not: the threshold survives the rounding.
std::uint8_t toByte(float probability) {
  const float p = probability < 0 ? 0 : probability > 1 ? 1 : probability;
  return p > 0.5f ? static_cast<std::uint8_t>(128 + static_cast<int>((p - 0.5f) * 254.0f + 0.5f))
                  : static_cast<std::uint8_t>(p * 254.0f + 0.5f);
}

float fromByte(std::uint8_t byte) {
  return byte >= 128 ? 0.5f + (static_cast<float>(byte) - 127.5f) / 255.0f : static_cast<float>(byte) / 254.0f;
}

[[noreturn]] void damaged(const std::filesystem::path& path) {
  throw Error(ErrorKind::BadInput, "bad-document", "The stored prediction " + displayPath(path) + " is damaged.",
              {.path = displayPath(path), .remedy = "Delete the file; the run makes it again."});
}

}  // namespace

Prediction quantised(Prediction prediction) {
  for (float& value : prediction.probabilities) value = fromByte(toByte(value));
  return prediction;
}

void writeProbabilities(const std::filesystem::path& path, const Prediction& prediction) {
  std::vector<std::uint8_t> bytes(prediction.probabilities.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = toByte(prediction.probabilities[i]);
  uLongf deflated = compressBound(static_cast<uLong>(bytes.size()));
  std::string out(sizeof(Header) + deflated, '\0');
  if (compress2(reinterpret_cast<Bytef*>(out.data() + sizeof(Header)), &deflated, bytes.data(), static_cast<uLong>(bytes.size()), 1) !=
      Z_OK)
    throw Error(ErrorKind::Resource, "out-of-memory", "There was not enough memory to store a prediction.");
  Header header{{}, prediction.size.x, prediction.size.y, prediction.size.z, prediction.classCount, static_cast<std::int64_t>(deflated)};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  std::memcpy(out.data(), &header, sizeof header);
  out.resize(sizeof(Header) + deflated);
  writeFileAtomically(path, out);
}

Prediction readProbabilities(const std::filesystem::path& path) {
  const std::string text = readFile(path);
  Header header;
  if (text.size() < sizeof header) damaged(path);
  std::memcpy(&header, text.data(), sizeof header);
  const auto inRange = [](std::int64_t value) { return value >= 1 && value <= 1 << 16; };
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0 || !inRange(header.x) || !inRange(header.y) || !inRange(header.z) ||
      !inRange(header.classes) || header.deflated != static_cast<std::int64_t>(text.size() - sizeof header))
    damaged(path);
  Prediction prediction{.size = {header.x, header.y, header.z}, .classCount = static_cast<int>(header.classes), .probabilities = {}};
  const std::int64_t count = prediction.size.count() * header.classes;
  if (count > std::int64_t{1} << 34 || count / 1100 > header.deflated) damaged(path);  // deflate shrinks a thousandfold at most
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count));
  uLongf length = static_cast<uLongf>(bytes.size());
  if (uncompress(bytes.data(), &length, reinterpret_cast<const Bytef*>(text.data() + sizeof header), static_cast<uLong>(header.deflated)) !=
          Z_OK ||
      length != bytes.size())
    damaged(path);
  prediction.probabilities.resize(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) prediction.probabilities[i] = fromByte(bytes[i]);
  return prediction;
}

}  // namespace roundel
