#include "weights/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <numeric>

#include "core/error.h"
#include "core/files.h"
#include "engine/weights/allocation_meter.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;

using Scratch = test::TemporaryFolder;

fs::path writeRaw(const fs::path& path, const std::string& header, const std::string& payload) {
  std::ofstream file(path, std::ios::binary);
  const std::uint64_t length = header.size();
  file.write(reinterpret_cast<const char*>(&length), 8);
  file << header << payload;
  return path;
}

std::string refusal(const fs::path& path) {
  try {
    SafetensorsFile::open(path);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::BadInput);
    return error.what();
  }
  return "";
}

TEST(Safetensors, ReadsBackWhatItWrote) {
  const Scratch scratch;
  std::vector<float> values(6);
  std::iota(values.begin(), values.end(), 0.5f);
  const std::vector<std::int64_t> numbers{-1, 1LL << 40};
  const std::vector<std::uint8_t> bytes{1, 2, 255};
  writeSafetensors(scratch / "a.safetensors",
                   {{"b.small", {"U8", {3}, std::as_bytes(std::span(bytes))}},
                    {"z.floats", {"F32", {2, 3}, std::as_bytes(std::span(values))}},
                    {"numbers", {"I64", {2}, std::as_bytes(std::span(numbers))}},
                    {"empty", {"F32", {0, 4}, {}}}},
                   {{"text", "plain"}, {"object", {{"k", 1}}}});
  const SafetensorsFile file = SafetensorsFile::open(scratch / "a.safetensors");
  EXPECT_EQ(file.tensors().size(), 4u);
  EXPECT_EQ(file.floats("z.floats"), values);
  EXPECT_EQ(file.integers("numbers"), numbers);
  EXPECT_EQ(file.tensor("z.floats").shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(file.tensor("empty").elementCount(), 0);
  EXPECT_EQ(std::memcmp(file.tensor("b.small").bytes.data(), bytes.data(), 3), 0);
  EXPECT_EQ(file.metadata()["text"], "plain");
  EXPECT_EQ(Json::parse(file.metadata()["object"].get<std::string>())["k"], 1);
  EXPECT_THROW(file.floats("numbers"), Error);
  EXPECT_THROW(file.tensor("nowhere"), Error);
}

TEST(Safetensors, WritesNothingWhereItCannot) {
  const Scratch scratch;
  const std::vector<float> values(4);
  const TensorView good{"F32", {4}, std::as_bytes(std::span(values))};
  EXPECT_THROW(writeSafetensors(scratch / "no/such/folder.safetensors", {{"a", good}}), Error);
  EXPECT_THROW(writeSafetensors(scratch / "b.safetensors", {{"a", {"F32", {5}, good.bytes}}}), Error);
  EXPECT_THROW(writeSafetensors(scratch / "b.safetensors", {{"a", good}, {"a", good}}), Error);
  EXPECT_FALSE(fs::exists(scratch / "b.safetensors"));
}

TEST(Safetensors, HashFollowsContentAlone) {
  const std::vector<float> a{1, 2}, b{3};
  const TensorView first{"F32", {2}, std::as_bytes(std::span(a))}, second{"F32", {1}, std::as_bytes(std::span(b))};
  EXPECT_EQ(contentSha256({{"a", first}, {"b", second}}), contentSha256({{"b", second}, {"a", first}}));
  EXPECT_NE(contentSha256({{"a", first}, {"b", second}}), contentSha256({{"b", first}, {"a", second}}));
}

TEST(Safetensors, RefusesHostileHeaders) {
  const Scratch scratch;
  const std::string twelve(12, '\0');
  const auto said = [&](const std::string& header, const std::string& payload = std::string(12, '\0')) {
    return refusal(writeRaw(scratch / "hostile.safetensors", header, payload));
  };
  EXPECT_EQ(said(R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})"), "");
  EXPECT_THAT(said(R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})", twelve + "x"), testing::HasSubstr("no tensor"));
  EXPECT_THAT(said(R"({"w":{"dtype":"F32","shape":[3.0],"data_offsets":[0,12]}})"), testing::HasSubstr("shape"));
  EXPECT_THAT(said(R"({"w":{"dtype":"F32","shape":[-3],"data_offsets":[0,12]}})"), testing::HasSubstr("shape"));
  EXPECT_THAT(said(R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[0,18446744073709551615]}})"), testing::HasSubstr("beyond"));
  EXPECT_THAT(said(R"({"w":{"dtype":"F32","shape":[0,9223372036854775808],"data_offsets":[0,0]}})", ""), testing::HasSubstr("impossible"));
  EXPECT_THAT(said(R"({"w":{"dtype":"F4","shape":[3],"data_offsets":[0,12]}})"), testing::HasSubstr("unknown type"));
  EXPECT_THAT(said(R"({"__metadata__":{"a":1},"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})"), testing::HasSubstr("metadata"));
  EXPECT_THAT(said(R"({"w":{"dtype":"F32","dtype":"F32","shape":[3],"data_offsets":[0,12]}})"), testing::HasSubstr("twice"));
  EXPECT_THAT(said(R"({"w":[1,2]})"), testing::HasSubstr("object"));
  EXPECT_THAT(said("{} trailing", ""), testing::HasSubstr("JSON"));
  EXPECT_EQ(said("{}", ""), "");
  EXPECT_THAT(refusal(scratch / "absent.safetensors"), testing::HasSubstr("Cannot read"));
  fs::create_directories(scratch / "folder");
  EXPECT_THAT(refusal(scratch / "folder"), testing::HasSubstr("Cannot read"));
}

