#include "imaging/decode_protocol.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

namespace roundel {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint32_t kLongest = 64U << 20;
constexpr int kStopTickMs = 50;  ///< how long a wish to stop may go unseen

bool sendAll(int socket, const char* bytes, std::size_t count) {
  while (count > 0) {
    const auto sent = ::send(socket, bytes, count, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes += sent;
    count -= static_cast<std::size_t>(sent);
  }
  return true;
}

ReceiveState receiveAll(int socket, char* bytes, std::size_t count, bool forever, Clock::time_point deadline,
                        const std::function<bool()>& stopRequested) {
  while (count > 0) {
    if (stopRequested && stopRequested()) return ReceiveState::Stopped;
    int wait = stopRequested ? kStopTickMs : -1;
    if (!forever) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
      if (left <= 0) return ReceiveState::TimedOut;
      wait = static_cast<int>(std::min<long long>(left + 1, stopRequested ? kStopTickMs : 1'000'000));
    }
    pollfd waiting{.fd = socket, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, wait);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return ReceiveState::Closed;
    if (ready == 0) continue;
    const auto got = ::recv(socket, bytes, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return ReceiveState::Closed;
    bytes += got;
    count -= static_cast<std::size_t>(got);
  }
  return ReceiveState::Message;
}

int digit(char letter) { return letter >= '0' && letter <= '9' ? letter - '0' : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : 0; }

}  // namespace

bool sendMessage(int socket, const Json& message) {
  const std::string text = message.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kLongest) return false;
  const auto length = static_cast<std::uint32_t>(text.size());
  const std::array<char, 4> head{static_cast<char>(length & 0xFF), static_cast<char>((length >> 8) & 0xFF),
                                 static_cast<char>((length >> 16) & 0xFF), static_cast<char>((length >> 24) & 0xFF)};
  return sendAll(socket, head.data(), head.size()) && sendAll(socket, text.data(), text.size());
}

Received receiveMessage(int socket, double seconds, const std::function<bool()>& stopRequested) {
  const bool forever = seconds < 0;
  const auto deadline = Clock::now() + std::chrono::milliseconds(forever ? 0 : static_cast<long long>(seconds * 1000));
  std::array<char, 4> head{};
  if (const auto state = receiveAll(socket, head.data(), head.size(), forever, deadline, stopRequested); state != ReceiveState::Message)
    return {.state = state};
  std::uint32_t length = 0;
  for (int index = 3; index >= 0; --index) length = (length << 8) | static_cast<std::uint8_t>(head[static_cast<std::size_t>(index)]);
  if (length > kLongest) return {};
  std::string text(length, '\0');
  if (const auto state = receiveAll(socket, text.data(), text.size(), forever, deadline, stopRequested); state != ReceiveState::Message)
    return {.state = state};
  Json message = Json::parse(text, nullptr, false);
  if (message.is_discarded()) return {};
  return {.state = ReceiveState::Message, .message = std::move(message)};
}

std::string hexOfPath(const std::filesystem::path& path) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char letter : path.native()) {
    hex += kDigits[static_cast<std::uint8_t>(letter) >> 4];
    hex += kDigits[static_cast<std::uint8_t>(letter) & 15];
  }
  return hex;
}

std::filesystem::path pathOfHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 2 <= hex.size(); at += 2) bytes += static_cast<char>(16 * digit(hex[at]) + digit(hex[at + 1]));
  return bytes;
}

}  // namespace roundel
