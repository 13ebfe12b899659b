#include "cli/commands/text_table.h"

#include <algorithm>

namespace roundel::cli {
namespace {

/// Characters, not bytes, of UTF-8.
std::size_t widthOf(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool isNumber(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '-'; });
}

}  // namespace

std::string TextTable::text() const {
  if (empty()) return {};
  const std::size_t columns = m_rows.front().size();
  std::vector<std::size_t> widths(columns, 0);
  std::vector<bool> numbers(columns, true);
  for (std::size_t row = 0; row < m_rows.size(); ++row)
    for (std::size_t i = 0; i < columns; ++i) {
      widths[i] = std::max(widths[i], widthOf(m_rows[row][i]));
      if (row > 0 && !isNumber(m_rows[row][i])) numbers[i] = false;
    }
  std::string text;
  for (const auto& row : m_rows) {
    std::string line;
    for (std::size_t i = 0; i < columns; ++i) {
      const std::string padding(widths[i] - widthOf(row[i]), ' ');
      line += (i == 0 ? "" : "  ") + (numbers[i] ? padding + row[i] : row[i] + padding);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace roundel::cli
