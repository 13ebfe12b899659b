#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace roundel {

/// What a frame between two ranks carries.
enum class FrameKind : std::uint32_t { Hello = 1, Welcome, Floats, Doubles, Bytes, Barrier, Farewell };

/// A frame's beginning as it travels; the byte order is that of all machines that LibTorch runs on.
struct FrameHead {
  std::uint32_t magic = 0x4c444e52;  // "RNDL"
  FrameKind kind = FrameKind::Barrier;
  std::uint64_t bytes = 0;
};

/// A connected stream socket between two ranks, which closes itself. Nothing here throws: a false answer means that the other side is gone.
class Wire {
 public:
  explicit Wire(int descriptor = -1) : m_descriptor(descriptor) {}
  Wire(Wire&& other) noexcept : m_descriptor(other.release()) {}
  Wire& operator=(Wire&& other) noexcept;
  ~Wire() { close(); }

  int descriptor() const { return m_descriptor; }
  bool open() const { return m_descriptor >= 0; }
  int release();
  void close();

  bool send(FrameKind kind, std::span<const std::byte> payload) const;
  bool send(FrameKind kind, const std::string& text) const;
  /// Fills all of `to`.
  bool receive(std::span<std::byte> to) const;
  /// A whole frame of a text, at most `most` bytes of it; nothing where the other side is gone, silent for `limit`, or does not speak so.
  std::optional<std::pair<FrameKind, std::string>> receiveText(std::size_t most, std::chrono::milliseconds limit) const;

 private:
  int m_descriptor;
};

/// A pair of connected wires of this machine, for a process and its child.
std::pair<Wire, Wire> wirePair();

}  // namespace roundel
