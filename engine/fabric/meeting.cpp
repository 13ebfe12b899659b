#include "fabric/meeting.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "core/build_id.h"
#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/json.h"

namespace roundel {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kLongestHello = 4096;
constexpr milliseconds kHelloLimit(5000);

Error cannotMeet(const std::string& what) {
  return Error(ErrorKind::Resource, "ranks-missing", what,
               {.remedy = "Look whether every rank was started, with the same command, and whether one ended with a sentence of its own."});
}

void throwIfStopped(const MeetingOptions& options) {
  if (options.stop && options.stop()) throw Cancelled();
}

std::string nameOfProcess() {
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  return sanitisedUtf8(host) + ", process " + std::to_string(::getpid());
}

Json helloOf(const RankPlace& place) {
  return {{"rank", place.rank}, {"size", place.size}, {"job", place.job}, {"build", buildId()}, {"name", nameOfProcess()}};
}

/// A machine that loses its power closes no connection: its silence is noticed by the kernel, after 20 s.
void watchOverConnection(int socket) {
  const auto set = [&](int level, int name, int value) { ::setsockopt(socket, level, name, &value, sizeof value); };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 5);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 20'000);
}

/// A folder that is this user's alone.
std::filesystem::path privateFolder(const MeetingOptions& options) {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const auto mine = [](const std::filesystem::path& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() && (status.st_mode & 077) == 0;
  };
  if (options.folder.empty() && runtime != nullptr && mine(runtime)) return runtime;
  const auto folder = options.folder.empty() ? std::filesystem::path("/tmp/roundel-" + std::to_string(::geteuid())) : options.folder;
  ::mkdir(folder.c_str(), 0700);
  if (!mine(folder))
    throw Error(ErrorKind::Resource, "no-socket", displayPath(folder) + " is not a folder of this user alone: ranks cannot meet there.",
                {.path = displayPath(folder), .remedy = "Remove it, or set XDG_RUNTIME_DIR to a folder of your own."});
  return folder;
}

/// An address of either family.
struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
  bool tcp = false;
  std::string text;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int socket() const { return ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0); }
};

Address socketOfJob(const RankPlace& place, const MeetingOptions& options) {
  const std::string path = (privateFolder(options) / ("ranks-" + sha256Hex(place.job).substr(0, 16))).string();
  Address address;
  auto& own = reinterpret_cast<sockaddr_un&>(address.storage);
  if (path.size() >= sizeof own.sun_path)
    throw Error(ErrorKind::Resource, "no-socket", "The path of a socket is too long: " + displayPath(path) + ".",
                {.remedy = "Set XDG_RUNTIME_DIR to a shorter one."});
  own.sun_family = AF_UNIX;
  std::memcpy(own.sun_path, path.c_str(), path.size() + 1);
  address.length = sizeof own;
  address.text = path;
  return address;
}

Address addressOfMachine(const RankPlace& place, int port) {
  if (place.address.empty())
    throw Error(ErrorKind::Usage, "bad-ranks", "The ranks are on several machines, and nothing says which is that of rank 0.",
                {.remedy = "Set MASTER_ADDR to its name on every rank (mpirun -x MASTER_ADDR ..., srun --export=ALL)."});
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  const int failure = ::getaddrinfo(place.address.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0)
    throw cannotMeet("The machine of rank 0, " + sanitisedUtf8(place.address) + ", is not known by its name: " + ::gai_strerror(failure) +
                     ".");
  Address address{.tcp = true, .text = sanitisedUtf8(place.address) + ", port " + std::to_string(port)};
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.length = found->ai_addrlen;
  ::freeaddrinfo(found);
  return address;
}

