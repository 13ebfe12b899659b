#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include "core/error.h"
#include "exchange/format.h"

namespace roundel::fuzz {

/// Every image is there and is 64 by 48 pixels: what is fuzzed is the label file.
class AnyImage : public ImageAccess {
 public:
  ImageFacts probe(const std::filesystem::path&) override {
    ImageFacts facts;
    facts.geometry.size = {64, 48, 1};
    return facts;
  }
  StoredImage load(const std::filesystem::path&) override { throw Error(ErrorKind::BadInput, "unreadable-image", "No label maps here."); }
};

/// Reads the bytes as a file of the format. Errors are answers; anything else is a find. What was read must be consistent.
inline void readAs(const std::string& format, const std::string& extension, const std::uint8_t* data, std::size_t size) {
  static const std::filesystem::path folder = [] {
    const auto path = std::filesystem::temp_directory_path() / ("roundel-fuzz-" + std::to_string(::getpid()));
    std::filesystem::create_directories(path);
    std::ofstream(path / "a.png") << "x";
    std::ofstream(path / "b.png") << "x";
    return path;
  }();
  const auto file = folder / ("labels" + extension);
  std::ofstream(file, std::ios::binary | std::ios::trunc).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  AnyImage images;
  Job job;
  try {
    const auto reader = importFormats().create(format);
    reader->recognises({.source = file});
    const ImportedStudy study = reader->read({.source = file}, images, job);
    for (const auto& one : study.cases) {
      if (one.annotation.classes.empty()) continue;
      if (one.annotation.classes.size() != static_cast<std::size_t>(study.classes.size())) __builtin_trap();
      for (const auto& label : one.annotation.classes)
        if (label.mask.size() != one.annotation.size || (label.state == ClassState::Present) == label.mask.empty()) __builtin_trap();
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Defect) __builtin_trap();
  }
}

}  // namespace roundel::fuzz
