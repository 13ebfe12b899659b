#include "phantom/phantom.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "core/error.h"
#include "core/hash.h"

namespace roundel {
namespace {

constexpr PhantomKind kKinds[] = {PhantomKind::Dental, PhantomKind::Wrist, PhantomKind::Volume};

PhantomOptions small(PhantomKind kind, int width, int height) {
  PhantomOptions options = defaultPhantomOptions(kind);
  options.width = width;
  options.height = height;
  options.depth = 16;
  return options;
}

std::string hashOf(const PhantomCase& made) {
  Sha256 hash;
  hash.update(made.image.values.data(), made.image.values.size() * sizeof(float));
  hash.update(contentHash(made.annotation));
  hash.update(made.facts.dump());
  hash.update(made.name);
  return hash.hex();
}

const ClassAnnotation& classNamed(const PhantomCase& made, const std::string& name) {
  return made.annotation.classes.at(static_cast<std::size_t>(made.classes.indexOfName(name)));
}

TEST(Phantom, isAFunctionOfSeedAndIndexAlone) {
  for (const PhantomKind kind : kKinds) {
    const auto options = small(kind, 96, 64);
    const std::string alone = hashOf(makePhantom(kind, options, 7, 3));
    for (const int other : {0, 1, 2}) makePhantom(kind, options, 7, other);
    EXPECT_EQ(hashOf(makePhantom(kind, options, 7, 3)), alone) << toString(kind);
    EXPECT_NE(hashOf(makePhantom(kind, options, 8, 3)), alone) << toString(kind) << ": another seed";
  }
}

TEST(Phantom, isTheSameFromManyThreads) {
  for (const PhantomKind kind : kKinds) {
    const auto options = small(kind, 96, 64);
    std::vector<std::string> together(6);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < together.size(); ++i)
      threads.emplace_back([&, i] { together[i] = hashOf(makePhantom(kind, options, 1, static_cast<std::int64_t>(i))); });
    for (auto& thread : threads) thread.join();
    for (std::size_t i = 0; i < together.size(); ++i)
      EXPECT_EQ(together[i], hashOf(makePhantom(kind, options, 1, static_cast<std::int64_t>(i)))) << toString(kind) << " " << i;
  }
}

TEST(Phantom, differsFromIndexToIndex) {
  for (const PhantomKind kind : kKinds) {
    std::set<std::string> pictures, labels;
    for (int i = 0; i < 12; ++i) {
      const auto made = makePhantom(kind, small(kind, 64, 64), 1, i);
      pictures.insert(hashOf(made));
      labels.insert(contentHash(made.annotation));
    }
    EXPECT_EQ(pictures.size(), 12U) << toString(kind);
    EXPECT_EQ(labels.size(), 12U) << toString(kind);
  }
}

TEST(Phantom, greyValuesAreFiniteAndUseTheirRange) {
  for (const PhantomKind kind : kKinds)
    for (int i = 0; i < 6; ++i) {
      const auto made = makePhantom(kind, small(kind, 128, 96), 2, i);
      ASSERT_EQ(made.image.values.size(), static_cast<std::size_t>(made.image.geometry.size.count()));
      double low = 1, high = 0, sum = 0;
      for (const float value : made.image.values) {
        ASSERT_TRUE(std::isfinite(value) && value >= 0 && value <= 1) << made.name;
        low = std::min<double>(low, value);
        high = std::max<double>(high, value);
        sum += value;
      }
      const double mean = sum / static_cast<double>(made.image.values.size());
      EXPECT_GT(high - low, 0.6) << made.name;
      EXPECT_GT(mean, 0.05) << made.name;
      EXPECT_LT(mean, 0.85) << made.name;
    }
}

TEST(Phantom, classesAreThePaletteInItsOrder) {
  EXPECT_EQ(makeDental(small(PhantomKind::Dental, 32, 32), 1, 0).classes, paletteClasses("fdi"));
  EXPECT_EQ(makeWrist(small(PhantomKind::Wrist, 32, 32), 1, 0).classes, paletteClasses("carpal"));
  std::vector<std::string> names;
  const LabelSet eight = phantomClasses(PhantomKind::Dental, 8);
  for (const auto& one : eight.classes()) names.push_back(one.name);
  EXPECT_THAT(names, testing::ElementsAre("11", "12", "13", "14", "21", "22", "23", "24"));
  EXPECT_THAT(eight.mirrorIndices(), testing::ElementsAre(4, 5, 6, 7, 0, 1, 2, 3));
  for (const PhantomKind kind : kKinds)
    for (int count = 1; count <= phantomClasses(kind, 0).size(); ++count) EXPECT_EQ(phantomClasses(kind, count).size(), count);
}

TEST(Phantom, fewerClassesChangeNeitherPictureNorMasks) {
  auto options = small(PhantomKind::Dental, 192, 96);
  const auto all = makeDental(options, 5, 2);
  options.classCount = 8;
  const auto eight = makeDental(options, 5, 2);
  EXPECT_EQ(eight.image.values, all.image.values);
  for (int i = 0; i < eight.classes.size(); ++i)
    EXPECT_EQ(eight.annotation.classes[static_cast<std::size_t>(i)], classNamed(all, eight.classes[i].name));
}

TEST(Phantom, missingTeethAreAbsentAndTheOthersPresent) {
  auto options = small(PhantomKind::Dental, 512, 256);
  options.missingTeeth = {0.3, 0.3};
  int missing = 0;
  for (int i = 0; i < 4; ++i) {
    const auto made = makeDental(options, 3, i);
    std::set<std::string> lost;
    for (const auto& name : made.facts.at("missing")) lost.insert(name.get<std::string>());
    missing += static_cast<int>(lost.size());
    for (const auto& one : made.classes.classes()) {
      const auto& annotation = classNamed(made, one.name);
      if (lost.contains(one.name)) {
        EXPECT_EQ(annotation.state, ClassState::Absent) << made.name << " " << one.name;
        EXPECT_TRUE(annotation.mask.empty());
      } else if (one.id % 10 <= 6) {  // those further back may lie beyond the picture's edge
        EXPECT_EQ(annotation.state, ClassState::Present) << made.name << " " << one.name;
        EXPECT_FALSE(annotation.mask.empty());
      }
    }
  }
  EXPECT_GT(missing, 4);
}

TEST(Phantom, teethHaveTheAreaOfTeethAndNeighboursOverlap) {
  const auto options = small(PhantomKind::Dental, 512, 256);
  int overlaps = 0;
  for (int i = 0; i < 8; ++i) {
    const auto made = makeDental(options, 11, i);
    const double mm2 = made.image.geometry.spacingMm[0] * made.image.geometry.spacingMm[1];
    for (std::size_t k = 0; k < 32; ++k) {
      const auto& mask = made.annotation.classes[k].mask;
      ASSERT_EQ(mask.size(), made.image.geometry.size);
      const PixelBox box = mask.bounds();
      const bool cut = box.x0 == 0 || box.y0 == 0 || box.x1 == 512 || box.y1 == 256;
      if (!mask.empty() && !cut) {
        EXPECT_GT(static_cast<double>(mask.area()) * mm2, 50) << made.name << " " << made.classes[static_cast<int>(k)].name;
        EXPECT_LT(static_cast<double>(mask.area()) * mm2, 420) << made.name << " " << made.classes[static_cast<int>(k)].name;
      }
      if (k % 8 < 7 && overlapArea(mask, made.annotation.classes[k + 1].mask) > 0) ++overlaps;
    }
  }
  EXPECT_GT(overlaps, 10);
}

TEST(Phantom, patientsRightIsThePicturesLeftAndUpperIsAbove) {
  for (int i = 0; i < 6; ++i) {
    auto options = small(PhantomKind::Dental, 256, 128);
    options.missingTeeth = {0, 0};
    const auto made = makeDental(options, 4, i);
    const auto middle = [&](const std::string& name) {
      const PixelBox box = classNamed(made, name).mask.bounds();
      return std::pair<std::int64_t, std::int64_t>{box.x0 + box.x1, box.y0 + box.y1};
    };
    for (const char* position : {"1", "3", "6"}) {
      EXPECT_LT(middle(std::string("1") + position).first, middle(std::string("2") + position).first);
      EXPECT_LT(middle(std::string("4") + position).first, middle(std::string("3") + position).first);
      EXPECT_LT(middle(std::string("1") + position).second, middle(std::string("4") + position).second);
      EXPECT_LT(middle(std::string("2") + position).second, middle(std::string("3") + position).second);
    }
  }
}

TEST(Phantom, everyClassOccursInAReasonableShareOfCases) {
  for (const PhantomKind kind : kKinds) {
    constexpr int kCases = 60;
    const auto options = small(kind, 96, kind == PhantomKind::Wrist ? 144 : 64);
    std::vector<int> present(static_cast<std::size_t>(phantomClasses(kind, 0).size()));
    for (int i = 0; i < kCases; ++i) {
      const auto made = makePhantom(kind, options, 1, i);
      for (std::size_t k = 0; k < present.size(); ++k) present[k] += made.annotation.classes[k].state == ClassState::Present ? 1 : 0;
    }
    for (std::size_t k = 0; k < present.size(); ++k)
      EXPECT_GE(present[k], kCases / 4) << toString(kind) << " " << phantomClasses(kind, 0)[static_cast<int>(k)].name;
  }
}

TEST(Phantom, bonesOssifyWithAge) {
  auto options = small(PhantomKind::Wrist, 128, 192);
  const auto present = [&](double age) {
    options.ageYears = {age, age};
    double sum = 0;
    for (int i = 0; i < 8; ++i)
      for (const auto& one : makeWrist(options, 1, i).annotation.classes) sum += one.state == ClassState::Present ? 1 : 0;
    return sum / 8;
  };
  EXPECT_LT(present(2), 12);
  EXPECT_GT(present(15), 15.5);
  options.ageYears = {5, 5};
  EXPECT_EQ(classNamed(makeWrist(options, 1, 0), "Os pisiforme").state, ClassState::Absent);
}

TEST(Phantom, wristBonesOverlapAndGrowthPlatesPart) {
  auto options = small(PhantomKind::Wrist, 256, 384);
  options.ageYears = {12, 16};
  int pisiform = 0;
  for (int i = 0; i < 6; ++i) {
    const auto made = makeWrist(options, 2, i);
    if (overlapArea(classNamed(made, "Os pisiforme").mask, classNamed(made, "Os triquetrum").mask) > 0) ++pisiform;
    const Mask& cap = classNamed(made, "Epiphyse Radius").mask;
    EXPECT_LE(overlapArea(classNamed(made, "Radius").mask, cap), cap.area() / 50) << made.name;
  }
  EXPECT_GE(pisiform, 4);
}

TEST(Phantom, volumesHoldOrgansApart) {
  const auto made = makeVolume(small(PhantomKind::Volume, 48, 48), 1, 0);
  EXPECT_EQ(made.image.geometry.size, (Size{48, 48, 16}));
  for (std::size_t a = 0; a < 3; ++a) {
    EXPECT_GT(made.annotation.classes[a].mask.area(), 30);
    for (std::size_t b = a + 1; b < 3; ++b) EXPECT_EQ(overlapArea(made.annotation.classes[a].mask, made.annotation.classes[b].mask), 0);
  }
}

TEST(Phantom, acquisitionChangesThePictureAndNotThePatient) {
  auto options = small(PhantomKind::Dental, 96, 48);
  Json first;
  for (int i = 0; i < 4; ++i) {
    options.acquisition = 0;
    const auto standard = makeDental(options, 3, i);
    options.acquisition = 3;
    const auto odd = makeDental(options, 3, i);
    for (const char* fact : {"missing", "implants", "filled", "crowned", "root_filled", "braces", "bone_loss_mm"})
      EXPECT_EQ(standard.facts[fact], odd.facts[fact]) << fact;
    EXPECT_EQ(standard.facts["pose"]["crowding"], odd.facts["pose"]["crowding"]);
    EXPECT_NE(standard.facts["pose"]["mm_per_pixel"], odd.facts["pose"]["mm_per_pixel"]);
    EXPECT_NE(standard.facts["exposure"]["gamma"], odd.facts["exposure"]["gamma"]);
    Json pose = standard.facts["pose"];
    pose.erase("crowding");
    if (first.is_null()) first = pose;
    EXPECT_EQ(pose, first) << "nobody stands differently where acquisition is 0";
  }
}

TEST(Phantom, tinyAndOddSizesDoNotCrash) {
  for (const PhantomKind kind : kKinds)
    for (const auto& [width, height] : {std::pair{8, 8}, std::pair{16, 16}, std::pair{9, 200}, std::pair{300, 8}}) {
      const auto made = makePhantom(kind, small(kind, width, height), 1, 0);
      EXPECT_EQ(made.image.width(), width);
      EXPECT_EQ(made.image.height(), height);
    }
}

TEST(Phantom, refusesWhatCannotBe) {
  const auto code = [](PhantomKind kind, const PhantomOptions& options) -> std::string {
    try {
      makePhantom(kind, options, 1, 0);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Usage);
      EXPECT_FALSE(error.details().remedy.empty());
      return error.code();
    }
    return "made";
  };
  EXPECT_EQ(code(PhantomKind::Dental, {.width = 0}), "bad-option");
  EXPECT_EQ(code(PhantomKind::Dental, {.height = 100000}), "bad-option");
  EXPECT_EQ(code(PhantomKind::Dental, {.classCount = 33}), "bad-option");
  EXPECT_EQ(code(PhantomKind::Wrist, {.ageYears = {9, 3}}), "bad-option");
  EXPECT_EQ(code(PhantomKind::Wrist, {.variation = std::nan("")}), "bad-option");
  EXPECT_EQ(code(PhantomKind::Dental, {.acquisition = 3.1}), "bad-option");
  EXPECT_EQ(code(PhantomKind::Volume, {.width = 8192, .height = 8192, .depth = 1024}), "bad-option");
  EXPECT_THROW(phantomKindFromString("dentl"), Error);
  EXPECT_EQ(phantomKindFromString("wrist"), PhantomKind::Wrist);
}

}  // namespace
}  // namespace roundel
