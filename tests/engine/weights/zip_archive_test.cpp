#include "weights/zip_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/weights/weights_support.h"
#include "engine/weights/zip_builder.h"
#include "weights/crc32.h"
#include "weights/inflate.h"

namespace roundel {
namespace {

using test::WrittenFile;
using test::ZipBuilder;
using testing::HasSubstr;

std::string textOf(const ZipArchive& archive, const std::string& name) {
  const ZipMember* member = archive.find(name);
  if (member == nullptr) return "(absent)";
  const ZipBytes plain = archive.unpack(*member);
  archive.verify(*member, plain.bytes);
  return {reinterpret_cast<const char*>(plain.bytes.data()), plain.bytes.size()};
}

std::string refusalOfArchive(const std::string& bytes) {
  const std::string said = test::refusalOf([&] {
    const ZipArchive archive = ZipArchive::open(MappedFile::over("weights.pth", std::as_bytes(std::span(bytes))));
    for (const ZipMember& member : archive.members()) textOf(archive, std::string(member.name));
  });
  if (!said.empty()) {
    EXPECT_THAT(said, HasSubstr("weights.pth cannot be used as weights"));
  }
  return said;
}

ZipBuilder pair() { return ZipBuilder().add("a/one", "first").add("a/two", std::string(1000, 'x')); }

TEST(Crc32, IsThatOfTheZipFormat) {
  const auto sum = [](const std::string& text) { return crc32(std::as_bytes(std::span(text))); };
  EXPECT_EQ(sum("123456789"), 0xCBF43926u);
  EXPECT_EQ(sum(""), 0u);
  std::string text;
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(sum(text), test::slowCrc32(text)) << text.size() << " bytes";
    text += static_cast<char>(i * 37 + 11);
  }
}

TEST(ZipArchive, ReadsStoredAndZip64Members) {
  for (const bool zip64 : {false, true}) {
    ZipBuilder zip;
    zip.add("stored", "plain", {.zip64 = zip64, .padding = 37}).add("empty", "");
    const WrittenFile file(zip.finish({.zip64 = zip64, .comment = "a comment"}));
    const ZipArchive archive = ZipArchive::open(MappedFile::open(file.path()));
    EXPECT_EQ(archive.members().size(), 2u);
    EXPECT_EQ(textOf(archive, "stored"), "plain");
    EXPECT_EQ(textOf(archive, "empty"), "");
    EXPECT_EQ(archive.find("store"), nullptr);
  }
}

TEST(ZipArchive, UnpacksDeflatedMembers) {
  if (inflateInto({}, {}) == InflateResult::Unsupported) GTEST_SKIP() << "built without zlib";
  const std::string packed = ZipBuilder().add("a", "packed", {.deflated = true}).add("b", "", {.deflated = true}).finish();
  const ZipArchive archive = ZipArchive::open(MappedFile::over("weights.pth", std::as_bytes(std::span(packed))));
  EXPECT_EQ(textOf(archive, "a"), "packed");
  EXPECT_EQ(textOf(archive, "b"), "");
}

TEST(ZipArchive, GivesStoredMembersWithoutACopy) {
  const WrittenFile file(pair().finish());
  const MappedFile mapped = MappedFile::open(file.path());
  const ZipArchive archive = ZipArchive::open(mapped);
  const auto bytes = archive.unpack(*archive.find("a/two")).bytes;
  EXPECT_GE(bytes.data(), mapped.bytes().data());
  EXPECT_LE(bytes.data() + bytes.size(), mapped.bytes().data() + mapped.bytes().size());
}

TEST(ZipArchive, RefusesWhatWasCutAtAnyPlace) {
  const std::string whole = pair().finish({.zip64 = true});
  EXPECT_EQ(refusalOfArchive(whole), "");
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) EXPECT_NE(refusalOfArchive(whole.substr(0, bytes)), "") << bytes << " bytes";
}

