#pragma once
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace roundel::fuzz {

/// A folder of this process for what a reader wants as files; removed at the end.
class Scratch {
 public:
  Scratch() : m_folder(std::filesystem::temp_directory_path() / ("roundel_fuzz_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(m_folder);
  }
  ~Scratch() { std::filesystem::remove_all(m_folder); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::filesystem::path write(const std::string& name, const std::uint8_t* data, std::size_t size) const {
    const auto path = m_folder / name;
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    return path;
  }

 private:
  std::filesystem::path m_folder;
};

}  // namespace roundel::fuzz
