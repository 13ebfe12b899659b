#pragma once
#include <QString>
#include <filesystem>
#include <string>

#include "core/error.h"
#include "core/files.h"

namespace roundel {

inline QString textOf(const std::string& text) { return QString::fromStdString(text); }
inline std::string bytesOf(const QString& text) { return text.toStdString(); }
inline QString pathText(const std::filesystem::path& path) { return QString::fromStdString(displayPath(path)); }
inline std::filesystem::path pathOf(const QString& text) { return std::filesystem::path(text.toStdString()); }

/// An Error for a person: what, and what to do.
inline QString sentenceOf(const Error& error) {
  const QString remedy = textOf(error.details().remedy);
  return remedy.isEmpty() ? textOf(error.what()) : textOf(error.what()) + QLatin1Char(' ') + remedy;
}

}  // namespace roundel
