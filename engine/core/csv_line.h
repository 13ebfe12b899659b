#pragma once
#include <optional>
#include <string>
#include <vector>

namespace roundel {

/// The cells of one line of a CSV file (RFC 4180): a cell may stand in double quotes, which are doubled inside it. Nothing where a
/// quotation mark is not closed. A carriage return at the end of the line is passed over.
std::optional<std::vector<std::string>> csvCells(const std::string& line);

}  // namespace roundel
