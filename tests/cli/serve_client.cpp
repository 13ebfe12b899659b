#include "cli/serve_client.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace roundel::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds kPatience{20};

void closeEnd(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

bool isTerminal(const Json& message) {
  const auto type = message.value("type", "");
  return type == "result" || type == "error" || type == "cancelled" || type == "superseded";
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

ServeClient::ServeClient(const TempFolder& folder, std::vector<std::string> arguments) {
  ::signal(SIGPIPE, SIG_IGN);  // of the test: a session that ended is told by write()
  m_log = folder / ("serve-" + std::to_string(::getpid()) + "-" + std::to_string(Clock::now().time_since_epoch().count()) + ".log");
  arguments.insert(arguments.begin(), {ROUNDEL_PROGRAM, "--threads", "1"});
  arguments.emplace_back("serve");
  std::vector<std::string> environment{"TMPDIR=" + folder.path().string(), "ROUNDEL_MODELS=" + (folder / "models")};
  for (char** one = environ; *one != nullptr; ++one)
    if (const std::string text = *one; text.rfind("TMPDIR=", 0) != 0 && text.rfind("ROUNDEL_MODELS=", 0) != 0) environment.push_back(text);
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(m_wake, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, m_log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addchdir_np(&actions, folder.path().c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults, none;
  sigemptyset(&none);
  sigemptyset(&defaults);
  for (const int number : {SIGINT, SIGTERM, SIGPIPE}) sigaddset(&defaults, number);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  const int failed = ::posix_spawn(&m_id, ROUNDEL_PROGRAM, &actions, &attributes, pointers(arguments).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(in[0]);
  ::close(out[1]);
  m_in = in[1];
  m_out = out[0];
  if (failed != 0) throw std::runtime_error("roundel serve does not start");
  m_reader = std::thread([this] { readOutput(); });
}

ServeClient::~ServeClient() {
  if (m_id > 0) {
    ::kill(m_id, SIGKILL);
    ::waitpid(m_id, nullptr, 0);
  }
  closeOutput();
  closeInput();
  for (const auto& line : m_noMessages) ADD_FAILURE() << "standard output is for the protocol alone: " << line.substr(0, 200);
}

void ServeClient::readOutput() {
  std::string buffer;
  std::vector<char> bytes(1 << 16);
  while (true) {
    pollfd both[2] = {{m_out, POLLIN, 0}, {m_wake[0], POLLIN, 0}};
    ::poll(both, 2, -1);
    if (both[1].revents != 0) break;
    const ssize_t count = ::read(m_out, bytes.data(), bytes.size());
    if (count <= 0) break;
    buffer.append(bytes.data(), static_cast<std::size_t>(count));
    std::size_t begin = 0;
    const std::lock_guard lock(m_mutex);
    for (auto end = buffer.find('\n'); end != std::string::npos; end = buffer.find('\n', begin)) {
      const std::string line = buffer.substr(begin, end - begin);
      Json message = Json::parse(line, nullptr, false);
      if (message.is_object() && message.contains("id") && message.contains("type")) m_messages.push_back(std::move(message));
      else m_noMessages.push_back(line);
      begin = end + 1;
    }
    buffer.erase(0, begin);
    m_changed.notify_all();
  }
  const std::lock_guard lock(m_mutex);
  m_ended = true;
  m_changed.notify_all();
}

void ServeClient::sendText(const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(m_in, text.data() + done, text.size() - done);
    if (count < 0) {
      ADD_FAILURE() << "the session takes no more";
      return;
    }
    done += static_cast<std::size_t>(count);
  }
}

void ServeClient::closeInput() { closeEnd(m_in); }

void ServeClient::closeOutput() {
  closeEnd(m_wake[1]);
  if (m_reader.joinable()) m_reader.join();
  closeEnd(m_wake[0]);
  closeEnd(m_out);
}

void ServeClient::signal(int number) const { ::kill(m_id, number); }

Json ServeClient::take(seconds patience, const std::function<bool(const Json&)>& wanted) {
  std::unique_lock lock(m_mutex);
  const auto until = Clock::now() + patience;
  for (std::size_t looked = 0;;) {
    for (; looked < m_messages.size(); ++looked)
      if (wanted(m_messages[looked])) return m_messages[looked];
    if (m_ended || m_changed.wait_until(lock, until) == std::cv_status::timeout) return nullptr;
  }
}

Json ServeClient::answerTo(const Json& id) {
  Json answer = take(kPatience, [&](const Json& message) { return message["id"] == id && isTerminal(message); });
  if (answer.is_null()) {
    ADD_FAILURE() << "no answer to " << id;
    return Json::parse(R"({"type": "nothing", "result": {}, "error": {"code": "nothing"}})");
  }
  return answer;
}

Json ServeClient::resultOf(const Json& message) {
  send(message);
  Json answer = answerTo(message.at("id"));
  EXPECT_EQ(answer["type"], "result") << answer;
  return answer.contains("result") ? answer["result"] : Json::object();
}

void ServeClient::waitUntilReady() {
  EXPECT_FALSE(take(kPatience, [](const Json& message) { return message["type"] == "ready" && message["stage"] == "prompts"; }).is_null());
}

std::vector<Json> ServeClient::messages() {
  const std::lock_guard lock(m_mutex);
  return m_messages;
}

int ServeClient::terminalsOf(const Json& id) {
  int count = 0;
  for (const auto& message : messages()) count += message["id"] == id && isTerminal(message) ? 1 : 0;
  return count;
}

ServeClient::Exit ServeClient::wait() {
  const auto begin = Clock::now();
  int status = 0;
  Exit exit;
  while (true) {
    const pid_t ended = ::waitpid(m_id, &status, WNOHANG);
    if (ended == m_id) break;
    if (Clock::now() - begin > kPatience) {
      ADD_FAILURE() << "it does not end";
      ::kill(m_id, SIGKILL);
      ::waitpid(m_id, &status, 0);
      break;
    }
    ::usleep(5000);
  }
  m_id = -1;
  exit.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  exit.killed = WIFSIGNALED(status);
  exit.code = exit.killed ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  exit.log = textOf(m_log);
  // What it said last may still be in the pipe.
  std::unique_lock lock(m_mutex);
  if (m_out >= 0) m_changed.wait_for(lock, seconds(5), [this] { return m_ended; });
  return exit;
}

}  // namespace roundel::test
