#pragma once
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/random.h"
#include "project/project.h"
#include "support/temporary_folder.h"

namespace roundel {

/// A folder of its own for each test, gone afterwards.
class ProjectTest : public testing::Test {
 protected:
  std::filesystem::path root() const { return m_root.path(); }
  std::filesystem::path folder() const { return m_root / "study"; }

  /// A picture file of that many bytes (no picture: the store never opens it).
  std::filesystem::path pictureFile(const std::string& name, std::size_t bytes = 10) const {
    const auto path = m_root / name;
    std::ofstream(path, std::ios::binary) << std::string(bytes, 'x');
    return path;
  }

 private:
  test::TemporaryFolder m_root;
};

inline LabelSet twoBones() { return LabelSet({{.id = 1, .name = "Radius"}, {.id = 2, .name = "Ulna"}}); }

inline Case caseNamed(const std::string& name, const std::string& patient = "", Size size = {8, 6, 1}) {
  Case one{.name = name, .image = "images/" + name + ".png"};
  one.geometry.size = size;
  one.patient = patient;
  return one;
}

/// Class 0 present with a random mask, class 1 absent, the others not annotated.
inline Annotation someLabels(Size size, int classes, std::uint64_t seed) {
  Random random(seed, "labels");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()));
  for (auto& byte : bytes) byte = random.uniform() < 0.3;
  bytes[static_cast<std::size_t>(random.below(size.count()))] = 1;
  Annotation annotation = Annotation::empty(size, classes);
  annotation.set(0, Mask::fromBytes(size, bytes));
  if (classes > 1) annotation.set(1, Mask(size));
  return annotation;
}

/// The code of the Error that `work` throws; "none" where it throws none.
template <class Work>
std::string codeOf(Work&& work) {
  try {
    work();
  } catch (const Error& problem) {
    return problem.code();
  }
  return "none";
}

/// Runs `work` in a process of its own and returns its exit status.
inline int inOtherProcess(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    int status = 99;
    try {
      status = work();
    } catch (...) {
      status = 98;
    }
    ::_exit(status);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace roundel
