#include "imaging/decode_client.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

#include "core/files.h"
#include "imaging/decode_protocol.h"
#include "imaging/raw_volume.h"

extern char** environ;

namespace roundel {
namespace {

/// Loading the libraries of the full program takes a fraction of a second; a busy machine, more.
constexpr double kStartSeconds = 60;
constexpr std::size_t kProbeBatch = 64;
/// No descriptor that the child expects has this number or a higher one.
constexpr int kFirstFree = 4;

[[noreturn]] void noDecoder(const std::string& reason) {
  throw Error(ErrorKind::Resource, "no-decoder", "The process that opens image files could not be started: " + reason + ".",
              {.remedy = "Check that the program roundel is complete; reinstall it if not."});
}

std::vector<std::string> defaultCommand() {
  if (const char* given = std::getenv("ROUNDEL_DECODER"); given && *given) return {given, "decode", "--worker"};
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (!failure && self.filename() == "roundel") return {"/proc/self/exe", "decode", "--worker"};
  const auto beside = self.parent_path() / "roundel";
  if (!std::filesystem::exists(beside, failure)) noDecoder("there is no program roundel beside " + displayPath(self.filename()));
  return {beside.string(), "decode", "--worker"};
}

/// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : m_value(value) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return m_value; }
  void reset(int value = -1) {
    if (m_value >= 0) ::close(m_value);
    m_value = value;
  }

 private:
  int m_value;
};

Error errorFrom(const Json& json) {
  return Error(static_cast<ErrorKind>(json.at("kind").get<int>()), json.at("code").get<std::string>(),
               json.at("message").get<std::string>(),
               {.path = json.at("path").get<std::string>(), .remedy = json.at("remedy").get<std::string>()});
}

Error refusal(const std::filesystem::path& path, const std::string& reason) {
  return Error(ErrorKind::BadInput, "unreadable-image", displayPath(path.filename()) + " cannot be read: " + reason + ".",
               {.path = displayPath(path), .remedy = "The file is damaged or made to do harm; leave it out."});
}

}  // namespace

/// One child process with its socket and the anonymous file that it leaves pixels in.
class DecodeClient::Worker {
 public:
  explicit Worker(const std::vector<std::string>& command) {
    int pair[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) noDecoder(std::strerror(errno));
    m_socket.reset(pair[0]);
    const Descriptor theirs(pair[1]);
    m_pixels.reset(::memfd_create("roundel-pixels", MFD_CLOEXEC));
    if (m_pixels.get() < 0) noDecoder(std::strerror(errno));
    spawn(command, theirs.get());
  }

