#include "project/project_lock.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "core/json.h"
#include "core/clock.h"

namespace roundel {
namespace {

constexpr const char* kLockName = "project.lock";
constexpr std::size_t kLockBytes = 4096;  ///< more than one holder's description takes

std::string hostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return sanitisedUtf8(name.data());
}

std::string firstLine(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string bootId() { return firstLine("/proc/sys/kernel/random/boot_id"); }

/// Start of a process in clock ticks since boot (field 22 of /proc/<id>/stat); empty where there is no such process.
std::string startTick(std::int64_t process) {
  const std::string line = firstLine(("/proc/" + std::to_string(process) + "/stat").c_str());
  const std::size_t end = line.rfind(')');  // the name before it may hold anything
  if (end == std::string::npos) return {};
  std::size_t at = end + 1;
  for (int field = 3; field <= 22; ++field) {
    at = line.find_first_not_of(' ', at);
    if (at == std::string::npos) return {};
    const std::size_t stop = line.find(' ', at);
    if (field == 22) return line.substr(at, stop - at);
    at = stop;
  }
  return {};
}

std::optional<LockHolder> parseHolder(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    return LockHolder{.owner = json.at("owner").get<std::string>(),
                      .host = json.at("host").get<std::string>(),
                      .process = json.at("process").get<std::int64_t>(),
                      .processStart = json.at("process_start").get<std::string>(),
                      .since = json.at("since").get<std::string>()};
  } catch (const Json::exception&) {
    return std::nullopt;  // empty (free), or somebody is writing it right now
  }
}

std::string readAll(int file) {
  std::string text(kLockBytes, '\0');
  const ssize_t count = ::pread(file, text.data(), text.size(), 0);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

std::string ownStart() { return bootId() + "/" + startTick(::getpid()); }

/// Whether the named process may still be there. Only this computer's processes can be looked at.
bool seemsAlive(const LockHolder& holder) {
  const std::string boot = bootId();
  const std::size_t slash = holder.processStart.find('/');
  const bool sameBoot = !boot.empty() && holder.processStart.substr(0, slash) == boot;
  if (!sameBoot && holder.host != hostName()) return true;
  if (!sameBoot) return false;  // this computer was started anew since
  const std::string tick = slash == std::string::npos ? "" : holder.processStart.substr(slash + 1);
  return !tick.empty() && startTick(holder.process) == tick;
}

bool isThisProcess(const LockHolder& holder) { return holder.process == ::getpid() && holder.processStart == ownStart(); }

[[noreturn]] void failLocked(const std::filesystem::path& folder, const std::optional<LockHolder>& holder) {
  const std::string shown = displayPath(folder);
  if (!holder)
    throw Error(ErrorKind::Locked, "locked", "The project " + shown + " is being changed by another program.",
                {.path = shown, .remedy = "Close that program, or wait until it has finished."});
  const bool here = holder->host == hostName();
  throw Error(ErrorKind::Locked, "locked",
              "The project " + shown + " is being changed by " + holder->owner + " on " + (here ? "this computer" : holder->host) +
                  " (process " + std::to_string(holder->process) + ", since " + holder->since + ").",
              {.path = shown,
               .remedy = here ? "Close that program, or wait until it has finished."
                              : "Close the project there. If that computer has crashed, delete " + displayPath(folder / kLockName) + "."});
}

[[noreturn]] void failUnwritable(const std::filesystem::path& folder, int number) {
  const std::string shown = displayPath(folder);
  if (number == ENOSPC || number == EDQUOT)
    throw Error(ErrorKind::Resource, "disk-full", "The disk is full: the project " + shown + " cannot be changed.",
                {.path = shown, .remedy = "Free some space; what was there is untouched."});
  throw Error(ErrorKind::Locked, "read-only", "The project " + shown + " cannot be changed: " + std::strerror(number) + ".",
              {.path = shown, .remedy = "Check that you may write in that folder, or work on a copy of it."});
}

}  // namespace

std::string currentUser() {
  std::vector<char> buffer(1 << 14);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return sanitisedUtf8(found->pw_name);
  return "user " + std::to_string(::geteuid());
}

ProjectLock::ProjectLock(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kLockName;
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (file < 0) failUnwritable(folder, errno);
  const auto closing = [&](auto&& fail) {
    ::close(file);
    fail();
  };
  if (::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    const auto holder = parseHolder(readAll(file));
    closing([&] { failLocked(folder, holder); });
  }
  // Where a file system knows no flock, what is written in the file decides alone.
  if (const auto before = parseHolder(readAll(file)); before && !isThisProcess(*before) && seemsAlive(*before))
    closing([&] { failLocked(folder, before); });

  m_holder = {.owner = currentUser(), .host = hostName(), .process = ::getpid(), .processStart = ownStart(), .since = utcNow()};
  const std::string text = Json{{"owner", m_holder.owner},
                                {"host", m_holder.host},
                                {"process", m_holder.process},
                                {"process_start", m_holder.processStart},
                                {"since", m_holder.since}}
                               .dump() +
                           "\n";
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()) || ::fsync(file) != 0) {
    const int number = errno;
    closing([&] { failUnwritable(folder, number); });
  }
  m_file = file;
}

ProjectLock::ProjectLock(ProjectLock&& other) noexcept : m_file(std::exchange(other.m_file, -1)), m_holder(std::move(other.m_holder)) {}

ProjectLock::~ProjectLock() {
  if (m_file < 0) return;
  // Emptied, not removed: a name that is removed could be locked twice, once as the old file and once as a new one.
  if (::ftruncate(m_file, 0) != 0) {
    // The name stays in the file; it is recognised as stale once this process has ended.
  }
  ::close(m_file);
}

std::optional<LockHolder> currentLockHolder(const std::filesystem::path& folder) {
  const int file = ::open((folder / kLockName).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  auto holder = parseHolder(readAll(file));
  ::close(file);
  if (holder && !seemsAlive(*holder)) return std::nullopt;
  return holder;
}

}  // namespace roundel
