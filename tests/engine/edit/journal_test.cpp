// The stroke journal: what was written is read back, a torn or damaged end is recognised, one process at a time, no wrong labels.
#include "edit/stroke_journal.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "core/files.h"
#include "edit/paint_policy.h"
#include "engine/edit/edit_support.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr Size kJournalSize{60, 40, 1};
const std::vector<std::int64_t> kIds{11, 12, 13};

JournalSubject journalSubject(const std::string& version, std::int64_t caseId = 5) {
  return {.caseId = caseId, .version = version, .size = kJournalSize, .classIds = kIds};
}

LabelEdit discEdit(const Annotation& annotation, int classIndex, double x, double y) {
  const Mask disc = strokeMask({.radius = 6}, {{x, y}}, test::geometryOf(kJournalSize), SlicePlane{});
  return paintEdit(annotation, classIndex, disc, PaintMode::Add, {}, "brush");
}

/// A journal of `count` strokes and the labels after each of them, the stored ones first.
std::vector<Annotation> writtenJournal(const fs::path& folder, const Annotation& stored, int count) {
  std::vector<Annotation> labels{stored};
  StrokeJournal journal(folder, journalSubject("v1"));
  for (int i = 0; i < count; ++i) {
    Annotation next = labels.back();
    const LabelEdit edit = discEdit(next, i % 3, 5.0 + 7 * i, 8.0 + 3 * i);
    applyEdit(next, edit);
    journal.appendEdit(edit);
    labels.push_back(next);
  }
  EXPECT_TRUE(journal.waitUntilSynced(10s));
  return labels;
}

TEST(StrokeJournal, EveryCutGivesTheLabelsOfTheLastWholeStroke) {
  const test::TemporaryFolder folder;
  const auto labels = writtenJournal(folder.path(), Annotation::empty(kJournalSize, 3), 6);
  const std::string bytes = readFile(journalPath(folder.path(), 5));
  std::size_t before = 0;
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    JournalContents contents;
    try {
      contents = parseJournal(std::string_view(bytes).substr(0, length));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "torn-journal");
      EXPECT_EQ(before, 0U);
      continue;
    }
    const std::size_t whole = contents.records.size();
    ASSERT_GE(whole, before);
    ASSERT_LE(whole, before + 1);
    before = whole;
    EXPECT_EQ(contents.end, contents.wholeBytes == length ? JournalEnd::Whole : JournalEnd::Torn) << length;
    EXPECT_EQ(replay(contents, labels[0], "v1", kIds).annotation, labels[whole]);
  }
  EXPECT_EQ(before, 6U);
}

TEST(StrokeJournal, AnyChangedByteIsNoticedAndNothingWrongIsReplayed) {
  const test::TemporaryFolder folder;
  const auto labels = writtenJournal(folder.path(), Annotation::empty(kJournalSize, 3), 4);
  const std::string bytes = readFile(journalPath(folder.path(), 5));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    try {
      const JournalContents contents = parseJournal(changed);
      ASSERT_LT(contents.records.size(), 4U) << at;
      EXPECT_NE(contents.end, JournalEnd::Whole) << at;
      EXPECT_EQ(replay(contents, labels[0], "v1", kIds).annotation, labels[contents.records.size()]);
    } catch (const Error& error) {
      EXPECT_TRUE(error.code() == "damaged-journal" || error.code() == "torn-journal") << error.code();
    }
  }
}

TEST(StrokeJournal, ATornEndIsCutAndTheJournalGoesOn) {
  const test::TemporaryFolder folder;
  const auto labels = writtenJournal(folder.path(), Annotation::empty(kJournalSize, 3), 3);
  const fs::path path = journalPath(folder.path(), 5);
  fs::resize_file(path, fs::file_size(path) - 3);
  Annotation now;
  {
    StrokeJournal journal(folder.path(), journalSubject("v1"));
    EXPECT_EQ(journal.finding(), JournalFinding::Unsaved);
    EXPECT_FALSE(journal.notice().empty());
    now = replay(journal.contents(), labels[0], "v1", kIds).annotation;
    EXPECT_EQ(now, labels[2]);
    const LabelEdit edit = discEdit(now, 0, 30, 30);
    applyEdit(now, edit);
    journal.appendEdit(edit);
  }
  StrokeJournal again(folder.path(), journalSubject("v1"));
  EXPECT_TRUE(again.notice().empty());
  EXPECT_EQ(replay(again.contents(), labels[0], "v1", kIds).annotation, now);
}