  ~Worker() {
    m_socket.reset();  // a healthy child ends now
    end();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  int socket() const { return m_socket.get(); }
  pid_t id() const { return m_id; }

  /// Kills the child, takes its body away and says by what it had died; 0: it exited, or we killed it.
  int end() {
    if (m_id <= 0) return 0;
    int status = 0;
    // A child that died by itself is reaped as it is; one that lives gets half a second to see that its socket is closed.
    for (int attempt = 0; attempt < 100; ++attempt) {
      const pid_t reaped = ::waitpid(m_id, &status, WNOHANG);
      if (reaped == m_id || (reaped < 0 && errno != EINTR)) {
        m_id = 0;
        return reaped > 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    kill();
    return 0;
  }

  void kill() {
    if (m_id <= 0) return;
    ::kill(m_id, SIGKILL);
    int status = 0;
    while (::waitpid(m_id, &status, 0) < 0 && errno == EINTR) {
    }
    m_id = 0;
  }

  /// Bytes that the child left.
  std::uint64_t pixelBytes() const {
    struct stat status {};
    return ::fstat(m_pixels.get(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  }

  /// Copies `out.size()` bytes that the child left. False where fewer are there.
  bool takePixels(std::span<std::byte> out) {
    std::size_t done = 0;
    while (done < out.size()) {
      const auto got = ::pread(m_pixels.get(), out.data() + done, out.size() - done, static_cast<off_t>(done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      done += static_cast<std::size_t>(got);
    }
    return ::ftruncate(m_pixels.get(), 0) == 0;
  }

 private:
  void spawn(const std::vector<std::string>& command, int theirs) {
    // The child expects them as 0 and 3. Their own numbers may be among those, so that one would be overwritten before it is passed on.
    const Descriptor socket(::fcntl(theirs, F_DUPFD_CLOEXEC, kFirstFree)), pixels(::fcntl(m_pixels.get(), F_DUPFD_CLOEXEC, kFirstFree));
    if (socket.get() < 0 || pixels.get() < 0) noDecoder(std::strerror(errno));
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, socket.get(), 0);
    posix_spawn_file_actions_adddup2(&actions, pixels.get(), 3);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    // A group of its own: Ctrl-C in the terminal is the parent's to handle.
    posix_spawnattr_setpgroup(&attributes, 0);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    const int failure = ::posix_spawn(&m_id, command.front().c_str(), &actions, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (failure != 0) {
      m_id = 0;
      noDecoder(std::strerror(failure));
    }
  }

  Descriptor m_socket, m_pixels;
  pid_t m_id = 0;
};

struct DecodeClient::State {
  DecodeClientOptions options;
  mutable std::mutex mutex;
  std::unique_ptr<Worker> worker;
  int started = 0;

  Json request(const std::string& op) const {
    return {{"op", op},
            {"paths", Json::array()},
            {"limits",
             {{"memory", options.limits.memoryBytes},
              {"seconds", options.limits.seconds},
              {"largest", options.limits.largestImageBytes},
              {"free", options.limits.freeBytes}}},
            {"salt", options.salt}};
  }
};

DecodeClient::DecodeClient(DecodeClientOptions options) : m_state(std::make_unique<State>()) { m_state->options = std::move(options); }

DecodeClient::~DecodeClient() = default;

int DecodeClient::workerId() const {
  const std::scoped_lock lock(m_state->mutex);
  return m_state->worker ? static_cast<int>(m_state->worker->id()) : 0;
}

void DecodeClient::start() {
  const std::scoped_lock lock(m_state->mutex);
  worker();
}

int DecodeClient::workersStarted() const {
  const std::scoped_lock lock(m_state->mutex);
  return m_state->started;
}

DecodeClient::Worker& DecodeClient::worker() {
  if (m_state->worker) return *m_state->worker;
  if (m_state->options.command.empty()) m_state->options.command = defaultCommand();
  auto fresh = std::make_unique<Worker>(m_state->options.command);
  ++m_state->started;
  const Received ready = receiveMessage(fresh->socket(), kStartSeconds);
  if (ready.state != ReceiveState::Message || !ready.message.contains("ready")) {
    fresh->kill();
    noDecoder(ready.state == ReceiveState::TimedOut ? "it did not answer" : "it ended at once");
  }
  m_state->worker = std::move(fresh);
  return *m_state->worker;
}

DecodeClient::Obituary DecodeClient::bury(bool timedOut) {
  int signal = 0;
  if (timedOut) m_state->worker->kill();
  else signal = m_state->worker->end();
  m_state->worker.reset();
  if (timedOut || signal == SIGXCPU || signal == SIGALRM) return {.reason = "it took longer than a file of its size may take"};
  if (signal == SIGBUS) return {.reason = "it changed while it was being read"};
  // No file can send this: somebody did, or the system, which had no memory left.
  if (signal == SIGKILL)
    return {.reason = "the system ended the process that was reading it, as it does when memory runs out", .killed = true};
  return {.reason = "it is damaged in a way that brought its decoder down"};
}

DecodeClient::Worker& DecodeClient::send(const Json& message) {
  if (sendMessage(worker().socket(), message)) return *m_state->worker;
  m_state->worker.reset();  // it died between two files: no fault of the next one
  if (!sendMessage(worker().socket(), message)) noDecoder("it does not take requests");
  return *m_state->worker;
}

DecodedImage DecodeClient::decode(const DecodeRequest& request) { return ask(request, PixelUse::HandOver); }

DecodedImage DecodeClient::inspect(const DecodeRequest& request) { return ask(request, PixelUse::LookOnly); }

DecodedImage DecodeClient::ask(const DecodeRequest& request, PixelUse use) {
  const std::scoped_lock lock(m_state->mutex);
  if (request.paths.empty()) throw Error(ErrorKind::Usage, "no-file", "No image file was given.");
  Json message = m_state->request("decode");
  for (const auto& path : request.paths) message["paths"].push_back(hexOfPath(std::filesystem::absolute(path)));
  message["volume"] = request.volume;
  message["palette"] = request.paletteIndices ? "indices" : "colours";
  message["pixels"] = use == PixelUse::HandOver;
  try {
    if (send(message); auto image = receive(request, use, IfKilled::AskAgain)) return std::move(*image);
    send(message);
    return receive(request, use, IfKilled::Refuse).value();
  } catch (const nlohmann::json::exception&) {
    // The child may be in anybody's hands by now: nothing that it says is taken on trust.
    m_state->worker->kill();
    m_state->worker.reset();
    throw refusal(request.paths.front(), "its decoder gave an answer that makes no sense");
  }
}

std::optional<DecodedImage> DecodeClient::receive(const DecodeRequest& request, PixelUse use, IfKilled ifKilled) {
  const std::filesystem::path& first = request.paths.front();
  const DecodeLimits& limits = m_state->options.limits;
  double patience = limits.seconds * static_cast<double>(1 + request.paths.size() / 64);
  const auto start = std::chrono::steady_clock::now();
  while (true) {
    const double waited = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const Received received = receiveMessage(m_state->worker->socket(), std::max(patience - waited, 0.0), request.stopRequested);
    if (received.state == ReceiveState::Stopped) {
      m_state->worker->kill();  // its answer is nobody's
      m_state->worker.reset();
      throw Cancelled();
    }
    if (received.state != ReceiveState::Message) {
      const Obituary obituary = bury(received.state == ReceiveState::TimedOut);
      if (obituary.killed && ifKilled == IfKilled::AskAgain) return std::nullopt;
      throw refusal(first, obituary.reason);
    }
    const Json& answer = received.message;
    if (answer.contains("need")) {
      patience = std::max(patience, secondsFor(limits, std::min(answer.at("need").get<std::uint64_t>(), limits.largestImageBytes)));
      continue;
    }
    if (answer.contains("error")) throw errorFrom(answer.at("error"));
    const Json& values = answer.at("image").at("values");
    const auto bytes = answer.at("bytes").get<std::uint64_t>(), count = values.at("count").get<std::uint64_t>();
    if (use == PixelUse::LookOnly) {
      if (bytes != 0 || count != 0) throw refusal(first, "its decoder gave more than was asked for");
      return decodedImageFromJson(answer.at("image"));
    }
    // Palettes and floats made here may take a few times what the header asked for.
    if (bytes > 4 * limits.largestImageBytes || bytes != m_state->worker->pixelBytes() || count > bytes ||
        count * typeBytes(values.at("type").get<std::string>()) != bytes)
      throw refusal(first, "its decoder gave more than was asked for");
    DecodedImage decoded = decodedImageFromJson(answer.at("image"));
    if (!m_state->worker->takePixels(valueBytes(decoded.image.values))) throw refusal(first, "its decoder gave fewer pixels than it said");
    requireConsistent(decoded.image);
    return decoded;
  }
}

DicomSource DecodeClient::source(const DecodeRequest& request) {
  const std::scoped_lock lock(m_state->mutex);
  if (request.paths.empty()) throw Error(ErrorKind::Usage, "no-file", "No image file was given.");
  Json message = m_state->request("source");
  for (const auto& path : request.paths) message["paths"].push_back(hexOfPath(std::filesystem::absolute(path)));
  const double patience = m_state->options.limits.seconds * static_cast<double>(1 + request.paths.size() / 64);
  Received received;
  for (IfKilled ifKilled = IfKilled::AskAgain;; ifKilled = IfKilled::Refuse) {
    send(message);
    received = receiveMessage(m_state->worker->socket(), patience, request.stopRequested);
    if (received.state == ReceiveState::Message || received.state == ReceiveState::Stopped) break;
    const Obituary obituary = bury(received.state == ReceiveState::TimedOut);
    if (!obituary.killed || ifKilled == IfKilled::Refuse) throw refusal(request.paths.front(), obituary.reason);
  }
  if (received.state == ReceiveState::Stopped) {
    m_state->worker->kill();
    m_state->worker.reset();
    throw Cancelled();
  }
  try {
    if (received.message.contains("error")) throw errorFrom(received.message.at("error"));
    return dicomSourceFromJson(received.message.at("source"));
  } catch (const nlohmann::json::exception&) {
    m_state->worker->kill();
    m_state->worker.reset();
    throw refusal(request.paths.front(), "its decoder gave an answer that makes no sense");
  }
}

std::vector<ProbeResult> DecodeClient::probe(const std::vector<std::filesystem::path>& paths,
                                             const std::function<void(std::size_t)>& each) {
  const std::scoped_lock lock(m_state->mutex);
  std::vector<ProbeResult> results;
  std::optional<std::size_t> askedAgain;
  while (results.size() < paths.size()) {
    const std::size_t begin = results.size(), end = std::min(paths.size(), begin + kProbeBatch);
    Json message = m_state->request("probe");
    for (std::size_t index = begin; index < end; ++index) message["paths"].push_back(hexOfPath(std::filesystem::absolute(paths[index])));
    send(message);
    while (results.size() < end) {
      const Received received = receiveMessage(m_state->worker->socket(), m_state->options.limits.seconds);
      const std::filesystem::path& path = paths[results.size()];
      if (received.state != ReceiveState::Message) {
        // The file in hand is to blame, unless the child was killed from outside; the rest of the batch goes to a new child.
        const Obituary obituary = bury(received.state == ReceiveState::TimedOut);
        if (obituary.killed && askedAgain != results.size()) {
          askedAgain = results.size();
          break;
        }
        results.emplace_back(refusal(path, obituary.reason));
        if (each) each(results.size());
        break;
      }
      if (received.message.contains("error")) results.emplace_back(errorFrom(received.message.at("error")));
      else results.emplace_back(imageProbeFromJson(received.message.at("probe")));
      if (!each) continue;
      try {
        each(results.size());
      } catch (...) {
        m_state->worker->kill();  // its remaining answers are nobody's
        m_state->worker.reset();
        throw;
      }
    }
  }
  return results;
}

}  // namespace roundel
