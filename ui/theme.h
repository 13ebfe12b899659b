#pragma once
#include <QColor>
#include <QIcon>
#include <QString>

class QApplication;

namespace roundel {

enum class Theme { System, Light, Dark };

Theme themeFromString(const QString& word);
QString toString(Theme theme);
/// Colours, style and font sizes of the whole program.
void applyTheme(QApplication& application, Theme theme);
/// Whether the colours now in use are dark.
bool isDark();
/// One of resources/icons in the colour of text.
QIcon themedIcon(const QString& name);
/// Of CaseModel::Status; told apart by shape as well.
QColor statusColour(int status);
/// For sentences that matter: a worry, and something that went well. Readable on the window's colour.
QColor worryColour();
QColor goodColour();
/// Two lines of a chart that are told apart by eyes of every kind.
QColor curveColour(int index);

}  // namespace roundel