/// Rank 0's socket; its file is gone once everybody has come.
class Listener {
 public:
  explicit Listener(const Address& address) : m_address(address), m_socket(address.socket()) {
    const int yes = 1;
    if (address.tcp) ::setsockopt(m_socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    else removeLeftover();
    if (::bind(m_socket.descriptor(), address.get(), address.length) != 0 || ::listen(m_socket.descriptor(), 64) != 0)
      throw cannotMeet("Rank 0 cannot wait for the others at " + address.text + ": " + std::strerror(errno) + ".");
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() {
    if (!m_address.tcp) ::unlink(m_address.text.c_str());
  }

  /// The next who comes within a moment; a closed wire where nobody does.
  Wire next() const {
    pollfd one{m_socket.descriptor(), POLLIN, 0};
    if (::poll(&one, 1, 100) <= 0) return Wire();
    const int got = ::accept4(m_socket.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
    if (got >= 0 && m_address.tcp) watchOverConnection(got);
    return Wire(got);
  }

 private:
  void removeLeftover() const {
    const Wire probe(m_address.socket());
    if (::connect(probe.descriptor(), m_address.get(), m_address.length) == 0)
      throw Error(ErrorKind::Locked, "ranks-active", "Another rank 0 of the same start waits already.", {.remedy = "End it first."});
    ::unlink(m_address.text.c_str());
  }

  const Address& m_address;
  Wire m_socket;
};

/// Everybody but rank 0, as they arrive.
class Arrivals {
 public:
  explicit Arrivals(RankPlace place) : m_place(std::move(place)), m_leaves(static_cast<std::size_t>(m_place.size - 1)) {}

  bool complete() const { return m_missing() == 0; }
  std::vector<Leaf> take() { return std::move(m_leaves); }
  std::string missing() const {
    std::string list;
    for (std::size_t i = 0; i < m_leaves.size(); ++i)
      if (!m_leaves[i].wire.open()) list += (list.empty() ? "" : ", ") + std::to_string(i + 1);
    return list;
  }

  /// Who does not say the right words is sent away: it may be anybody. Throws where it is one of ours, of another build.
  void welcome(Wire wire) {
    const auto said = wire.receiveText(kLongestHello, kHelloLimit);
    const Json hello = said && said->first == FrameKind::Hello ? Json::parse(said->second, nullptr, false) : Json();
    if (!hello.is_object() || hello.value("job", Json()) != Json(m_place.job) || !hello.value("rank", Json()).is_number_integer()) return;
    const auto rank = hello["rank"].get<std::int64_t>();
    if (hello.value("size", Json()) != Json(m_place.size) || rank < 1 || rank >= m_place.size) {
      wire.send(FrameKind::Farewell, "This start has " + std::to_string(m_place.size) + " ranks.");
      return;
    }
    Leaf& leaf = m_leaves[static_cast<std::size_t>(rank - 1)];
    if (leaf.wire.open()) {
      wire.send(FrameKind::Farewell, "There is a rank " + std::to_string(rank) + " already.");
      return;
    }
    if (hello.value("build", Json()) != Json(buildId())) {
      const std::string sentence = "Rank " + std::to_string(rank) + " is another build of the program than rank 0.";
      wire.send(FrameKind::Farewell, sentence);
      throw Error(ErrorKind::BadInput, "ranks-differ", sentence, {.remedy = "Install the same version on all machines."});
    }
    if (!wire.send(FrameKind::Welcome, std::string())) return;
    leaf = {.wire = std::move(wire), .name = sanitisedUtf8(hello.value("name", std::string()))};
  }

 private:
  std::size_t m_missing() const {
    std::size_t count = 0;
    for (const Leaf& leaf : m_leaves) count += !leaf.wire.open();
    return count;
  }

  RankPlace m_place;
  std::vector<Leaf> m_leaves;
};

std::unique_ptr<Fabric> introduce(Wire wire, const RankPlace& place, const MeetingOptions& options, milliseconds limit) {
  if (!wire.send(FrameKind::Hello, helloOf(place).dump())) throw cannotMeet("Rank 0 is gone.");
  const auto answer = wire.receiveText(kLongestHello, limit);
  if (answer && answer->first == FrameKind::Farewell)
    throw cannotMeet("Rank 0 sent rank " + std::to_string(place.rank) + " away: " + answer->second);
  if (!answer || answer->first != FrameKind::Welcome) throw cannotMeet("Rank 0 does not answer rank " + std::to_string(place.rank) + ".");
  return starLeaf(std::move(wire), place.rank, place.size, options.star);
}

std::unique_ptr<Fabric> waitForOthers(const RankPlace& place, const Address& address, const MeetingOptions& options) {
  const Listener listener(address);
  Arrivals arrivals(place);
  const auto end = Clock::now() + options.limit;
  while (!arrivals.complete()) {
    throwIfStopped(options);
    if (Clock::now() >= end)
      throw cannotMeet("Of " + std::to_string(place.size) + " ranks these did not arrive within " +
                       std::to_string(std::chrono::ceil<std::chrono::seconds>(options.limit).count()) + " s: " + arrivals.missing() + ".");
    if (Wire wire = listener.next(); wire.open()) arrivals.welcome(std::move(wire));
  }
  return starCentre(arrivals.take(), options.star);
}

std::unique_ptr<Fabric> goToFirst(const RankPlace& place, const Address& address, const MeetingOptions& options) {
  const auto end = Clock::now() + options.limit;
  while (true) {
    throwIfStopped(options);
    Wire wire(address.socket());
    if (::connect(wire.descriptor(), address.get(), address.length) == 0) {
      if (address.tcp) watchOverConnection(wire.descriptor());
      return introduce(std::move(wire), place, options, std::chrono::duration_cast<milliseconds>(end - Clock::now()) + kHelloLimit);
    }
    if (Clock::now() >= end) throw cannotMeet("Rank 0 does not wait at " + address.text + ": " + std::strerror(errno) + ".");
    std::this_thread::sleep_for(milliseconds(50));
  }
}

}  // namespace

std::unique_ptr<Fabric> meet(const RankPlace& place, const MeetingOptions& options) {
  if (place.alone()) return std::make_unique<Fabric>();
  if (place.severalMachines() && options.port == 0)
    throw Error(ErrorKind::Usage, "several-machines",
                "The ranks are on several machines (" + std::to_string(place.localSize) + " of " + std::to_string(place.size) +
                    " on this one), which opens a port without a key on the machine of rank 0.",
                {.remedy = "If your network is one where that may be, say --ranks-port 29617; see docs/DISTRIBUTED.md."});
  const Address address = options.port > 0 ? addressOfMachine(place, options.port) : socketOfJob(place, options);
  return place.rank == 0 ? waitForOthers(place, address, options) : goToFirst(place, address, options);
}

std::unique_ptr<Fabric> meetChildren(std::vector<Wire> wires, const MeetingOptions& options) {
  RankPlace place{.size = static_cast<int>(wires.size()) + 1, .job = "children"};
  Arrivals arrivals(place);
  const auto end = Clock::now() + options.limit;
  while (!wires.empty()) {
    throwIfStopped(options);
    std::vector<pollfd> all;
    for (const Wire& wire : wires) all.push_back({wire.descriptor(), POLLIN, 0});
    if (::poll(all.data(), all.size(), 100) > 0)
      for (std::size_t i = all.size(); i-- > 0;)
        if (all[i].revents != 0) {
          Wire wire = std::move(wires[i]);
          wires.erase(wires.begin() + static_cast<std::ptrdiff_t>(i));
          arrivals.welcome(std::move(wire));
        }
    if (Clock::now() >= end) break;
  }
  if (!arrivals.complete())
    throw cannotMeet("Of " + std::to_string(place.size) + " ranks these ended before they began: " + arrivals.missing() + ".");
  return starCentre(arrivals.take(), options.star);
}

std::unique_ptr<Fabric> meetParent(Wire wire, const RankPlace& place, const MeetingOptions& options) {
  RankPlace child = place;
  child.job = "children";
  return introduce(std::move(wire), child, options, options.limit);
}

}  // namespace roundel
