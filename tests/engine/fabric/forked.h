#pragma once
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace roundel::test {

/// A copy of this process that does one thing. Its answer is its exit code; what it throws is 99.
class Forked {
 public:
  explicit Forked(const std::function<int()>& work) : m_id(::fork()) {
    if (m_id != 0) return;
    int code = 99;
    try {
      code = work();
    } catch (...) {
    }
    ::_exit(code);
  }
  Forked(const Forked&) = delete;
  Forked& operator=(const Forked&) = delete;
  ~Forked() {
    if (m_id <= 0) return;
    kill();
    code();
  }

  void kill() const { ::kill(m_id, SIGKILL); }
  /// Its exit code, or 128 and the signal.
  int code() {
    int status = 0;
    ::waitpid(m_id, &status, 0);
    m_id = 0;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t m_id;
};

}  // namespace roundel::test
