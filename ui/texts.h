#pragma once
#include <QCoreApplication>
#include <QLocale>
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

/// A duration as people say it: "40 s", "12 min", "3.5 h".
inline QString timeText(double seconds) {
  if (seconds < 90) return QCoreApplication::translate("Texts", "%1 s").arg(static_cast<int>(seconds + 0.5));
  if (seconds < 5400) return QCoreApplication::translate("Texts", "%1 min").arg(static_cast<int>(seconds / 60 + 0.5));
  return QCoreApplication::translate("Texts", "%1 h").arg(QLocale().toString(seconds / 3600, 'f', 1));
}

/// Memory as people say it: "800 MB", "3.2 GB".
inline QString memoryText(double bytes) {
  const double megabytes = bytes / (1024.0 * 1024);
  if (megabytes < 1000) return QCoreApplication::translate("Texts", "%1 MB").arg(static_cast<int>(megabytes + 0.5));
  return QCoreApplication::translate("Texts", "%1 GB").arg(QLocale().toString(megabytes / 1024, 'f', 1));
}

}  // namespace roundel
