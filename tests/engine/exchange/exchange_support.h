#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "exchange/format.h"
#include "exchange/label_png.h"
#include "support/temporary_folder.h"

namespace roundel::testing {

/// A folder of the test's own, gone afterwards.
class Folder : public test::TemporaryFolder {
 public:
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((path() / name).parent_path());
    std::ofstream(path() / name, std::ios::binary) << bytes;
    return path() / name;
  }
  /// A grey picture of this size.
  std::filesystem::path picture(const std::string& name, std::int64_t width, std::int64_t height) const {
    return write(
        name, greyPng({.size = {width, height, 1}, .values = std::vector<std::uint32_t>(static_cast<std::size_t>(width * height), 7)}, 8));
  }
};

/// Sizes of PNGs by this room's reader, of baseline JPEGs by their frame header; NIfTI by nothing.
class TestImages : public ImageAccess {
 public:
  ImageFacts probe(const std::filesystem::path& file) override {
    ++probes;
    const std::string bytes = readFile(file);
    ImageFacts facts;
    if (bytes.starts_with("\xFF\xD8")) facts.geometry.size = jpegSize(bytes);
    else facts.geometry.size = labelsFromPng(bytes, displayPath(file)).size;
    return facts;
  }
  StoredImage load(const std::filesystem::path& file) override {
    throw Error(ErrorKind::BadInput, "unreadable-image", displayPath(file) + " is not for this test.");
  }
  int probes = 0;

 private:
  static Size jpegSize(const std::string& bytes) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes.at(i)); };
    for (std::size_t i = 2; i + 9 < bytes.size();) {
      if (at(i + 1) >= 0xC0 && at(i + 1) <= 0xC2) return {at(i + 7) * 256 + at(i + 8), at(i + 5) * 256 + at(i + 6), 1};
      i += 2 + at(i + 2) * 256U + at(i + 3);
    }
    return {};
  }
};

inline ImportedStudy importAs(const std::string& format, const ImportRequest& request, const Json& params = Json::object()) {
  TestImages images;
  Job job;
  return importFormats().create(format, params)->read(request, images, job);
}

inline bool hasWarning(const std::vector<Warning>& warnings, const std::string& code, const std::string& caseName = "") {
  for (const auto& one : warnings)
    if (one.code == code && (caseName.empty() || one.caseName == caseName)) return true;
  return false;
}

/// The code of the Error that `work` throws; empty: none.
template <class Work>
std::string codeOf(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code();
  }
  return "";
}

inline Mask rectangle(Size size, std::int64_t x0, std::int64_t y0, std::int64_t x1, std::int64_t y1) {
  std::vector<Mask::Run> runs;
  for (std::int64_t y = y0; y < y1; ++y) runs.push_back({y * size.x + x0, x1 - x0});
  return Mask(size, runs);
}

inline std::filesystem::path dataFolder() {
  const char* named = std::getenv("ROUNDEL_DATA");
  return named != nullptr ? named : "../shared/data";
}

}  // namespace roundel::testing
