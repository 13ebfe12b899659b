#include "fabric/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "core/error.h"

extern char** environ;

namespace roundel {
namespace {

constexpr std::chrono::milliseconds kPatience(5000);

std::vector<std::string> environmentWith(const std::map<std::string, std::string>& more) {
  std::vector<std::string> all;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string one = *at;
    if (!more.contains(one.substr(0, one.find('=')))) all.push_back(one);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Between fork and exec: nothing here may allocate.
[[noreturn]] void become(char* const* arguments, char* const* variables, int wire, int nothing, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it died before
  ::setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::dup2(nothing, 0) < 0 || ::dup2(nothing, 1) < 0 || ::dup2(wire, kChildWire) < 0) ::_exit(127);
  ::execve("/proc/self/exe", arguments, variables);
  ::_exit(127);
}

std::string endOf(int status) {
  if (WIFSIGNALED(status)) return "it was ended by signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
  return "it ended with exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Child::Child(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment) {
  auto [mine, theirs] = wirePair();
  m_wire = std::move(mine);
  arguments.insert(arguments.begin(), "roundel");
  auto more = environment;
  more[kChildWireVariable] = std::to_string(kChildWire);
  std::vector<std::string> variables = environmentWith(more);
  const auto argumentPointers = pointersTo(arguments), variablePointers = pointersTo(variables);
  // Above what they are to become, so that none is overwritten before it is passed on.
  const Wire high(::fcntl(theirs.descriptor(), F_DUPFD_CLOEXEC, kChildWire + 1));
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const Wire highNothing(::fcntl(nothing, F_DUPFD_CLOEXEC, kChildWire + 1));
  if (nothing >= 0) ::close(nothing);
  const pid_t parent = ::getpid();
  m_id = high.open() && highNothing.open() ? ::fork() : -1;
  if (m_id == 0) become(argumentPointers.data(), variablePointers.data(), high.descriptor(), highNothing.descriptor(), parent);
  if (m_id < 0)
    throw Error(ErrorKind::Resource, "no-process", std::string("A further process cannot be started: ") + std::strerror(errno) + ".");
}

Child::~Child() {
  m_wire.close();
  if (!obituary(kPatience).empty()) return;
  ::kill(m_id, SIGKILL);
  obituary(kPatience);
}

std::string Child::obituary(std::chrono::milliseconds within) {
  const auto end = std::chrono::steady_clock::now() + within;
  while (m_ended.empty()) {
    int status = 0;
    const pid_t reaped = ::waitpid(m_id, &status, WNOHANG);
    if (reaped == m_id) m_ended = endOf(status);
    else if (reaped < 0 && errno != EINTR) m_ended = "it ended";
    else if (std::chrono::steady_clock::now() >= end) break;
    else std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return m_ended;
}

}  // namespace roundel
