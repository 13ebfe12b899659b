#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <string>

#include "core/error.h"
#include "support/temporary_folder.h"

namespace roundel::test {

/// A file with these bytes in a folder of its own.
class WrittenFile {
 public:
  explicit WrittenFile(const std::string& bytes, const std::string& name = "weights.pth") : m_path(m_folder / name) {
    std::ofstream(m_path, std::ios::binary) << bytes;
  }
  const std::filesystem::path& path() const { return m_path; }

 private:
  TemporaryFolder m_folder;
  std::filesystem::path m_path;
};

/// The sentence by which bad input is refused, what to do included; "" where it is taken.
inline std::string refusalOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::BadInput);
    EXPECT_FALSE(error.details().remedy.empty()) << error.what();
    return std::string(error.what()) + " " + error.details().remedy;
  }
  return "";
}

}  // namespace roundel::test
