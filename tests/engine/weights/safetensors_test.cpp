#include "weights/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <numeric>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;

fs::path goldenFolder() {
  const char* folder = std::getenv("ROUNDEL_GOLDEN");
  return folder != nullptr ? fs::path(folder) : fs::path("../shared/golden");
}

class Scratch {
 public:
  Scratch() : m_folder(fs::path(testing::TempDir()) / ("roundel_safetensors_" + std::to_string(::getpid()))) {
    fs::create_directories(m_folder);
  }
  ~Scratch() { fs::remove_all(m_folder); }
  fs::path operator/(const std::string& name) const { return m_folder / name; }

 private:
  fs::path m_folder;
};

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

TEST(Safetensors, JudgesEveryGoldenFileAsExpected) {
  const fs::path folder = goldenFolder() / "checkpoints";
  if (!fs::exists(folder / "expected.json")) GTEST_SKIP() << "no golden checkpoints in " << folder;
  const Json expected = readJson(folder / "expected.json");
  const Json& files = expected.contains("files") ? expected["files"] : expected;
  int judged = 0;
  for (const auto& [name, rule] : files.items()) {
    if (fs::path(name).extension() != ".safetensors" || !rule.is_object() || !rule.contains("accept")) continue;
    SCOPED_TRACE(name);
    ++judged;
    const std::string accept = rule["accept"];
    if (accept == "no") {
      EXPECT_THAT(refusal(folder / name), testing::HasSubstr(name));
    } else if (rule.value("control", false)) {
      std::vector<float> values(12);
      std::iota(values.begin(), values.end(), 1.0f);
      EXPECT_EQ(SafetensorsFile::open(folder / name).floats("w"), values);
    } else if (accept == "yes") {
      EXPECT_GT(SafetensorsFile::open(folder / name).tensors().size(), 1u);
    }
  }
  EXPECT_GT(judged, 10);
}

}  // namespace
}  // namespace roundel
