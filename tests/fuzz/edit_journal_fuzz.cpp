// The stroke journal of a case, as a damaged or a hostile project folder would hold it: read, replayed onto labels of its own size, and
// opened for going on. Checksums are no obstacle: bytes that are no journal are also taken as the payloads of one.
#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "edit/journal_file.h"
#include "edit/stroke_journal.h"
#include "fuzz/scratch.h"

namespace {

constexpr roundel::Size kSize{40, 30, 2};

void tryReplaying(const roundel::JournalContents& contents) {
  if (contents.subject.size.count() > 1 << 20) return;
  try {
    const auto labels = roundel::Annotation::empty(contents.subject.size, static_cast<int>(contents.subject.classIds.size()));
    const auto found = roundel::replay(contents, labels, contents.subject.version, contents.subject.classIds);
    // What could be replayed can be taken back.
    auto annotation = found.annotation;
    auto history = found.history;
    while (history.canUndo()) {
      roundel::undoEdit(annotation, history.nextUndo());
      history.undone();
    }
  } catch (const roundel::Error&) {
  }
}

/// The bytes as payloads: a length, a kind and that many bytes, one after another, with checksums that fit.
std::string journalOf(const std::uint8_t* data, std::size_t size) {
  std::uint64_t checksum = 0;
  std::string bytes =
      roundel::journalMagic() + roundel::packSubject({.caseId = 1, .version = "v", .size = kSize, .classIds = {1, 2}}, checksum);
  std::uint64_t sequence = 1;
  for (std::size_t at = 0; at + 2 <= size; ++sequence) {
    const auto kind = static_cast<roundel::JournalRecordKind>(data[at] % 8);
    const std::size_t length = std::min<std::size_t>(data[at + 1], size - at - 2);
    // Text goes through as it is; an edit that is none is written as text of that kind and damages the journal from there.
    const std::string payload(reinterpret_cast<const char*>(data) + at + 2, length);
    roundel::JournalRecord record{.kind = kind, .sequence = sequence};
    try {
      if (kind == roundel::JournalRecordKind::Edit) record.edit = roundel::unpackEdit(payload);
      if (kind == roundel::JournalRecordKind::History) roundel::EditHistory::unpack(payload);
    } catch (const roundel::Error&) {
      record.kind = roundel::JournalRecordKind::Version;
    }
    record.version = payload;
    record.history = payload;
    bytes += roundel::packRecord(record, checksum);
    at += 2 + length;
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const roundel::fuzz::Scratch scratch;
  try {
    tryReplaying(roundel::parseJournal(std::string_view(reinterpret_cast<const char*>(data), size)));
  } catch (const roundel::Error&) {
  }
  const std::string made = journalOf(data, size);
  const auto contents = roundel::parseJournal(made);
  tryReplaying(contents);
  if (size % 16 == 0) {
    const auto path = scratch.write("case-1.strokes", data, size);
    try {
      roundel::StrokeJournal journal(path.parent_path(), {.caseId = 1, .version = "v", .size = kSize, .classIds = {1, 2}});
      if (journal.finding() != roundel::JournalFinding::OtherVersion) journal.appendUndo();
    } catch (const roundel::Error&) {
    }
    for (const auto& entry : std::filesystem::directory_iterator(path.parent_path())) std::filesystem::remove(entry.path());
  }
  return 0;
}