TEST(StrokeJournal, ADamagedFileIsKeptAside) {
  const test::TemporaryFolder folder;
  writtenJournal(folder.path(), Annotation::empty(kJournalSize, 3), 3);
  const fs::path path = journalPath(folder.path(), 5);
  std::string bytes = readFile(path);
  bytes[bytes.size() - 2] = static_cast<char>(bytes[bytes.size() - 2] ^ 1);
  std::ofstream(path, std::ios::binary) << bytes;
  {
    StrokeJournal journal(folder.path(), journalSubject("v1"));
    EXPECT_EQ(journal.contents().records.size(), 2U);
    EXPECT_NE(journal.notice().find("damaged"), std::string::npos);
  }
  EXPECT_EQ(readFile(path.string() + ".damaged-1"), bytes);
  std::ofstream(path, std::ios::binary) << "not a journal at all, but something else";
  StrokeJournal journal(folder.path(), journalSubject("v1"));
  EXPECT_EQ(journal.finding(), JournalFinding::Fresh);
  EXPECT_EQ(readFile(path.string() + ".damaged-2"), "not a journal at all, but something else");
}

TEST(StrokeJournal, OfAnotherVersionIsOfferedNeverApplied) {
  const test::TemporaryFolder folder;
  const auto labels = writtenJournal(folder.path(), Annotation::empty(kJournalSize, 3), 2);
  {
    StrokeJournal journal(folder.path(), journalSubject("v2"));
    EXPECT_EQ(journal.finding(), JournalFinding::OtherVersion);
    EXPECT_THROW(journal.appendUndo(), Error);
    EXPECT_THROW(replay(journal.contents(), labels[1], "v2", kIds), Error);
    EXPECT_EQ(replay(journal.contents(), labels[0], "v1", kIds).annotation,
              labels[2]);  // on the labels it was written on it can be looked at
  }
  StrokeJournal journal(folder.path(), journalSubject("v2"));
  EXPECT_EQ(journal.finding(), JournalFinding::OtherVersion);  // looking at it has not lost it
  const fs::path aside = journal.setAside();
  EXPECT_EQ(journal.finding(), JournalFinding::Fresh);
  EXPECT_EQ(readJournal(aside).records.size(), 2U);
  journal.appendUndo();
  EXPECT_TRUE(journal.waitUntilSynced(10s));
  EXPECT_EQ(readJournal(journal.path()).subject.version, "v2");
}

TEST(StrokeJournal, ReplayRefusesLabelsItDoesNotFit) {
  const test::TemporaryFolder folder;
  const auto labels = writtenJournal(folder.path(), Annotation::empty(kJournalSize, 3), 2);
  const JournalContents contents = readJournal(journalPath(folder.path(), 5));
  Annotation wrong = labels[1];  // the first stroke is in already
  EXPECT_THROW(replay(contents, wrong, "v1", kIds), Error);
  EXPECT_THROW(replay(contents, Annotation::empty({60, 41, 1}, 3), "v1", kIds), Error);
  EXPECT_THROW(replay(contents, labels[0], "v1", {11, 12}), Error);
}

TEST(StrokeJournal, TwoCannotWriteOne) {
  const test::TemporaryFolder folder;
  const StrokeJournal journal(folder.path(), journalSubject("v1"));
  EXPECT_THROW(StrokeJournal(folder.path(), journalSubject("v1")), Error);
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 0;
    try {
      const StrokeJournal other(folder.path(), journalSubject("v1"));
    } catch (const Error& error) {
      code = error.kind() == ErrorKind::Locked && error.code() == "journal-locked" ? 42 : 1;
    }
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 42);
  EXPECT_NO_THROW(StrokeJournal(folder.path(), journalSubject("v1", 6)));
}

/// While it lives no file of this process grows beyond so many bytes, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &m_before);
    const rlimit small{bytes, m_before.rlim_max};
    m_handler = ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &m_before);
    ::signal(SIGXFSZ, m_handler);
  }

 private:
  rlimit m_before{};
  void (*m_handler)(int) = nullptr;
};

