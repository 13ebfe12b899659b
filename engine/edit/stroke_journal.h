#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "edit/journal_file.h"

namespace roundel {

/// What StrokeJournal::open found.
enum class JournalFinding {
  Fresh,        ///< no journal was there, or nothing in it that the stored labels lack
  Unsaved,      ///< edits on exactly these stored labels: replayed() gives them
  OtherVersion  ///< edits on other labels than the stored ones: to be offered, never applied by itself; appending is refused until
                ///< setAside() or discard() was called
};

/// The journal of one case: everything done to its labels since they were last stored, in a file of the project's journal/ folder.
///
/// Edits are handed over by the thread of the view, which never waits; a thread of the journal's own writes and syncs them. What appends,
/// waits and asks may be called from any thread. What was
/// synced survives kill -9 and loss of power; what was cut off in the middle is recognised when the file is read and left out.
/// One process at a time (flock); a second one is told so.
class StrokeJournal {
 public:
  /// `folder` is the project's journal/ folder. Throws Error(Locked, "journal-locked"), Error(Locked | Resource, "not-writable"),
  /// Error(BadInput, "damaged-journal") where the file is no journal at all (it is kept aside first).
  /// A journal longer than `longBytes` in which nothing is unsaved is written anew with its history alone.
  StrokeJournal(const std::filesystem::path& folder, JournalSubject subject, std::uint64_t longBytes = std::uint64_t{16} << 20);
  /// Writes what is queued, then closes.
  ~StrokeJournal();
  StrokeJournal(const StrokeJournal&) = delete;
  StrokeJournal& operator=(const StrokeJournal&) = delete;

  JournalFinding finding() const;
  /// What the file held when it was opened.
  const JournalContents& contents() const;
  /// A sentence where the end of the file was cut off or damaged; empty: nothing was.
  const std::string& notice() const;

  /// Hand over what was done; return at once with the record's sequence number. Throw Error(Usage, "journal-of-other-version").
  std::uint64_t appendEdit(const LabelEdit& edit);
  std::uint64_t appendUndo();
  std::uint64_t appendRedo();
  /// The labels as they were after record `after` are about to be stored as this version. To be synced before they are (waitUntilSynced).
  std::uint64_t appendVersion(const std::string& version, std::uint64_t after);

  /// Classes were added to the study or put in another order: later edits count them so.
  std::uint64_t appendClasses(const std::vector<std::int64_t>& classIds);

  /// Sequence number of the last record that was appended; of the last one that is on the disk.
  std::uint64_t lastAppended() const;
  std::uint64_t syncedUpTo() const;
  bool allSynced() const;
  /// Waits until all that was appended is on the disk, at most so long; false: not yet, or it could not be written (failure()).
  bool waitUntilSynced(std::chrono::milliseconds atMost) const;
  /// Why the last write failed (disk full ...); what is queued is kept and tried again with every append and retry().
  std::optional<Error> failure() const;
  void retry();

  /// OtherVersion: renames the journal and begins a new one; gives the path where it now lies.
  std::filesystem::path setAside();
  /// Forgets all edits and begins anew on the subject's version. What was there is gone.
  void discard();

  const std::filesystem::path& path() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

/// The journal's file of a case.
std::filesystem::path journalPath(const std::filesystem::path& folder, std::int64_t caseId);
/// The ids of the cases that have a journal in the folder, ascending; an absent folder has none.
std::vector<std::int64_t> journalledCases(const std::filesystem::path& folder);

}  // namespace roundel
