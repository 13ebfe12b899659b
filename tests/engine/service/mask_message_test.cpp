#include "service/mask_message.h"

#include <gtest/gtest.h>

#include <cstring>

#include "core/error.h"
#include "core/files.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

const RequestId kCase{"1"};
constexpr Size kSize{40, 30, 1};

/// Every second pixel: as many runs as a mask can have.
Mask chequered() {
  std::vector<Mask::Run> runs;
  for (std::int64_t at = 0; at < kSize.count(); at += 2) runs.push_back({at, 1});
  return {kSize, runs};
}

std::string refusalOf(const std::string& message) {
  try {
    maskFromMessage(RequestBody::parse(message), kSize);
  } catch (const Error& error) {
    return error.code();
  }
  return "taken";
}

TEST(MaskMessage, GoesThereAndBack) {
  const test::TemporaryFolder parent;
  SessionFolder folder(parent.path());
  std::size_t budget = 1 << 20;
  const Json message = maskMessage(chequered(), budget, folder, kCase);
  EXPECT_EQ(maskFromMessage(RequestBody::parse(message.dump()), kSize), chequered());
  EXPECT_LT(budget, std::size_t{1 << 20});
  EXPECT_EQ(maskMessage(Mask(kSize), budget, folder, kCase)["runs"], Json::array());
}

TEST(MaskMessage, WhatDoesNotFitTheLineLiesInTheFolder) {
  const test::TemporaryFolder parent;
  SessionFolder folder(parent.path());
  const Mask mask = chequered();
  std::size_t budget = 1 << 20;
  const std::size_t whole = budget;
  maskMessage(mask, budget, folder, kCase);
  std::size_t tight = whole - budget - 1;  // one byte too few
  const Json runs = maskMessage(mask, tight, folder, kCase)["runs"];
  ASSERT_TRUE(runs.is_object());
  EXPECT_EQ(tight, whole - budget - 1) << "what lies in a file takes nothing of the line";
  EXPECT_EQ(runs["shape"], (Json{mask.runs().size(), 2}));
  const std::string bytes = readFile(runs["path"].get<std::string>());
  std::vector<std::int64_t> values(bytes.size() / sizeof(std::int64_t));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  ASSERT_EQ(values.size(), 2 * mask.runs().size());
  EXPECT_EQ(values[2], mask.runs()[1].start);
  EXPECT_EQ(values[3], mask.runs()[1].length);
}

TEST(MaskMessage, AMaskOfTheClientsMustLieOnTheImage) {
  EXPECT_EQ(refusalOf(R"({"size": [40, 30, 1], "runs": [0, 1200]})"), "taken");
  EXPECT_EQ(refusalOf(R"({"size": [40, 30, 1], "runs": [1, 1200]})"), "bad-mask");
  EXPECT_EQ(refusalOf(R"({"size": [40, 30, 1], "runs": [-1, 2]})"), "bad-mask");
  EXPECT_EQ(refusalOf(R"({"size": [40, 30, 1], "runs": [1, 9223372036854775807]})"), "bad-mask");
  EXPECT_EQ(refusalOf(R"({"size": [40, 30, 1], "runs": [1, 18446744073709551615]})"), "bad-mask");
  EXPECT_EQ(refusalOf(R"({"size": [40, 30, 1], "runs": [1]})"), "bad-mask");
  EXPECT_EQ(refusalOf(R"({"size": [40, 30, 1], "runs": [1, 2.5]})"), "bad-mask");
  EXPECT_EQ(refusalOf(R"({"size": [40, 30, 1], "runs": {"path": "/etc/passwd"}})"), "bad-mask");
  EXPECT_EQ(refusalOf(R"({"size": [30, 40, 1], "runs": []})"), "bad-mask");
  EXPECT_EQ(refusalOf(R"({"size": [40, 30], "runs": []})"), "bad-mask");
  EXPECT_EQ(refusalOf(R"({"runs": []})"), "bad-mask");
  EXPECT_EQ(refusalOf("[1, 2]"), "bad-mask");
}

}  // namespace
}  // namespace roundel
