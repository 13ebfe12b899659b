#pragma once
#include <chrono>
#include <cstddef>

namespace roundel {

/// The protocol's number (docs/PROTOCOL.md): raised when a message changes its meaning; fields and messages may be added under the same
/// one.
inline constexpr int kProtocol = 1;

/// What one session may cost, whatever its client sends.
struct ServiceLimits {
  std::size_t lineBytes = std::size_t{1} << 20;      ///< of a request; a longer one is refused without being held
  std::size_t inlineBytes = std::size_t{256} << 10;  ///< of masks in one answer; what does not fit lies in the session's folder
  std::size_t waiting = 1000;                        ///< requests that may wait
  std::size_t openCases = 16;
  std::size_t unreadBytes = std::size_t{4} << 20;  ///< answers that the client has not read, before requests are left waiting
  std::chrono::milliseconds progressEvery{100};    ///< progress is told no more often
  std::chrono::milliseconds patience{600};         ///< for the work in hand, when the session is to end at once
  std::chrono::milliseconds unreadPatience{200};   ///< for a client that does not read, when the session is to end at once
};

}  // namespace roundel
