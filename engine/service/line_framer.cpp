#include "service/line_framer.h"

#include <utility>

namespace roundel {

void LineFramer::feed(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    append(bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    emit(sink);
    bytes.remove_prefix(end + 1);
  }
}

void LineFramer::finish(const Sink& sink) {
  if (m_bytes > 0) emit(sink);
}

void LineFramer::append(std::string_view piece) {
  m_bytes += piece.size();
  if (m_bytes <= m_limit) {
    m_text.append(piece);
  } else {
    m_text.clear();
    m_text.shrink_to_fit();
  }
}

void LineFramer::emit(const Sink& sink) {
  FramedLine line{.text = std::exchange(m_text, {}), .number = ++m_number, .bytes = std::exchange(m_bytes, 0)};
  line.tooLong = line.bytes > m_limit;
  if (line.text.ends_with('\r')) line.text.pop_back();
  if (line.tooLong || !line.text.empty()) sink(std::move(line));
}

}  // namespace roundel
