#include "cli/terminal_job.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

#include <spdlog/spdlog.h>

namespace roundel::cli {
namespace {

using Clock = std::chrono::steady_clock;
// A signal handler can only reach something global; this is the one such thing.
std::atomic<int> g_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void onSignal(int number) {
  if (g_signal.exchange(number) != 0) _exit(128 + number);
  constexpr char kText[] = "\nStopping at the next step. Once more ends at once.\n";
  [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, kText, sizeof kText - 1);
}

std::string duration(double seconds) {
  const auto whole = static_cast<long long>(seconds + 0.5);
  char text[48];
  if (whole >= 3600) std::snprintf(text, sizeof text, "%lld h %02lld min", whole / 3600, whole / 60 % 60);
  else if (whole >= 60) std::snprintf(text, sizeof text, "%lld min %02lld s", whole / 60, whole % 60);
  else std::snprintf(text, sizeof text, "%lld s", whole);
  return text;
}

}  // namespace

void installSignalHandlers() {
  struct sigaction action {};
  action.sa_handler = onSignal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of its write, like a full disk
}

int stopSignal() { return g_signal.load(); }

TerminalJob::TerminalJob(Bar bar) : m_bar(bar == Bar::Show && ::isatty(STDERR_FILENO) != 0) {}

void TerminalJob::progress(std::int64_t done, std::int64_t total, const std::string& phase) {
  if (!m_bar) return;
  const auto now = Clock::now();
  const auto left = m_remaining.after(done, total, phase, now);
  if (phase != m_phase) {
    finishLine();
    m_phase = phase;
  } else if (done != total && now - m_lastDrawn < std::chrono::milliseconds(100)) {
    return;
  }
  m_lastDrawn = now;
  constexpr int kWidth = 28;
  const int filled = total > 0 ? static_cast<int>(kWidth * done / total) : 0;
  std::string line = "\r  " + std::string(static_cast<std::size_t>(filled), '#') +
                     std::string(static_cast<std::size_t>(kWidth - filled), '.') + "  " + std::to_string(done) + "/" +
                     std::to_string(total) + "  " + phase;
  if (left && done < total) line += ", " + duration(*left) + " left";
  line += "\x1b[K";
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  m_lineOpen = true;
  if (done == total) finishLine();
}

void TerminalJob::finishLine() {
  if (!m_lineOpen) return;
  std::fputc('\n', stderr);
  m_lineOpen = false;
}

void TerminalJob::warning(const Warning& warning) {
  m_warnings.push_back(warning);
  finishLine();
  spdlog::warn("{}{}", warning.caseName.empty() ? "" : warning.caseName + ": ", warning.message);
}

void TerminalJob::log(const std::string& line) {
  finishLine();
  spdlog::info("{}", line);
}

bool TerminalJob::stopRequested() const { return g_signal.load() != 0; }

}  // namespace roundel::cli
