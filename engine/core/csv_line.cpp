#include "core/csv_line.h"

namespace roundel {

std::optional<std::vector<std::string>> csvCells(const std::string& line) {
  const std::size_t end = line.ends_with('\r') ? line.size() - 1 : line.size();
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < end; ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < end && line[i + 1] == '"') cells.back() += line[++i];
    else if (c == '"' && (quoted || cells.back().find_first_not_of(" \t") == std::string::npos)) {
      if (!quoted) cells.back().clear();
      quoted = !quoted;
    } else if (c == ',' && !quoted) cells.emplace_back();
    else cells.back() += c;
  }
  if (quoted) return std::nullopt;
  return cells;
}

}  // namespace roundel
