#include "rounds/event_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <ctime>

#include "core/clock.h"
#include "core/error.h"
#include "core/files.h"
#include "rounds/pause_time.h"

namespace roundel {
namespace {

using Clock = std::chrono::steady_clock;

bool writeAll(int descriptor, const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(descriptor, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    written += static_cast<std::size_t>(count);
  }
  return true;
}

/// The `seq` after that of the last of these whole lines; how many they are where it has none.
std::int64_t nextAfter(const std::string& lines) {
  if (lines.empty()) return 0;
  const std::size_t before = lines.size() < 2 ? std::string::npos : lines.rfind('\n', lines.size() - 2);
  const Json last = Json::parse(lines.substr(before == std::string::npos ? 0 : before + 1), nullptr, false);
  if (last.is_object() && last.contains("seq") && last["seq"].is_number_integer()) return last["seq"].get<std::int64_t>() + 1;
  return std::count(lines.begin(), lines.end(), '\n');
}

}  // namespace

EventLog::~EventLog() {
  for (const auto& sink : m_sinks)
    if (sink.owned) ::close(sink.descriptor);
}

void EventLog::addFile(const std::filesystem::path& path) {
  std::error_code code;
  std::int64_t next = 0;
  if (std::filesystem::exists(path, code)) {
    const std::string text = readFile(path);
    const std::size_t whole = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
    if (whole < text.size()) std::filesystem::resize_file(path, whole, code);
    next = nextAfter(text.substr(0, whole));
  }
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor < 0)
    throw Error(ErrorKind::Locked, "not-writable", "Cannot write the events to " + displayPath(path) + ".", {.path = displayPath(path)});
  m_sinks.push_back({descriptor, true, next});
}

void EventLog::addSink(const std::string& spec) {
  if (!spec.starts_with("fd:")) return addFile(spec);
  int descriptor = -1;
  const auto parsed = std::from_chars(spec.data() + 3, spec.data() + spec.size(), descriptor);
  if (parsed.ec != std::errc() || parsed.ptr != spec.data() + spec.size() || ::fcntl(descriptor, F_GETFD) < 0)
    throw Error(ErrorKind::Usage, "bad-events", "--events names no open descriptor: " + spec + ".", {.remedy = "Give a file, or fd:N."});
  m_sinks.push_back({descriptor, false});
}

void EventLog::write(const Json& fields) {
  if (m_sinks.empty()) return;
  Json line = {{"v", 1}, {"seq", 0}, {"t", utcNowMilliseconds()}};
  line.update(fields);
  std::erase_if(m_sinks, [&](Sink& sink) {
    line["seq"] = sink.next++;
    const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    if (writeAll(sink.descriptor, text)) return false;
    if (sink.owned) ::close(sink.descriptor);
    return true;
  });
}

StageJob::StageJob(Job& outer, EventLog& events, std::string run, int round, std::string stage, std::filesystem::path control)
    : m_outer(outer), m_events(events), m_run(std::move(run)), m_round(round), m_stage(std::move(stage)), m_control(std::move(control)) {}

void StageJob::write(const std::string& type, const Json& fields) {
  Json line = {{"run", m_run.empty() ? Json(nullptr) : Json(m_run)},
               {"round", m_round < 0 ? Json(nullptr) : Json(m_round)},
               {"stage", m_stage},
               {"type", type},
               {"done", nullptr},
               {"total", nullptr},
               {"eta_s", nullptr}};
  line.update(fields);
  m_events.write(line);
}

void StageJob::started() { write("started", Json::object()); }

void StageJob::ended(const std::string& type, const Json& fields) { write(type, fields); }

void StageJob::artifact(const std::filesystem::path& path, const std::string& kind) {
  write("artifact", {{"path", displayPath(path)}, {"kind", kind}});
}

void StageJob::progress(std::int64_t done, std::int64_t total, const std::string& phase) {
  const auto now = Clock::now();
  const auto left = m_remaining.after(done, total, phase, now);
  if (done == total || now - m_lastProgress >= std::chrono::milliseconds(100)) {  // at most ten a second
    m_lastProgress = now;
    write("progress", {{"done", done}, {"total", total}, {"eta_s", left ? Json(*left) : Json(nullptr)}, {"phase", phase}});
  }
  m_outer.progress(done, total, phase);
}

void StageJob::metric(const Json& values) {
  write("metric", {{"values", values}});
  m_outer.metric(values);
}

void StageJob::warning(const Warning& warning) {
  write(
      "warning",
      {{"code", warning.code}, {"case", warning.caseName.empty() ? Json(nullptr) : Json(warning.caseName)}, {"message", warning.message}});
  m_outer.warning(warning);
}

void StageJob::log(const std::string& line) { m_outer.log(line); }

bool StageJob::stopRequested() const {
  if (m_outer.stopRequested()) return true;
  const auto now = Clock::now();
  if (!m_asked && !m_control.empty() && now - m_lastLook >= std::chrono::milliseconds(200)) {
    m_lastLook = now;
    std::error_code code;
    m_asked = std::filesystem::exists(m_control / "pause", code) || std::filesystem::exists(m_control / "cancel", code);
    if (const auto when = readPauseTime(m_control); when && *when <= secondsNow()) m_asked = true;
  }
  return m_asked;
}

}  // namespace roundel
