#pragma once
#include <string>
#include <vector>

namespace roundel::cli {

/// A table for people on standard output: columns as wide as their widest cell, two spaces between them. Numbers stand right.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) : m_rows{std::move(header)} {}
  void add(std::vector<std::string> row) { m_rows.push_back(std::move(row)); }
  bool empty() const { return m_rows.size() < 2; }
  /// Every line ends with a newline; nothing for a table without rows.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> m_rows;
};

}  // namespace roundel::cli
