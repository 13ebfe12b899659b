#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "imaging/decode_client.h"
#include "support/temporary_folder.h"

namespace roundel::test {

/// A client of the worker that is built beside the tests.
DecodeClientOptions workerOptions();

void writeBytes(const std::filesystem::path& path, const std::string& bytes);
std::string readBytes(const std::filesystem::path& path);

/// ROUNDEL_DATA, or ../shared/data beside the repository; empty where there is none.
std::filesystem::path dataFolder();

/// CRC-32 of all values as little-endian int64, as data/expected has it.
std::string crcOfValues(const PixelValues& values);

struct Totals {
  double minimum = 0, maximum = 0, sum = 0;
};
Totals totals(const PixelValues& values);

/// The sentence with which a file was refused; empty where it was read.
std::string refusal(DecodeClient& client, const std::filesystem::path& path);

}  // namespace roundel::test
