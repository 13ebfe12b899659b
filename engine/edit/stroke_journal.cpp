#include "edit/stroke_journal.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "core/files.h"
#include "core/thrown.h"
#include "edit/locked_file.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "case-", kSuffix = ".strokes";

fs::path freeName(const fs::path& path, const std::string& word) {
  for (int number = 1;; ++number) {
    fs::path name = path;
    name += "." + word + "-" + std::to_string(number);
    if (!fs::exists(name)) return name;
  }
}

/// Whether the journal's edits count the classes as the study does now.
const std::vector<std::int64_t>& lastClassIds(const JournalContents& contents) {
  const auto last = std::find_if(contents.records.rbegin(), contents.records.rend(),
                                 [](const JournalRecord& record) { return record.kind == JournalRecordKind::Classes; });
  return last == contents.records.rend() ? contents.subject.classIds : last->classIds;
}

}  // namespace

struct StrokeJournal::Parts {
  Parts(const fs::path& folder, JournalSubject about, std::uint64_t most)
      : subject(std::move(about)), longBytes(most), file(journalPath(folder, subject.caseId)) {}

  void begin() {
    std::uint64_t sum = 0;
    const std::string head = journalMagic() + packSubject(subject, sum);
    file.writeAt(0, head);
    contents = JournalContents{.subject = subject, .records = {}, .wholeBytes = head.size(), .checksum = sum};
    length = head.size();
    checksum = sum;
    next = 1;
    finding = JournalFinding::Fresh;
  }

  void open() {
    const std::string bytes = file.readAll();
    if (bytes.empty()) return begin();
    try {
      contents = parseJournal(bytes);
    } catch (const Error& error) {
      if (error.code() == "torn-journal") return begin();
      const fs::path aside = freeName(file.path(), "damaged");
      file.moveTo(aside);
      begin();
      notice = std::string(error.what()) + " It is kept as " + displayPath(aside) + ".";
      return;
    }
    if (contents.end == JournalEnd::Damaged) {
      const fs::path copy = freeName(file.path(), "damaged");
      writeFileAtomically(copy, bytes);
      notice = "The end of the stroke journal is damaged; everything before it is there. The file is kept as " + displayPath(copy) + ".";
    } else if (contents.end == JournalEnd::Torn) {
      notice = "The last stroke was not finished when the program ended; everything before it is there.";
    }
    if (contents.end != JournalEnd::Whole) file.cutAt(contents.wholeBytes);
    length = contents.wholeBytes;
    checksum = contents.checksum;
    next = contents.records.empty() ? 1 : contents.records.back().sequence + 1;
    find();
  }

  void find() {
    const auto after = recordsAfter(contents, subject.version);
    if (!after || contents.subject.caseId != subject.caseId || contents.subject.size != subject.size) {
      finding = JournalFinding::OtherVersion;
      return;
    }
    const bool lacking =
        std::any_of(contents.records.begin() + static_cast<std::ptrdiff_t>(*after), contents.records.end(), [](const auto& record) {
          return record.kind == JournalRecordKind::Edit || record.kind == JournalRecordKind::Undo || record.kind == JournalRecordKind::Redo;
        });
    finding = lacking ? JournalFinding::Unsaved : JournalFinding::Fresh;
    if (!lacking && length > longBytes && contents.records.size() > 1) shorten();
    else if (lastClassIds(contents) != subject.classIds) append({.kind = JournalRecordKind::Classes, .classIds = subject.classIds});
  }

  /// Everything is stored: only the history is still of use.
  void shorten() {
    const Annotation none = Annotation::empty(subject.size, static_cast<int>(subject.classIds.size()));
    const EditHistory history = replay(contents, none, subject.version, subject.classIds).history;
    std::uint64_t sum = 0;
    std::string bytes = journalMagic() + packSubject(subject, sum);
    const JournalRecord record{.kind = JournalRecordKind::History, .sequence = 1, .history = history.pack()};
    bytes += packRecord(record, sum);
    file.replaceWith(bytes);
    contents = parseJournal(bytes);
    length = bytes.size();
    checksum = sum;
    next = 2;
  }

  std::uint64_t append(JournalRecord record) {
    const std::lock_guard lock(mutex);
    if (finding == JournalFinding::OtherVersion)
      throw Error(ErrorKind::Usage, "journal-of-other-version", "The stroke journal of this case was written on other labels.",
                  {.remedy = "Take its edits over, set it aside or discard it first."});
    record.sequence = next++;
    queue.push_back(std::move(record));
    again = true;
    changed.notify_all();
    return queue.back().sequence;
  }

