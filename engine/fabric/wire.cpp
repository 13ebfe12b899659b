#include "fabric/wire.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/error.h"

namespace roundel {
namespace {

using Clock = std::chrono::steady_clock;

/// Whether there is something to read before the moment.
bool readableBefore(int descriptor, Clock::time_point end) {
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd one{descriptor, POLLIN, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::max<long long>(0, left)));
    if (ready < 0 && errno == EINTR && left > 0) continue;
    return ready > 0;
  }
}

bool receiveBefore(int descriptor, std::span<std::byte> to, Clock::time_point end) {
  while (!to.empty()) {
    if (!readableBefore(descriptor, end)) return false;
    const ssize_t got = ::recv(descriptor, to.data(), to.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to = to.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

}  // namespace

Wire& Wire::operator=(Wire&& other) noexcept {
  if (this != &other) {
    close();
    m_descriptor = other.release();
  }
  return *this;
}

int Wire::release() { return std::exchange(m_descriptor, -1); }

void Wire::close() {
  if (m_descriptor >= 0) ::close(release());
}

bool Wire::send(FrameKind kind, std::span<const std::byte> payload) const {
  const FrameHead head{.kind = kind, .bytes = payload.size()};
  std::span<const std::byte> parts[2] = {std::as_bytes(std::span(&head, 1)), payload};
  while (!parts[0].empty() || !parts[1].empty()) {
    iovec vectors[2];
    for (int i = 0; i < 2; ++i) vectors[i] = {const_cast<std::byte*>(parts[i].data()), parts[i].size()};
    msghdr message{};
    message.msg_iov = vectors;
    message.msg_iovlen = 2;
    const ssize_t sent = ::sendmsg(m_descriptor, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    auto left = static_cast<std::size_t>(sent);
    for (auto& part : parts) {
      const std::size_t taken = std::min(left, part.size());
      part = part.subspan(taken);
      left -= taken;
    }
  }
  return true;
}

bool Wire::send(FrameKind kind, const std::string& text) const { return send(kind, std::as_bytes(std::span(text.data(), text.size()))); }

bool Wire::receive(std::span<std::byte> to) const {
  while (!to.empty()) {
    const ssize_t got = ::recv(m_descriptor, to.data(), to.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to = to.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

std::optional<std::pair<FrameKind, std::string>> Wire::receiveText(std::size_t most, std::chrono::milliseconds limit) const {
  const auto end = Clock::now() + limit;
  FrameHead head;
  if (!receiveBefore(m_descriptor, std::as_writable_bytes(std::span(&head, 1)), end)) return std::nullopt;
  if (head.magic != FrameHead{}.magic || head.bytes > most) return std::nullopt;
  std::string text(head.bytes, '\0');
  if (!receiveBefore(m_descriptor, std::as_writable_bytes(std::span(text.data(), text.size())), end)) return std::nullopt;
  return std::pair(head.kind, std::move(text));
}

std::pair<Wire, Wire> wirePair() {
  int pair[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    throw Error(ErrorKind::Resource, "no-socket", std::string("No socket can be opened: ") + std::strerror(errno) + ".");
  return {Wire(pair[0]), Wire(pair[1])};
}

}  // namespace roundel
