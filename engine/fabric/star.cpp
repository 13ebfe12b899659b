#include "fabric/star.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

namespace roundel {
namespace {

constexpr std::size_t kLongestSentence = 1 << 16;

Error lostRank(const std::string& sentence) {
  return Error(ErrorKind::Resource, "rank-lost", sentence,
               {.remedy = "Start the same command again with as many ranks: it goes on from its last checkpoint."});
}

Error outOfStep() {
  return Error(ErrorKind::Defect, "ranks-out-of-step", "The ranks did not ask for the same thing at the same time.",
               {.remedy = "Start every rank with the same command and the same version of the program."});
}

/// Looks, in a thread, whether the other end of any wire has closed; whoever computes for long does not notice otherwise.
class Watch {
 public:
  Watch(std::vector<int> descriptors, const StarOptions& options, std::function<Error(std::size_t)> lost)
      : m_descriptors(std::move(descriptors)), m_options(options), m_lost(std::move(lost)) {
    if (m_options.lastResort) m_thread = std::thread([this] { watch(); });
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() {
    over();
    if (m_thread.joinable()) m_thread.join();
  }
  /// Nobody need be told any more.
  void over() {
    const std::lock_guard lock(m_mutex);
    m_over = true;
    m_changed.notify_all();
  }

 private:
  bool waitedFor(std::chrono::milliseconds time) {
    std::unique_lock lock(m_mutex);
    return !m_changed.wait_for(lock, time, [&] { return m_over; });
  }
  void watch() {
    while (waitedFor(std::chrono::milliseconds(500))) {
      std::vector<pollfd> all;
      for (const int descriptor : m_descriptors) all.push_back({descriptor, POLLRDHUP, 0});
      if (::poll(all.data(), all.size(), 0) <= 0) continue;
      for (std::size_t i = 0; i < all.size(); ++i)
        if ((all[i].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) {
          if (waitedFor(m_options.grace)) m_options.lastResort(m_lost(i));
          return;
        }
    }
  }

  std::vector<int> m_descriptors;
  const StarOptions& m_options;
  std::function<Error(std::size_t)> m_lost;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  bool m_over = false;
  std::thread m_thread;
};

/// Rank 0 gathers a frame of every leaf, whoever is first, and sees at once who is gone.
class Centre : public Fabric {
 public:
  Centre(std::vector<Leaf> leaves, StarOptions options) : m_leaves(std::move(leaves)), m_options(std::move(options)) {
    std::vector<int> descriptors;
    for (const Leaf& leaf : m_leaves) descriptors.push_back(leaf.wire.descriptor());
    m_watch = std::make_unique<Watch>(std::move(descriptors), m_options, [this](std::size_t i) { return lostRank(sentenceOf(i, {})); });
  }

  int size() const override { return static_cast<int>(m_leaves.size()) + 1; }
  void allReduce(std::span<float> values) override { reduce(FrameKind::Floats, values); }
  void allReduce(std::span<double> values) override { reduce(FrameKind::Doubles, values); }
  void broadcast(std::span<std::byte> bytes) override {
    gather(FrameKind::Bytes, 0);
    tell(FrameKind::Bytes, bytes);
  }
  void barrier() override {
    gather(FrameKind::Barrier, 0);
    tell(FrameKind::Barrier, {});
  }
  void leave(const std::string& why) override {
    if (std::exchange(m_over, true)) return;
    m_watch->over();
    for (const Leaf& leaf : m_leaves) leaf.wire.send(FrameKind::Farewell, "Rank 0 of " + std::to_string(size()) + " ended: " + why);
  }

 private:
  /// A leaf's answer while it arrives.
  struct Arrival {
    FrameHead head;
    std::size_t headBytes = 0, done = 0;
    std::vector<std::byte> payload;
    bool whole() const { return headBytes == sizeof head && done == head.bytes; }
  };

  template <class T>
  void reduce(FrameKind kind, std::span<T> values) {
    const auto arrivals = gather(kind, values.size_bytes());
    for (const Arrival& one : arrivals) {
      const T* const more = reinterpret_cast<const T*>(one.payload.data());
      for (std::size_t i = 0; i < values.size(); ++i) values[i] += more[i];
    }
    tell(kind, std::as_bytes(values));
  }

  std::vector<Arrival> gather(FrameKind kind, std::size_t bytes) {
    std::vector<Arrival> arrivals(m_leaves.size());
    std::size_t missing = arrivals.size();
    while (missing > 0) {
      std::vector<pollfd> all;
      for (std::size_t i = 0; i < arrivals.size(); ++i)
        all.push_back({arrivals[i].whole() ? -1 : m_leaves[i].wire.descriptor(), POLLIN, 0});
      if (::poll(all.data(), all.size(), -1) < 0 && errno != EINTR) throw outOfStep();
      for (std::size_t i = 0; i < arrivals.size(); ++i) {
        if (all[i].fd < 0 || all[i].revents == 0) continue;
        if (!takeSome(m_leaves[i].wire.descriptor(), arrivals[i])) lose(i, {});
        const FrameHead& head = arrivals[i].head;
        const bool known = arrivals[i].headBytes == sizeof head, farewell = head.kind == FrameKind::Farewell;
        if (known && !farewell && (head.kind != kind || head.bytes != bytes)) {
          leave(outOfStep().what());
          throw outOfStep();
        }
        if (known && arrivals[i].payload.empty())
          arrivals[i].payload.resize(std::min<std::uint64_t>(head.bytes, farewell ? kLongestSentence : bytes));
        if (!arrivals[i].whole()) continue;
        if (farewell) lose(i, {reinterpret_cast<const char*>(arrivals[i].payload.data()), arrivals[i].payload.size()});
        --missing;
      }
    }
    return arrivals;
  }

  /// Takes what is there. False: the other end is gone, or speaks no frames.
  static bool takeSome(int descriptor, Arrival& arrival) {
    std::byte* to = arrival.payload.data() + arrival.done;
    std::size_t room = arrival.payload.size() - arrival.done;
    const bool ofHead = arrival.headBytes < sizeof arrival.head;
    if (ofHead) {
      to = reinterpret_cast<std::byte*>(&arrival.head) + arrival.headBytes;
      room = sizeof arrival.head - arrival.headBytes;
    }
    const ssize_t got = ::recv(descriptor, to, room, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got <= 0) return false;
    if (!ofHead) {
      arrival.done += static_cast<std::size_t>(got);
      return true;
    }
    arrival.headBytes += static_cast<std::size_t>(got);
    return arrival.headBytes < sizeof arrival.head ||
           (arrival.head.magic == FrameHead{}.magic &&
            (arrival.head.kind != FrameKind::Farewell || arrival.head.bytes <= kLongestSentence));
  }

  void tell(FrameKind kind, std::span<const std::byte> payload) {
    for (std::size_t i = 0; i < m_leaves.size(); ++i)
      if (!m_leaves[i].wire.send(kind, payload)) lose(i, {});
  }

  std::string sentenceOf(std::size_t leaf, const std::string& itsOwn) const {
    const int rank = static_cast<int>(leaf) + 1;
    const std::string& name = m_leaves[leaf].name;
    std::string sentence =
        "Rank " + std::to_string(rank) + " of " + std::to_string(size()) + (name.empty() ? "" : " (" + name + ")") + " ended";
    if (!itsOwn.empty()) return sentence + ": " + itsOwn;
    const std::string known = m_options.obituary ? m_options.obituary(rank) : "";
    return sentence + (known.empty() ? " without a word: it was killed, or its machine is out of reach." : ": " + known + ".");
  }

  [[noreturn]] void lose(std::size_t leaf, const std::string& itsOwn) {
    const std::string sentence = sentenceOf(leaf, itsOwn);
    m_over = true;
    m_watch->over();
    for (std::size_t i = 0; i < m_leaves.size(); ++i)
      if (i != leaf) m_leaves[i].wire.send(FrameKind::Farewell, sentence);
    throw lostRank(sentence);
  }

  std::vector<Leaf> m_leaves;
  StarOptions m_options;
  bool m_over = false;
  std::unique_ptr<Watch> m_watch;
};

class Outer : public Fabric {
 public:
  Outer(Wire centre, int rank, int size, StarOptions options)
      : m_centre(std::move(centre)), m_rank(rank), m_size(size), m_options(std::move(options)) {
    m_watch = std::make_unique<Watch>(std::vector<int>{m_centre.descriptor()}, m_options, [](std::size_t) { return centreLost(); });
  }

  int rank() const override { return m_rank; }
  int size() const override { return m_size; }
  void allReduce(std::span<float> values) override { exchange(FrameKind::Floats, std::as_writable_bytes(values), true); }
  void allReduce(std::span<double> values) override { exchange(FrameKind::Doubles, std::as_writable_bytes(values), true); }
  void broadcast(std::span<std::byte> bytes) override { exchange(FrameKind::Bytes, bytes, false); }
  void barrier() override { exchange(FrameKind::Barrier, {}, false); }
  void leave(const std::string& why) override {
    if (std::exchange(m_over, true)) return;
    m_watch->over();
    m_centre.send(FrameKind::Farewell, why);
  }

 private:
  static Error centreLost() { return lostRank("Rank 0 ended without a word: it was killed, or its machine is out of reach."); }

  void exchange(FrameKind kind, std::span<std::byte> bytes, bool mine) {
    // A farewell may lie ready although nothing can be sent any more.
    const bool sent = m_centre.send(kind, mine ? std::span<const std::byte>(bytes) : std::span<const std::byte>());
    FrameHead head;
    if (!m_centre.receive(std::as_writable_bytes(std::span(&head, 1))) || head.magic != FrameHead{}.magic) lose(centreLost());
    if (head.kind == FrameKind::Farewell) {
      std::string sentence(std::min<std::uint64_t>(head.bytes, kLongestSentence), '\0');
      if (!m_centre.receive(std::as_writable_bytes(std::span(sentence.data(), sentence.size())))) lose(centreLost());
      lose(lostRank(sentence));
    }
    if (!sent || head.kind != kind || head.bytes != bytes.size()) lose(outOfStep());
    if (!m_centre.receive(bytes)) lose(centreLost());
  }

  [[noreturn]] void lose(const Error& error) {
    m_over = true;
    m_watch->over();
    throw error;
  }

  Wire m_centre;
  int m_rank, m_size;
  StarOptions m_options;
  bool m_over = false;
  std::unique_ptr<Watch> m_watch;
};

}  // namespace

std::unique_ptr<Fabric> starCentre(std::vector<Leaf> leaves, StarOptions options) {
  if (leaves.empty()) return std::make_unique<Fabric>();
  return std::make_unique<Centre>(std::move(leaves), std::move(options));
}

std::unique_ptr<Fabric> starLeaf(Wire centre, int rank, int size, StarOptions options) {
  return std::make_unique<Outer>(std::move(centre), rank, size, std::move(options));
}

}  // namespace roundel