  /// The writing thread: takes what is queued, writes and syncs it, and only then takes it off the queue.
  void work() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return closing || (again && !queue.empty()); });
      if (queue.empty()) {
        if (closing) return;
        continue;
      }
      again = false;
      writing = true;
      const std::vector<JournalRecord> batch(queue.begin(), queue.end());
      lock.unlock();
      std::optional<Error> why;
      std::uint64_t sum = checksum;
      std::string bytes;
      try {
        for (const auto& record : batch) bytes += packRecord(record, sum);
        file.writeAt(length, bytes);
      } catch (...) {
        why = asError(std::current_exception());
      }
      lock.lock();
      writing = false;
      failed = why;
      if (!why) {
        length += bytes.size();
        checksum = sum;
        queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(batch.size()));
        synced = batch.back().sequence;
      }
      changed.notify_all();
      if (why && closing) return;
    }
  }

  void stop() {
    if (!thread.joinable()) return;
    {
      const std::lock_guard lock(mutex);
      closing = true;
      again = true;
    }
    changed.notify_all();
    thread.join();
  }

  void start() {
    closing = false;
    synced = queue.empty() ? next - 1 : queue.front().sequence - 1;
    thread = std::thread([this] { work(); });
  }

  JournalSubject subject;
  std::uint64_t longBytes;
  LockedFile file;
  JournalContents contents;
  JournalFinding finding = JournalFinding::Fresh;
  std::string notice;
  // Of the writing thread, and of the others while it does not run.
  std::uint64_t length = 0;
  std::uint64_t checksum = 0;
  // Under the mutex.
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::vector<JournalRecord> queue;
  std::uint64_t next = 1;
  std::uint64_t synced = 0;
  bool again = false;    ///< something is to be written
  bool writing = false;  ///< a batch is on its way to the disk
  bool closing = false;
  std::optional<Error> failed;
  std::thread thread;
};

StrokeJournal::StrokeJournal(const fs::path& folder, JournalSubject subject, std::uint64_t longBytes)
    : m_parts(std::make_unique<Parts>(folder, std::move(subject), longBytes)) {
  m_parts->open();
  m_parts->start();
}

StrokeJournal::~StrokeJournal() {
  m_parts->stop();
  const bool nothing = m_parts->contents.records.empty() && m_parts->next == 1 && m_parts->finding == JournalFinding::Fresh;
  if (nothing) m_parts->file.remove();  // a case that was only looked at leaves no file
}

JournalFinding StrokeJournal::finding() const { return m_parts->finding; }
const JournalContents& StrokeJournal::contents() const { return m_parts->contents; }
const std::string& StrokeJournal::notice() const { return m_parts->notice; }
const fs::path& StrokeJournal::path() const { return m_parts->file.path(); }

std::uint64_t StrokeJournal::appendEdit(const LabelEdit& edit) { return m_parts->append({.kind = JournalRecordKind::Edit, .edit = edit}); }
std::uint64_t StrokeJournal::appendUndo() { return m_parts->append({.kind = JournalRecordKind::Undo}); }
std::uint64_t StrokeJournal::appendRedo() { return m_parts->append({.kind = JournalRecordKind::Redo}); }
std::uint64_t StrokeJournal::appendVersion(const std::string& version, std::uint64_t after) {
  return m_parts->append({.kind = JournalRecordKind::Version, .version = version, .after = after});
}
std::uint64_t StrokeJournal::appendClasses(const std::vector<std::int64_t>& classIds) {
  return m_parts->append({.kind = JournalRecordKind::Classes, .classIds = classIds});
}

std::uint64_t StrokeJournal::lastAppended() const {
  const std::lock_guard lock(m_parts->mutex);
  return m_parts->next - 1;
}

std::uint64_t StrokeJournal::syncedUpTo() const {
  const std::lock_guard lock(m_parts->mutex);
  return m_parts->synced;
}

bool StrokeJournal::allSynced() const {
  const std::lock_guard lock(m_parts->mutex);
  return m_parts->queue.empty();
}

bool StrokeJournal::waitUntilSynced(std::chrono::milliseconds atMost) const {
  std::unique_lock lock(m_parts->mutex);
  m_parts->changed.wait_for(lock, atMost,
                            [&] { return m_parts->queue.empty() || (m_parts->failed && !m_parts->again && !m_parts->writing); });
  return m_parts->queue.empty();
}

std::optional<Error> StrokeJournal::failure() const {
  const std::lock_guard lock(m_parts->mutex);
  return m_parts->failed;
}

void StrokeJournal::retry() {
  const std::lock_guard lock(m_parts->mutex);
  m_parts->again = true;
  m_parts->changed.notify_all();
}

fs::path StrokeJournal::setAside() {
  m_parts->stop();
  const fs::path aside = freeName(path(), "aside");
  m_parts->file.moveTo(aside);
  m_parts->begin();
  m_parts->start();
  return aside;
}

void StrokeJournal::discard() {
  m_parts->stop();
  m_parts->queue.clear();
  m_parts->failed.reset();
  m_parts->begin();
  m_parts->start();
}

fs::path journalPath(const fs::path& folder, std::int64_t caseId) {
  return folder / (std::string(kPrefix) + std::to_string(caseId) + std::string(kSuffix));
}

std::vector<std::int64_t> journalledCases(const fs::path& folder) {
  std::vector<std::int64_t> cases;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
    const char *first = name.data() + kPrefix.size(), *last = name.data() + name.size() - kSuffix.size();
    std::int64_t id = 0;
    const auto [end, failure] = std::from_chars(first, last, id);
    if (failure == std::errc() && end == last && first != last) cases.push_back(id);
  }
  std::sort(cases.begin(), cases.end());
  return cases;
}

}  // namespace roundel