TEST(Safetensors, TakesTimeAndMemoryInProportion) {
  const Scratch scratch;
  std::string header = "{";
  std::string doubled = "{";
  for (int i = 0; i < 60'000; ++i) {
    header += "\"t" + std::to_string(i) + "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},";
    doubled += "\"t" + std::to_string(i) + "\":0,";
  }
  header.back() = '}';
  doubled.back() = '}';
  const fs::path many = writeRaw(scratch / "many.safetensors", header, "");
  const test::AllocationMeter meter;
  EXPECT_EQ(SafetensorsFile::open(many).tensors().size(), 60'000u);
  EXPECT_LT(meter.peakBytes(), 16 * header.size());
  const fs::path wrong = writeRaw(scratch / "wrong.safetensors", doubled, "");
  const test::AllocationMeter second;
  EXPECT_NE(refusal(wrong), "");
  EXPECT_LT(second.peakBytes(), doubled.size());
  std::string shape = "{\"w\":{\"shape\":[";
  for (int i = 0; i < 100'000; ++i) shape += "1,";
  EXPECT_THAT(refusal(writeRaw(scratch / "rank.safetensors", shape + "1]}}", "")), testing::HasSubstr("impossible shape"));
}

TEST(Safetensors, IgnoresUnknownFieldsWithinBounds) {
  const Scratch scratch;
  const auto said = [&](const std::string& field) {
    return refusal(writeRaw(scratch / "field.safetensors", R"({"w":{"dtype":"F32",)" + field + R"(,"shape":[3],"data_offsets":[0,12]}})",
                            std::string(12, '\0')));
  };
  EXPECT_EQ(said(R"("note":"text")"), "");
  EXPECT_EQ(said(R"("note":[1,-2,0.5,null,{"a":true}])"), "");
  EXPECT_THAT(said(R"("note":[[[[1]]]])"), testing::HasSubstr("nested deeper"));
  EXPECT_THAT(said(R"("shape":[3])"), testing::HasSubstr("twice"));
  EXPECT_THAT(said(R"("shape":[[3]])"), testing::HasSubstr("shape"));
  EXPECT_THAT(said(R"("data_offsets":[0,6,12])"), testing::HasSubstr("offsets"));
  EXPECT_THAT(said(R"("dtype":3)"), testing::HasSubstr("twice"));
  EXPECT_THAT(refusal(writeRaw(scratch / "list.safetensors", "[1]", "")), testing::HasSubstr("no JSON object"));
  EXPECT_THAT(refusal(writeRaw(scratch / "cut.safetensors", R"({"w":{"dtype":)", "")), testing::HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal(writeRaw(scratch / "text.safetensors", R"({"w":"F32"})", "")), testing::HasSubstr("object"));
}

}  // namespace
}  // namespace roundel
