#include "engine/imaging/imaging_support.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace roundel::test {

DecodeClientOptions workerOptions() { return {.command = {IMAGING_WORKER}, .salt = "test"}; }

void writeBytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string readBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::filesystem::path dataFolder() {
  const char* given = std::getenv("ROUNDEL_DATA");
  const std::filesystem::path folder = given ? given : "../shared/data";
  std::error_code failure;
  return std::filesystem::exists(folder / "expected", failure) ? folder : std::filesystem::path();
}

std::string crcOfValues(const PixelValues& values) {
  unsigned long crc = crc32(0, nullptr, 0);
  std::visit(
      [&crc](const auto& typed) {
        std::vector<std::int64_t> wide;
        for (std::size_t at = 0; at < typed.size(); at += 65536) {
          wide.assign(typed.begin() + static_cast<std::ptrdiff_t>(at),
                      typed.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(at + 65536, typed.size())));
          crc = crc32(crc, reinterpret_cast<const Bytef*>(wide.data()), static_cast<uInt>(wide.size() * sizeof(std::int64_t)));
        }
      },
      values);
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%08lx", crc);
  return text.data();
}

Totals totals(const PixelValues& values) {
  Totals result{.minimum = 1e300, .maximum = -1e300};
  for (std::size_t index = 0; index < valueCount(values); ++index) {
    const double value = valueAt(values, index);
    result.minimum = std::min(result.minimum, value);
    result.maximum = std::max(result.maximum, value);
    result.sum += value;
  }
  return result;
}

std::string refusal(DecodeClient& client, const std::filesystem::path& path) {
  try {
    client.decode(path);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace roundel::test
