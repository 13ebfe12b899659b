// A session: strokes, tools, undo and redo, the journal beside, and what is there after a restart.
#include "edit/edit_session.h"

#include <gtest/gtest.h>

#include <thread>

#include "engine/edit/edit_support.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

constexpr Size kSize{120, 90, 1};

JournalSubject subjectOf(const std::string& version) { return {.caseId = 7, .version = version, .size = kSize, .classIds = {1, 2, 3}}; }

void strokeAt(EditSession& session, int classIndex, double x, double y) {
  session.beginStroke({.classIndex = classIndex, .brush = {.radius = 8}});
  session.strokeTo({x, y});
  session.strokeTo({x + 10, y + 4});
  session.endStroke();
}

TEST(EditSession, UndoAndRedoGiveBackEveryPixelAndEveryState) {
  const Annotation start = test::randomAnnotation(kSize, 3, 1);
  EditSession session(start, test::geometryOf(kSize));
  std::vector<Annotation> versions{start};
  for (int i = 0; i < 6; ++i) {
    if (i == 3) session.commit(stateEdit(session.annotation(), 1, ClassState::Absent));
    else strokeAt(session, i % 3, 20.0 + 10 * i, 30);
    if (session.annotation() != versions.back()) versions.push_back(session.annotation());
  }
  ASSERT_EQ(session.history().size(), versions.size() - 1);
  for (std::size_t i = versions.size() - 1; i > 0; --i) {
    session.undo();
    EXPECT_EQ(session.annotation(), versions[i - 1]);
  }
  EXPECT_TRUE(session.undo().empty());
  session.goTo(versions.size() - 1);
  EXPECT_EQ(session.annotation(), versions.back());
  EXPECT_TRUE(session.redo().empty());
}

TEST(EditSession, GoesOnAfterARestart) {
  const test::TemporaryFolder folder;
  const Annotation stored = test::randomAnnotation(kSize, 3, 2);
  const std::string version = contentHash(stored);
  Annotation last;
  {
    EditSession session(stored, test::geometryOf(kSize), nullptr, std::make_unique<StrokeJournal>(folder.path(), subjectOf(version)));
    strokeAt(session, 0, 30, 30);
    strokeAt(session, 1, 40, 30);
    strokeAt(session, 2, 50, 30);
    session.undo();
    last = session.annotation();
    EXPECT_TRUE(session.unsaved());
  }
  auto journal = std::make_unique<StrokeJournal>(folder.path(), subjectOf(version));
  ASSERT_EQ(journal->finding(), JournalFinding::Unsaved);
  const Replayed found = replay(journal->contents(), stored, version, {1, 2, 3});
  EXPECT_EQ(found.annotation, last);
  EXPECT_EQ(found.edits, 4);
  EditSession session(found.annotation, test::geometryOf(kSize), nullptr, std::move(journal), found.history);
  EXPECT_TRUE(session.unsaved());
  session.undo();
  session.undo();
  EXPECT_EQ(session.annotation(), stored);
  EXPECT_EQ(session.history().steps().size(), 3U);
}

TEST(EditSession, WhatWasSavedIsNotOfferedAgainButCanBeUndone) {
  const test::TemporaryFolder folder;
  const Annotation stored = Annotation::empty(kSize, 3);
  std::string version;
  Annotation saved;
  {
    EditSession session(stored, test::geometryOf(kSize), nullptr, std::make_unique<StrokeJournal>(folder.path(), subjectOf("")));
    strokeAt(session, 0, 30, 30);
    version = session.aboutToSave();
    session.saved();
    saved = session.annotation();
    EXPECT_FALSE(session.unsaved());
  }
  auto journal = std::make_unique<StrokeJournal>(folder.path(), subjectOf(version));
  EXPECT_EQ(journal->finding(), JournalFinding::Fresh);
  const Replayed found = replay(journal->contents(), saved, version, {1, 2, 3});
  EXPECT_EQ(found.annotation, saved);
  EditSession session(found.annotation, test::geometryOf(kSize), nullptr, std::move(journal), found.history);
  session.undo();
  EXPECT_EQ(session.annotation(), stored);
}

TEST(EditSession, PaintingGoesOnWhileAnotherThreadSaves) {
  const test::TemporaryFolder folder;
  SavePoint point;
  std::string version;
  Annotation last;
  {
    EditSession session(Annotation::empty(kSize, 3), test::geometryOf(kSize), nullptr,
                        std::make_unique<StrokeJournal>(folder.path(), subjectOf("")));
    strokeAt(session, 0, 30, 30);
    point = session.savePoint();
    strokeAt(session, 1, 60, 40);
    std::thread([&] { version = announceSave(session.journal(), point); }).join();
    session.saved(point);
    EXPECT_TRUE(session.unsaved());  // the second stroke came later
    last = session.annotation();
  }
  EXPECT_EQ(version, contentHash(point.annotation));
  StrokeJournal journal(folder.path(), subjectOf(version));
  ASSERT_EQ(journal.finding(), JournalFinding::Unsaved);
  const Replayed found = replay(journal.contents(), point.annotation, version, {1, 2, 3});
  EXPECT_EQ(found.edits, 1);
  EXPECT_EQ(found.annotation, last);
  EXPECT_EQ(found.history.position(), 2U);
  // Where the power went before they were stored, both strokes are lacking.
  EXPECT_EQ(replay(journal.contents(), Annotation::empty(kSize, 3), "", {1, 2, 3}).edits, 2);
}

}  // namespace
}  // namespace roundel
