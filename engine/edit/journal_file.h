#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edit/edit_history.h"
#include "edit/label_edit.h"

namespace roundel {

/// The labels that a journal's edits belong on.
struct JournalSubject {
  std::int64_t caseId = 0;
  std::string version;  ///< AnnotationVersion::hash of the stored labels (contentHash); empty: none are stored
  Size size;
  std::vector<std::int64_t> classIds;  ///< in the study's order

  bool operator==(const JournalSubject&) const = default;
};

enum class JournalRecordKind : std::uint8_t {
  Subject = 1,  ///< always the first one
  Edit = 2,
  Undo = 3,
  Redo = 4,
  Version = 5,  ///< the labels after some earlier record were about to be stored as this version
  History = 6,  ///< an EditHistory of before the subject's version, from a journal that was made shorter
  Classes = 7   ///< from here on edits count the classes in this order
};

struct JournalRecord {
  JournalRecordKind kind = JournalRecordKind::Edit;
  std::uint64_t sequence = 0;               ///< 0 for the subject, then 1, 2, ...
  LabelEdit edit = {};                      ///< Edit
  std::string version = {};                 ///< Version
  std::uint64_t after = 0;                  ///< Version: sequence number of the last record whose change is in it
  std::string history = {};                 ///< History, packed
  std::vector<std::int64_t> classIds = {};  ///< Classes
};

enum class JournalEnd {
  Whole,
  Torn,    ///< the last record was being written when the program or the computer went down
  Damaged  ///< a record is there but not as it was written
};

/// What a journal's bytes say, up to the last record that is whole.
struct JournalContents {
  JournalSubject subject;
  std::vector<JournalRecord> records;  ///< without the subject
  std::uint64_t wholeBytes = 0;        ///< length of the part that was understood
  std::uint64_t checksum = 0;          ///< of the last whole record; the next one continues it
  JournalEnd end = JournalEnd::Whole;
};

/// File: "RNDLJNL1", then records: length of the payload (u32), kind (u8), sequence (u64), checksum (u64), payload; little-endian. The
/// checksum is the first 64 bits of a SHA-256 over the checksum before, length, kind, sequence and payload, so that a record
/// counts only in its own place of its own journal: case and label version of the first record hold for all that follow.
std::string journalMagic();
std::string packRecord(const JournalRecord& record, std::uint64_t& checksum);
std::string packSubject(const JournalSubject& subject, std::uint64_t& checksum);
/// Bytes from anywhere can be given. Throws Error(BadInput, "damaged-journal") where not even the subject is whole, "torn-journal" where
/// the bytes end in the middle of it (nothing is lost then: no edit was written before it).
JournalContents parseJournal(std::string_view bytes);
/// Throws also Error(BadInput, "unreadable-file").
JournalContents readJournal(const std::filesystem::path& path);

/// Index of the first record that the labels stored as `version` lack: 0 where it is the subject's own; otherwise what the last Version
/// record that names it says; nothing where the journal never was at that version.
std::optional<std::size_t> recordsAfter(const JournalContents& contents, const std::string& version);

/// What a journal makes of stored labels.
struct Replayed {
  Annotation annotation;
  EditHistory history;
  std::int64_t edits = 0;  ///< edits, undos and redos that the stored labels did not have
};

/// The labels and the history as they were when the last record was synced. `stored` are the labels of the subject's version or of one
/// of its Version records, with classes of the ids `classIds`. Throws Error(BadInput, "other-version") for labels of any other
/// version, Error(BadInput, "edit-mismatch") where the edits do not fit.
Replayed replay(const JournalContents& contents, const Annotation& stored, const std::string& version,
                const std::vector<std::int64_t>& classIds);

}  // namespace roundel
