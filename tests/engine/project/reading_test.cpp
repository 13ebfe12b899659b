#include <set>

#include "engine/project/project_fixture.h"
#include "project/reader_agreement.h"

namespace roundel {
namespace {

class ReadingTest : public ProjectTest {
 protected:
  ReadingTest() : m_project(Project::create(folder(), "anna")) {
    m_project.setClasses(twoBones());
    m_project.addCases({sized("a"), sized("b"), sized("c"), sized("d")});
  }
  static Case sized(const char* name) { return caseNamed(name, "", {20, 10, 1}); }
  Project& project() { return m_project; }
  std::int64_t idOf(const char* name) { return m_project.findCase(name)->id; }
  /// The first class over so many pixels from the start, the second absent or not annotated.
  Annotation labels(std::int64_t pixels, ClassState second = ClassState::Absent) {
    const Size size = m_project.cases().front().geometry.size;
    Annotation annotation = Annotation::empty(size, 2);
    annotation.set(0, Mask(size, {{0, pixels}}));
    if (second == ClassState::Absent) annotation.set(1, Mask(size));
    return annotation;
  }
  std::int64_t version(const char* name, std::int64_t pixels, const char* who = "") {
    return m_project.addAnnotation(idOf(name), labels(pixels), {.who = who, .how = "brush"});
  }

 private:
  Project m_project;
};

TEST_F(ReadingTest, NeverBecomesTheLabels) {
  const auto first = version("a", 10);
  const Annotation before = *project().latest(idOf("a"));
  const auto reading = project().addReading({.caseId = idOf("a"), .against = first, .session = "s", .annotation = labels(30)});
  EXPECT_EQ(*project().latest(idOf("a")), before);
  EXPECT_EQ(project().history(idOf("a")).size(), 1U);
  ASSERT_EQ(project().readings().size(), 1U);
  EXPECT_EQ(project().readings()[0].who, "anna");
  EXPECT_EQ(project().readingLabels(reading), labels(30));
  EXPECT_EQ(project().auditLog().back().action, "reading added");
  EXPECT_TRUE(project().verifyAudit().faults.empty());
}

TEST_F(ReadingTest, IsHeldAgainstTheVersionThatWasTheNewestThen) {
  const auto first = version("a", 10);
  project().addReading({.caseId = idOf("a"), .against = first, .session = "s", .annotation = labels(99)});
  project().addReading({.caseId = idOf("a"), .against = first, .session = "s", .annotation = labels(30)});  // the newest counts
  version("a", 30);
  const auto all = readerComparisons(project());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].sameReader());
  EXPECT_TRUE(all[0].blind());
  EXPECT_DOUBLE_EQ(*all[0].dice[0], 2.0 * 10 / (10 + 30));
  EXPECT_FALSE(all[0].dice[1].has_value()) << "absent for both: there is nothing to agree about";
  EXPECT_DOUBLE_EQ(*all[0].mean, 0.5);
  const ReaderAgreement intra = agreementOf(all, ReaderPair::Intra, 2), inter = agreementOf(all, ReaderPair::Inter, 2);
  EXPECT_EQ(intra.cases, 1);
  EXPECT_DOUBLE_EQ(*intra.mean, 0.5);
  EXPECT_EQ(inter.cases, 0);
  EXPECT_FALSE(inter.mean.has_value());
}

TEST_F(ReadingTest, TwoPeopleWhoLabelledACaseAreCompared) {
  version("a", 99, "anna");
  version("a", 10, "anna");
  version("a", 30, "ben");
  const auto other = version("b", 10, "anna");
  project().addReading({.caseId = idOf("b"), .against = other, .session = "s", .annotation = labels(10), .who = "ben"});
  const auto all = readerComparisons(project());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_FALSE(all[0].sameReader());
  EXPECT_FALSE(all[0].blind()) << "ben saw anna's labels";
  EXPECT_DOUBLE_EQ(*all[0].mean, 0.5) << "the newest of each";
  EXPECT_TRUE(all[1].blind());
  EXPECT_DOUBLE_EQ(*agreementOf(all, ReaderPair::Inter, 2).mean, 0.75);
}

TEST_F(ReadingTest, AClassThatOnlyOneSawCountsAsZeroAndOneThatNobodyLookedForNotAtAll) {
  const auto first = version("a", 10);
  Annotation again = labels(10, ClassState::NotAnnotated);
  project().addReading({.caseId = idOf("a"), .against = first, .session = "s", .annotation = again});
  Annotation seen = labels(10);
  seen.set(1, Mask(seen.size, {{50, 5}}));
  project().addReading({.caseId = idOf("a"), .against = first, .session = "t", .annotation = seen});
  const auto all = readerComparisons(project());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_FALSE(all[0].dice[1].has_value());
  EXPECT_DOUBLE_EQ(*all[0].mean, 1.0);
  EXPECT_DOUBLE_EQ(*all[1].dice[1], 0.0);
  EXPECT_DOUBLE_EQ(*all[1].mean, 0.5);
}

TEST_F(ReadingTest, WhatIsReadAgainIsDrawnBySeedAmongFinishedCases) {
  for (const char* name : {"a", "b", "c"}) version(name, 10);
  const auto drawn = drawForReading(project(), 9, 1);
  EXPECT_EQ(std::set<std::string>(drawn.begin(), drawn.end()), (std::set<std::string>{"a", "b", "c"}));
  EXPECT_EQ(drawForReading(project(), 9, 1), drawn);
  EXPECT_EQ(drawForReading(project(), 1, 1), std::vector<std::string>{drawn[0]});
  bool other = false;
  for (std::uint64_t seed = 2; seed < 12; ++seed) other = other || drawForReading(project(), 9, seed) != drawn;
  EXPECT_TRUE(other);
}

TEST_F(ReadingTest, WhatFitsNoCaseIsRefused) {
  const auto first = version("a", 10);
  version("b", 10);
  EXPECT_EQ(codeOf([&] { project().addReading({.caseId = idOf("b"), .against = first, .session = "s", .annotation = labels(1)}); }),
            "unknown-version");
  EXPECT_EQ(codeOf([&] { project().addReading({.caseId = 999, .against = first, .session = "s", .annotation = labels(1)}); }),
            "unknown-case");
  EXPECT_EQ(codeOf([&] {
              project().addReading({.caseId = idOf("a"), .against = first, .session = "s", .annotation = Annotation::empty({3, 3, 1}, 2)});
            }),
            "size-mismatch");
  EXPECT_TRUE(project().readings().empty());
}

}  // namespace
}  // namespace roundel
