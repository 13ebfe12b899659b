#include "core/hash.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace roundel {
namespace {

TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256Hex(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnThePieces) {
  Sha256 hash;
  for (const char* piece : {"a", "", "b", "c"}) hash.update(std::string_view(piece));
  EXPECT_EQ(hash.hex(), sha256Hex("abc"));
}

TEST(Random, IsAFunctionOfItsFourWords) {
  Random a(1, "augment", 7, 3), b(1, "augment", 7, 3), c(1, "augment", 7, 4);
  const auto first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(Random, HasTheMomentsOfANormal) {
  Random random(5, "normal");
  double sum = 0, squares = 0;
  constexpr int kCount = 20000;
  for (int i = 0; i < kCount; ++i) {
    const double value = random.normal();
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.03);
  EXPECT_NEAR(squares / kCount, 1, 0.05);
}

TEST(GoldenFormula, HasItsCheckValues) {
  EXPECT_EQ(fnv1a("input"), 0x1ebbae8f5810b65bu);
  EXPECT_EQ(splitmix(0), 0xe220a8397b1dcdafu);
}

}  // namespace
}  // namespace roundel
