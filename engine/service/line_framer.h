#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace roundel {

/// One line of the input, without its end.
struct FramedLine {
  std::string text;          ///< empty where the line was too long
  std::uint64_t number = 0;  ///< from 1; empty lines count
  std::uint64_t bytes = 0;   ///< of the line, also where it was too long to be held
  bool tooLong = false;
};

/// Cuts a stream of bytes into lines. A line beyond the limit is counted and forgotten as it comes; the next one is whole again.
/// Empty lines are passed over; a carriage return at a line's end is no part of it.
class LineFramer {
 public:
  using Sink = std::function<void(FramedLine)>;

  explicit LineFramer(std::size_t limit) : m_limit(limit) {}

  void feed(std::string_view bytes, const Sink& sink);
  /// The input has ended: what came after the last line's end is a line too.
  void finish(const Sink& sink);
  /// Bytes held now: never above the limit.
  std::size_t held() const { return m_text.size(); }

 private:
  void append(std::string_view piece);
  void emit(const Sink& sink);

  std::size_t m_limit;
  std::string m_text;
  std::uint64_t m_bytes = 0;
  std::uint64_t m_number = 0;
};

}  // namespace roundel
