#include "cli/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

extern char** environ;

namespace roundel::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

milliseconds left(Clock::time_point until) {
  return std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(until - Clock::now()));
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// Appends what can be read now; closes the descriptor at its end.
void drain(int& descriptor, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {
    ::close(descriptor);
    descriptor = -1;
  }
}

/// Lowers the limit on files for the time in which the child is born: it inherits it.
class FileLimit {
 public:
  explicit FileLimit(std::optional<std::uint64_t> bytes) {
    if (!bytes) return;
    ::getrlimit(RLIMIT_FSIZE, &m_before);
    rlimit lowered = m_before;
    lowered.rlim_cur = *bytes;
    ::setrlimit(RLIMIT_FSIZE, &lowered);
    m_lowered = true;
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;
  ~FileLimit() {
    if (m_lowered) ::setrlimit(RLIMIT_FSIZE, &m_before);
  }

 private:
  rlimit m_before{};
  bool m_lowered = false;
};

}  // namespace

Process::Process(const Start& start) {
  int out[2], err[2];
  if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  m_out = out[0];
  m_err = err[0];
  spawn(start, out[1], err[1]);
  ::close(out[1]);
  ::close(err[1]);
}

void Process::spawn(const Start& start, int out, int err) {
  std::vector<std::string> arguments{start.program};
  arguments.insert(arguments.end(), start.arguments.begin(), start.arguments.end());
  std::vector<std::string> environment;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string text = *one;
    if (!start.environment.contains(text.substr(0, text.find('=')))) environment.push_back(text);
  }
  for (const auto& [name, value] : start.environment) environment.push_back(name + "=" + value);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  posix_spawn_file_actions_adddup2(&actions, err, 2);
  if (start.descriptor) posix_spawn_file_actions_adddup2(&actions, *start.descriptor, 9);
  if (!start.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, start.folder.c_str());
  // CTest may start tests with signals ignored; the program must see them as a shell would hand them over.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults, none;
  sigemptyset(&none);
  sigemptyset(&defaults);
  for (const int number : {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ}) sigaddset(&defaults, number);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  const FileLimit limit(start.largestFile);
  const int failed =
      ::posix_spawn(&m_id, start.program.c_str(), &actions, &attributes, pointers(arguments).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) throw std::runtime_error("cannot start " + start.program);
}

Process::~Process() {
  if (!m_reaped && m_id > 0) {
    ::kill(m_id, SIGKILL);
    ::waitpid(m_id, nullptr, 0);
  }
  for (const int descriptor : {m_out, m_err})
    if (descriptor >= 0) ::close(descriptor);
}

void Process::signal(int number) const {
  if (!m_reaped) ::kill(m_id, number);
}

bool Process::gather(milliseconds limit) {
  std::array<pollfd, 2> both{{{m_out, POLLIN, 0}, {m_err, POLLIN, 0}}};
  if (m_out < 0 && m_err < 0) return false;
  ::poll(both.data(), both.size(), static_cast<int>(limit.count()));
  if (both[0].revents != 0) drain(m_out, m_outText);
  if (both[1].revents != 0) drain(m_err, m_errText);
  return true;
}

bool Process::waitForError(const std::string& text, milliseconds limit) {
  const auto until = Clock::now() + limit;
  while (m_errText.find(text) == std::string::npos) {
    if (Clock::now() >= until || !gather(left(until))) break;
  }
  return m_errText.find(text) != std::string::npos;
}

void Process::watchFor(milliseconds time) {
  const auto until = Clock::now() + time;
  while (Clock::now() < until && gather(left(until))) {
  }
}

Ended Process::wait(std::chrono::seconds limit) {
  const auto until = Clock::now() + limit;
  while (Clock::now() < until && gather(left(until))) {
  }
  Ended ended;
  ended.timedOut = m_out >= 0 || m_err >= 0;
  if (ended.timedOut) ::kill(m_id, SIGKILL);
  while (gather(milliseconds(1000))) {
  }
  int status = 0;
  ::waitpid(m_id, &status, 0);
  m_reaped = true;
  ended.killed = WIFSIGNALED(status);
  ended.code = ended.killed ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  ended.out = std::move(m_outText);
  ended.err = std::move(m_errText);
  ended.seconds = std::chrono::duration<double>(Clock::now() - m_begin).count();
  return ended;
}

}  // namespace roundel::test
