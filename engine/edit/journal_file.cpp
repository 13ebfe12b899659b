#include "edit/journal_file.h"

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "edit/byte_codec.h"

namespace roundel {
namespace {

constexpr std::string_view kMagic = "RNDLJNL1";
constexpr std::size_t kHead = 4 + 1 + 8 + 8;
constexpr std::uint64_t kLargestPayload = std::uint64_t{1} << 30;
constexpr std::uint64_t kMostClasses = 1 << 20;

void putFixed(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

std::uint64_t fixedAt(std::string_view in, std::size_t at, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(in[at + static_cast<std::size_t>(i)])) << (8 * i);
  return value;
}

std::uint64_t checksumOf(std::uint64_t before, std::string_view head, std::string_view payload) {
  std::string chain;
  putFixed(chain, before, 8);
  Sha256 sha;
  sha.update(chain);
  sha.update(head);
  sha.update(payload);
  const std::string hex = sha.hex();
  std::uint64_t value = 0;
  std::from_chars(hex.data(), hex.data() + 16, value, 16);
  return value;
}

std::string recordOf(JournalRecordKind kind, std::uint64_t sequence, const std::string& payload, std::uint64_t& checksum) {
  if (payload.size() > kLargestPayload)
    throw Error(ErrorKind::Resource, "edit-too-large", "A single change of the labels is too large for the stroke journal.",
                {.remedy = "Save the case now."});
  std::string record;
  putFixed(record, payload.size(), 4);
  putFixed(record, static_cast<std::uint64_t>(kind), 1);
  putFixed(record, sequence, 8);
  checksum = checksumOf(checksum, record, payload);
  putFixed(record, checksum, 8);
  return record + payload;
}

void putIds(std::string& out, const std::vector<std::int64_t>& ids) {
  putNumber(out, ids.size());
  for (const auto id : ids) putNumber(out, static_cast<std::uint64_t>(id));
}

std::vector<std::int64_t> takeIds(std::string_view& in) {
  const std::uint64_t count = takeNumber(in);
  if (count > in.size() || count > kMostClasses) damagedEdit();
  std::vector<std::int64_t> ids;
  for (std::uint64_t i = 0; i < count; ++i) ids.push_back(static_cast<std::int64_t>(takeNumber(in)));
  return ids;
}

std::string payloadOf(const JournalRecord& record) {
  std::string payload;
  switch (record.kind) {
    case JournalRecordKind::Edit: return packEdit(record.edit);
    case JournalRecordKind::Version: putNumber(payload, record.after); return payload + record.version;
    case JournalRecordKind::History: return record.history;
    case JournalRecordKind::Classes: putIds(payload, record.classIds); return payload;
    case JournalRecordKind::Subject:
    case JournalRecordKind::Undo:
    case JournalRecordKind::Redo: break;
  }
  return payload;
}

JournalSubject subjectFrom(std::string_view in) {
  JournalSubject subject;
  subject.caseId = static_cast<std::int64_t>(takeNumber(in));
  subject.version = takeText(in);
  subject.size = takeSize(in);
  subject.classIds = takeIds(in);
  if (!in.empty()) damagedEdit();
  return subject;
}

JournalRecord recordFrom(JournalRecordKind kind, std::uint64_t sequence, std::string_view payload) {
  JournalRecord record{.kind = kind, .sequence = sequence};
  switch (kind) {
    case JournalRecordKind::Edit: record.edit = unpackEdit(payload); return record;
    case JournalRecordKind::Version:
      record.after = takeNumber(payload);
      record.version = payload;
      if (record.after < sequence) return record;
      break;
    case JournalRecordKind::History:
      EditHistory::unpack(payload);
      record.history = payload;
      return record;
    case JournalRecordKind::Classes:
      record.classIds = takeIds(payload);
      if (payload.empty()) return record;
      break;
    case JournalRecordKind::Undo:
    case JournalRecordKind::Redo:
      if (payload.empty()) return record;
      break;
    case JournalRecordKind::Subject: break;
  }
  damagedEdit();
}

[[noreturn]] void notAJournal(const char* code) {
  throw Error(ErrorKind::BadInput, code, "A stroke journal is damaged from its beginning on; nothing can be read from it.",
              {.remedy = "The labels that were stored are not touched by it; go on from them."});
}

/// Edits as they are replayed: all of them, how many are applied, and which classes they count.
struct Steps {
  std::vector<LabelEdit> edits;
  std::size_t applied = 0;
  std::vector<std::int64_t> classIds;
};

[[noreturn]] void doesNotFit() {
  throw Error(ErrorKind::BadInput, "edit-mismatch", "The stroke journal does not belong to these labels; they were left as they are.",
              {.remedy = "Set the journal aside and go on from the labels that are stored."});
}

/// One record; applies it where `labels` is given.
void replayRecord(const JournalRecord& record, Steps& steps, Annotation* labels, const std::vector<std::int64_t>& classIds) {
  switch (record.kind) {
    case JournalRecordKind::Edit:
      steps.edits.resize(steps.applied);
      steps.edits.push_back(inClassOrder(record.edit, steps.classIds, classIds));
      if (labels != nullptr) applyEdit(*labels, steps.edits.back());
      ++steps.applied;
      return;
    case JournalRecordKind::Undo:
      if (steps.applied == 0) doesNotFit();
      --steps.applied;
      if (labels != nullptr) undoEdit(*labels, steps.edits[steps.applied]);
      return;
    case JournalRecordKind::Redo:
      if (steps.applied == steps.edits.size()) doesNotFit();
      if (labels != nullptr) applyEdit(*labels, steps.edits[steps.applied]);
      ++steps.applied;
      return;
    case JournalRecordKind::History: {
      const EditHistory history = EditHistory::unpack(record.history, ~std::size_t{0});
      steps.edits.clear();
      for (const auto& edit : history.edits()) steps.edits.push_back(inClassOrder(edit, steps.classIds, classIds));
      steps.applied = history.position();
      return;
    }
    case JournalRecordKind::Classes: steps.classIds = record.classIds; return;
    case JournalRecordKind::Subject:
    case JournalRecordKind::Version: return;
  }
}

}  // namespace

std::string journalMagic() { return std::string(kMagic); }

std::string packRecord(const JournalRecord& record, std::uint64_t& checksum) {
  return recordOf(record.kind, record.sequence, payloadOf(record), checksum);
}

std::string packSubject(const JournalSubject& subject, std::uint64_t& checksum) {
  std::string payload;
  putNumber(payload, static_cast<std::uint64_t>(subject.caseId));
  putText(payload, subject.version);
  putSize(payload, subject.size);
  putIds(payload, subject.classIds);
  return recordOf(JournalRecordKind::Subject, 0, payload, checksum);
}

JournalContents parseJournal(std::string_view bytes) {
  const std::string_view begin = bytes.substr(0, kMagic.size());
  if (begin != kMagic.substr(0, begin.size())) notAJournal("damaged-journal");
  if (begin.size() < kMagic.size()) notAJournal("torn-journal");
  JournalContents contents;
  std::size_t at = kMagic.size();
  bool hasSubject = false;
  for (std::uint64_t next = 0; at < bytes.size(); ++next) {
    const std::size_t left = bytes.size() - at;
    const std::uint64_t length = left < kHead ? 0 : fixedAt(bytes, at, 4);
    if (left < kHead || length > left - kHead) {
      contents.end = JournalEnd::Torn;
      break;
    }
    const auto payload = bytes.substr(at + kHead, static_cast<std::size_t>(length));
    const std::uint64_t kind = fixedAt(bytes, at + 4, 1), sequence = fixedAt(bytes, at + 5, 8), written = fixedAt(bytes, at + 13, 8);
    const std::uint64_t checksum = checksumOf(contents.checksum, bytes.substr(at, 13), payload);
    contents.end = JournalEnd::Damaged;
    if (checksum != written || sequence != next || (kind == 1) != (next == 0)) break;
    try {
      if (next == 0) contents.subject = subjectFrom(payload);
      else contents.records.push_back(recordFrom(static_cast<JournalRecordKind>(kind), sequence, payload));
    } catch (const Error&) {
      break;
    }
    hasSubject = true;
    contents.end = JournalEnd::Whole;
    contents.checksum = checksum;
    at += kHead + static_cast<std::size_t>(length);
  }
  if (!hasSubject) notAJournal(contents.end == JournalEnd::Damaged ? "damaged-journal" : "torn-journal");
  contents.wholeBytes = at;
  return contents;
}

JournalContents readJournal(const std::filesystem::path& path) { return parseJournal(readFile(path)); }

std::optional<std::size_t> recordsAfter(const JournalContents& contents, const std::string& version) {
  std::optional<std::size_t> after;
  if (contents.subject.version == version) after = 0;
  for (std::size_t i = 0; i < contents.records.size(); ++i)
    if (contents.records[i].kind == JournalRecordKind::Version && contents.records[i].version == version)
      after = static_cast<std::size_t>(contents.records[i].after);  // sequence numbers count from 1, so this is the index of the next
  return after;
}

Replayed replay(const JournalContents& contents, const Annotation& stored, const std::string& version,
                const std::vector<std::int64_t>& classIds) {
  const auto after = recordsAfter(contents, version);
  if (!after)
    throw Error(ErrorKind::BadInput, "other-version", "The stroke journal was written on other labels than these.",
                {.remedy = "Open the version of the labels that it was written on, or set the journal aside."});
  if (classIds.size() != stored.classes.size() || contents.subject.size != stored.size) doesNotFit();
  Replayed result{.annotation = stored};
  Steps steps{.edits = {}, .applied = 0, .classIds = contents.subject.classIds};
  for (std::size_t i = 0; i < contents.records.size(); ++i) {
    const JournalRecord& record = contents.records[i];
    const bool lacking = i >= *after;
    replayRecord(record, steps, lacking ? &result.annotation : nullptr, classIds);
    if (lacking &&
        (record.kind == JournalRecordKind::Edit || record.kind == JournalRecordKind::Undo || record.kind == JournalRecordKind::Redo))
      ++result.edits;
  }
  result.history = EditHistory::of(std::move(steps.edits), steps.applied);
  return result;
}

}  // namespace roundel
