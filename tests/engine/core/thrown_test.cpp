#include "core/thrown.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <new>
#include <stdexcept>

#include "core/json.h"

namespace roundel {
namespace {

template <class Thrown>
Error caught(const Thrown& thrown) {
  return asError(std::make_exception_ptr(thrown));
}

std::filesystem::filesystem_error fileTrouble(std::errc what) { return {"copy", "/study/image.png", std::make_error_code(what)}; }

TEST(Thrown, IsAnErrorOfItsKind) {
  const Error mine(ErrorKind::Locked, "locked", "It is locked.", {.remedy = "Wait."});
  EXPECT_EQ(caught(mine).code(), "locked");
  EXPECT_EQ(caught(mine).details().remedy, "Wait.");
  EXPECT_EQ(caught(std::bad_alloc()).code(), "out-of-memory");
  EXPECT_EQ(caught(fileTrouble(std::errc::no_space_on_device)).code(), "disk-full");
  EXPECT_EQ(caught(fileTrouble(std::errc::no_space_on_device)).kind(), ErrorKind::Resource);
  EXPECT_EQ(caught(fileTrouble(std::errc::read_only_file_system)).code(), "not-writable");
  EXPECT_EQ(caught(fileTrouble(std::errc::is_a_directory)).kind(), ErrorKind::BadInput);
  EXPECT_EQ(caught(fileTrouble(std::errc::is_a_directory)).details().path, "/study/image.png");
  EXPECT_EQ(caught(std::runtime_error("odd")).kind(), ErrorKind::Defect);
  try {
    [[maybe_unused]] const auto missing = Json::object().at("classes");
    FAIL();
  } catch (...) {
    EXPECT_EQ(asError(std::current_exception()).code(), "bad-document");
  }
}

}  // namespace
}  // namespace roundel