TEST(StrokeJournal, AFullDiskLosesNothing) {
  const test::TemporaryFolder folder;
  Annotation labels = Annotation::empty(kJournalSize, 3);
  StrokeJournal journal(folder.path(), journalSubject("v1"));
  const auto stroke = [&](double x) {
    const LabelEdit edit = discEdit(labels, 0, x, 20);
    applyEdit(labels, edit);
    journal.appendEdit(edit);
  };
  stroke(5);
  ASSERT_TRUE(journal.waitUntilSynced(10s));
  const auto length = fs::file_size(journal.path());
  {
    const FullDisk full(length + 40);
    stroke(20);
    EXPECT_FALSE(journal.waitUntilSynced(10s));
    ASSERT_TRUE(journal.failure());
    EXPECT_EQ(journal.syncedUpTo(), 1U);
    EXPECT_EQ(fs::file_size(journal.path()), length);  // the half record is taken back
    stroke(35);
    EXPECT_FALSE(journal.waitUntilSynced(10s));
  }
  journal.retry();
  EXPECT_TRUE(journal.waitUntilSynced(10s));
  EXPECT_FALSE(journal.failure());
  EXPECT_EQ(replay(readJournal(journal.path()), Annotation::empty(kJournalSize, 3), "v1", kIds).annotation, labels);
}

TEST(StrokeJournal, ACaseThatWasOnlyLookedAtLeavesNoFile) {
  const test::TemporaryFolder folder;
  { const StrokeJournal journal(folder.path(), journalSubject("v1")); }
  EXPECT_TRUE(journalledCases(folder.path()).empty());
  writtenJournal(folder.path(), Annotation::empty(kJournalSize, 3), 1);
  std::ofstream(folder / "case-x.strokes") << "?";
  std::ofstream(folder / "case-5.strokes.aside-1") << "?";
  EXPECT_EQ(journalledCases(folder.path()), std::vector<std::int64_t>{5});
  EXPECT_TRUE(journalledCases(folder / "nowhere").empty());
}

TEST(StrokeJournal, ClassesMayBeAddedAndReordered) {
  const test::TemporaryFolder folder;
  const Annotation stored = Annotation::empty(kJournalSize, 3);
  const auto labels = writtenJournal(folder.path(), stored, 3);
  const std::vector<std::int64_t> now{13, 99, 11, 12};
  Annotation expected = Annotation::empty(kJournalSize, 4);
  expected.classes[0] = labels[3].classes[2];
  expected.classes[2] = labels[3].classes[0];
  expected.classes[3] = labels[3].classes[1];
  auto subject = journalSubject("v1");
  subject.classIds = now;
  {
    StrokeJournal journal(folder.path(), subject);
    EXPECT_EQ(replay(journal.contents(), Annotation::empty(kJournalSize, 4), "v1", now).annotation, expected);
    const LabelEdit edit = discEdit(expected, 1, 30, 20);
    applyEdit(expected, edit);
    journal.appendEdit(edit);
  }
  const StrokeJournal journal(folder.path(), subject);
  const Replayed found = replay(journal.contents(), Annotation::empty(kJournalSize, 4), "v1", now);
  EXPECT_EQ(found.annotation, expected);
  EXPECT_EQ(found.history.size(), 4U);
}

TEST(StrokeJournal, StaysShortWhileItsHistoryStays) {
  const test::TemporaryFolder folder;
  const Annotation stored = Annotation::empty({100, 100, 1}, 1);
  constexpr std::uint64_t kLong = 20'000;
  Annotation labels = stored;
  JournalSubject subject{.caseId = 1, .version = "v1", .size = stored.size, .classIds = {1}};
  for (int session = 0; session < 2; ++session) {
    StrokeJournal journal(folder.path(), subject, kLong);
    ASSERT_EQ(journal.finding(), JournalFinding::Fresh);
    // A pattern of single pixels, in and out: edits of kilobytes.
    std::vector<Mask::Run> runs;
    for (std::int64_t i = session; i < stored.size.count(); i += 5) runs.push_back({i, 1});
    for (int i = 0; i < 12; ++i) {
      const LabelEdit edit =
          paintEdit(labels, 0, Mask(stored.size, runs), i % 2 == 0 ? PaintMode::Add : PaintMode::Remove, {}, "threshold");
      applyEdit(labels, edit);
      journal.appendEdit(edit);
    }
    subject.version = "v" + std::to_string(session + 2);
    journal.appendVersion(subject.version, journal.lastAppended());
    ASSERT_TRUE(journal.waitUntilSynced(60s));
    EXPECT_TRUE(readJournal(journal.path()).records.size() > 12);
  }
  const StrokeJournal journal(folder.path(), subject, kLong);
  const Replayed found = replay(journal.contents(), labels, subject.version, {1});
  EXPECT_EQ(found.annotation, labels);
  EXPECT_EQ(journal.contents().records.size(), 1U);  // the history alone
  EXPECT_EQ(found.history.size(), 24U);
}

}  // namespace
}  // namespace roundel