TEST(ZipArchive, RefusesAWrongDirectory) {
  EXPECT_THAT(refusalOfArchive(pair().finish({.offset = 1 << 20})), HasSubstr("outside the file"));
  EXPECT_THAT(refusalOfArchive(pair().finish({.zip64 = true, .offset = std::uint64_t{1} << 60})), HasSubstr("outside the file"));
  EXPECT_THAT(refusalOfArchive(pair().finish({.size = 1 << 20})), HasSubstr("outside the file"));
  EXPECT_THAT(refusalOfArchive(pair().finish({.zip64 = true, .size = ~std::uint64_t{0}})), HasSubstr("outside the file"));
  EXPECT_THAT(refusalOfArchive(pair().finish({.zip64 = true, .offset64 = 7})), HasSubstr("contradict"));
  EXPECT_THAT(refusalOfArchive(pair().finish({.entries = 1})), HasSubstr("longer than its entries"));
  EXPECT_THAT(refusalOfArchive(pair().finish({.entries = 3})), HasSubstr("more entries"));
  EXPECT_THAT(refusalOfArchive(pair().finish({.zip64 = true, .entries = ~std::uint64_t{0} / 46})), HasSubstr("more entries"));
  EXPECT_THAT(refusalOfArchive(pair().finish({.zip64 = true, .recordOffset = 3})), HasSubstr("damaged"));
  EXPECT_THAT(refusalOfArchive(pair().finish({.zip64 = true, .recordOffset = ~std::uint64_t{0}})), HasSubstr("damaged"));
  EXPECT_THAT(refusalOfArchive(pair().finish({.disk = 1})), HasSubstr("several parts"));
}

TEST(ZipArchive, RefusesWrongMembers) {
  const auto said = [](const ZipBuilder::Member& member, const std::string& name = "a/three") {
    return refusalOfArchive(pair().add(name, "third", member).finish());
  };
  EXPECT_EQ(said({}), "");
  EXPECT_THAT(said({.crc = 1}), HasSubstr("checksum of its member a/three"));
  EXPECT_THAT(said({.plainBytes = 4}), HasSubstr("two different lengths"));
  EXPECT_THAT(said({.plainBytes = 1 << 20, .packedBytes = 1 << 20}), HasSubstr("beyond"));
  EXPECT_THAT(said({.zip64 = true, .plainBytes = ~std::uint64_t{0}, .packedBytes = ~std::uint64_t{0}}), HasSubstr("beyond"));
  EXPECT_THAT(said({.headerOffset = 1 << 20}), HasSubstr("outside"));
  EXPECT_THAT(said({.zip64 = true, .headerOffset = ~std::uint64_t{0}}), HasSubstr("outside"));
  EXPECT_THAT(said({.headerOffset = 1}), HasSubstr("not where"));
  EXPECT_THAT(said({.localName = "a/other"}), HasSubstr("not where"));
  EXPECT_THAT(said({.localName = "a/threefold"}), HasSubstr("not where"));
  EXPECT_THAT(said({.flags = 1}), HasSubstr("encrypted"));
  EXPECT_THAT(said({.method = 12}), HasSubstr("compressed in a way"));
  EXPECT_THAT(said({.deflated = true, .plainBytes = 4}), HasSubstr("does not unpack"));
  EXPECT_THAT(said({.deflated = true, .plainBytes = 6}), HasSubstr("does not unpack"));
  EXPECT_THAT(said({.method = 8}), HasSubstr("does not unpack"));
  EXPECT_THAT(said({.deflated = true, .plainBytes = 1 << 30}), HasSubstr("far more than its own size"));
  EXPECT_THAT(said({.headerOffset = 0, .localName = "a/three"}, "a/one"), HasSubstr("overlap"));
  EXPECT_THAT(said({}, "a/one"), HasSubstr("twice"));
  for (const char* name : {"../a", "a/../../b", "a/..", "/etc/passwd", "a\\b", ""})
    EXPECT_THAT(said({}, name), HasSubstr("leads out")) << name;
  EXPECT_THAT(said({}, std::string("a\0b", 3)), HasSubstr("leads out"));
  EXPECT_EQ(said({}, "a/..b/c.."), "");
}

TEST(ZipArchive, RefusesAZip64EntryWithoutItsSizes) {
  std::string bytes = pair().add("large", "third", {.zip64 = true}).finish();
  const std::size_t extra = bytes.rfind(std::string("\x01\x00\x18\x00", 4));
  ASSERT_NE(extra, bytes.npos);
  bytes[extra] = 2;
  EXPECT_THAT(refusalOfArchive(bytes), HasSubstr("size of a large member"));
}

}  // namespace
}  // namespace roundel
