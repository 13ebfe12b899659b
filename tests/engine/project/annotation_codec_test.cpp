#include "project/annotation_codec.h"

#include "engine/project/project_fixture.h"

namespace roundel {
namespace {

StoredLabels randomLabels(std::uint64_t seed) {
  Random random(seed, "codec");
  const Size size{1 + random.below(40), 1 + random.below(30), 1 + random.below(3)};
  const int classes = static_cast<int>(random.below(6));
  StoredLabels labels{.classIds = {}, .annotation = Annotation::empty(size, classes)};
  const auto randomMask = [&](double share) {
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()));
    for (auto& byte : bytes) byte = random.uniform() < share;
    return Mask::fromBytes(size, bytes);
  };
  for (int i = 0; i < classes; ++i) {
    labels.classIds.push_back(i * 1000 + 1);
    if (random.uniform() < 0.7) labels.annotation.set(i, randomMask(random.uniform()));
  }
  if (random.uniform() < 0.5) labels.annotation.ignore = randomMask(0.1);
  return labels;
}

TEST(AnnotationCodec, GivesBackWhatItPacked) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const StoredLabels labels = randomLabels(seed);
    const StoredLabels read = unpackLabels(packLabels(labels));
    EXPECT_EQ(read.annotation, labels.annotation);
    EXPECT_EQ(read.classIds, labels.classIds);
    EXPECT_EQ(contentHash(read.annotation), contentHash(labels.annotation));
  }
}

TEST(AnnotationCodec, RefusesDamagedBytes) {
  const StoredLabels labels = randomLabels(3);
  const std::string packed = packLabels(labels);
  for (std::size_t length = 0; length < packed.size(); ++length)
    EXPECT_EQ(codeOf([&] { unpackLabels(std::string_view(packed).substr(0, length)); }), "damaged-project") << length;
  // A changed byte is refused, but for the few bits that the compression does not use.
  Random random(1, "damage");
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string broken = packed;
    broken[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(broken.size())))] ^= static_cast<char>(1 + random.below(255));
    try {
      EXPECT_EQ(unpackLabels(broken).annotation, labels.annotation) << i;
    } catch (const Error& problem) {
      EXPECT_EQ(problem.code(), "damaged-project") << i;
      ++refused;
    }
  }
  EXPECT_GT(refused, 2900);
}

TEST(AnnotationCodec, RefusesLengthsThatTheBytesCannotHold) {
  // "RLB1", then a plain length of 2^30 for a few bytes: refused before anything is allocated.
  EXPECT_EQ(codeOf([] { unpackLabels(std::string("RLB1\x80\x80\x80\x80\x04zzzz", 13)); }), "damaged-project");
  EXPECT_EQ(codeOf([] { unpackLabels("RLB2"); }), "damaged-project");
  EXPECT_EQ(codeOf([] { unpackLabels(""); }), "damaged-project");
}

TEST(AnnotationCodec, FollowsClassesToTheirPlaces) {
  StoredLabels labels{.classIds = {5, 9}, .annotation = someLabels({4, 4, 1}, 2, 1)};
  const Annotation moved = inClassOrder(labels, {9, 7, 5});
  ASSERT_EQ(moved.classes.size(), 3U);
  EXPECT_EQ(moved.classes[0], labels.annotation.classes[1]);
  EXPECT_EQ(moved.classes[1].state, ClassState::NotAnnotated);
  EXPECT_EQ(moved.classes[1].mask.size(), labels.annotation.size);
  EXPECT_EQ(moved.classes[2], labels.annotation.classes[0]);
}

}  // namespace
}  // namespace roundel
