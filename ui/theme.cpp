#include "ui/theme.h"

#include <QApplication>
#include <QFile>
#include <QHash>
#include <QPainter>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QSvgRenderer>

#include "ui/case_model.h"

namespace roundel {
namespace {

bool g_systemIsDark = false;
bool g_systemKnown = false;

QPalette darkPalette() {
  QPalette palette;
  const QColor window(0x1f, 0x23, 0x28), base(0x17, 0x1a, 0x1e), text(0xe4, 0xe8, 0xec), button(0x2b, 0x31, 0x38);
  palette.setColor(QPalette::Window, window);
  palette.setColor(QPalette::WindowText, text);
  palette.setColor(QPalette::Base, base);
  palette.setColor(QPalette::AlternateBase, QColor(0x26, 0x2b, 0x31));
  palette.setColor(QPalette::Text, text);
  palette.setColor(QPalette::Button, button);
  palette.setColor(QPalette::ButtonText, text);
  palette.setColor(QPalette::BrightText, Qt::white);
  palette.setColor(QPalette::Highlight, QColor(0x2b, 0x6f, 0xa8));
  palette.setColor(QPalette::HighlightedText, Qt::white);
  palette.setColor(QPalette::ToolTipBase, QColor(0x2f, 0x36, 0x3d));
  palette.setColor(QPalette::ToolTipText, text);
  palette.setColor(QPalette::PlaceholderText, QColor(0x9a, 0xa4, 0xae));
  palette.setColor(QPalette::Link, QColor(0x6c, 0xb6, 0xf0));
  palette.setColor(QPalette::Light, QColor(0x3a, 0x42, 0x4b));
  palette.setColor(QPalette::Midlight, QColor(0x33, 0x3a, 0x42));
  palette.setColor(QPalette::Mid, QColor(0x3d, 0x45, 0x4e));
  palette.setColor(QPalette::Dark, QColor(0x12, 0x15, 0x18));
  palette.setColor(QPalette::Shadow, Qt::black);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    palette.setColor(QPalette::Disabled, role, QColor(0x73, 0x7c, 0x85));
  palette.setColor(QPalette::Disabled, QPalette::Highlight, QColor(0x3d, 0x45, 0x4e));
  return palette;
}

QPalette lightPalette() {
  QPalette palette;
  const QColor window(0xf2, 0xf4, 0xf6), text(0x1b, 0x20, 0x26);
  palette.setColor(QPalette::Window, window);
  palette.setColor(QPalette::WindowText, text);
  palette.setColor(QPalette::Base, Qt::white);
  palette.setColor(QPalette::AlternateBase, QColor(0xe9, 0xee, 0xf2));
  palette.setColor(QPalette::Text, text);
  palette.setColor(QPalette::Button, QColor(0xe6, 0xea, 0xee));
  palette.setColor(QPalette::ButtonText, text);
  palette.setColor(QPalette::BrightText, Qt::white);
  palette.setColor(QPalette::Highlight, QColor(0x1f, 0x6f, 0xb2));
  palette.setColor(QPalette::HighlightedText, Qt::white);
  palette.setColor(QPalette::ToolTipBase, QColor(0xff, 0xff, 0xf0));
  palette.setColor(QPalette::ToolTipText, text);
  palette.setColor(QPalette::PlaceholderText, QColor(0x66, 0x70, 0x7a));
  palette.setColor(QPalette::Link, QColor(0x0b, 0x5c, 0x9e));
  palette.setColor(QPalette::Light, Qt::white);
  palette.setColor(QPalette::Midlight, QColor(0xee, 0xf1, 0xf4));
  palette.setColor(QPalette::Mid, QColor(0xc6, 0xcd, 0xd4));
  palette.setColor(QPalette::Dark, QColor(0xa4, 0xad, 0xb6));
  palette.setColor(QPalette::Shadow, QColor(0x70, 0x78, 0x80));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    palette.setColor(QPalette::Disabled, role, QColor(0x98, 0xa1, 0xaa));
  return palette;
}

const char* kSheet = R"(
QToolBar { border: none; spacing: 2px; padding: 3px; }
QToolButton { padding: 4px; border-radius: 4px; }
QToolButton:hover { background: palette(midlight); }
QToolButton:checked { background: palette(highlight); color: palette(highlighted-text); }
QDockWidget::title { padding: 6px 8px; text-align: left; }
QListView, QTreeView, QTableView { border: 1px solid palette(mid); }
QLabel#heading { font-size: 15pt; font-weight: 600; }
QLabel#faint { color: palette(placeholder-text); }
QStatusBar::item { border: none; }
QFrame#noticeBar { background: palette(alternate-base); border-bottom: 1px solid palette(mid); }
)";

}  // namespace

Theme themeFromString(const QString& word) {
  return word == QLatin1String("dark") ? Theme::Dark : word == QLatin1String("light") ? Theme::Light : Theme::System;
}

QString toString(Theme theme) {
  return theme == Theme::Dark ? QStringLiteral("dark") : theme == Theme::Light ? QStringLiteral("light") : QStringLiteral("system");
}

void applyTheme(QApplication& application, Theme theme) {
  if (!g_systemKnown) g_systemIsDark = application.palette().color(QPalette::Window).lightness() < 128, g_systemKnown = true;
  const bool dark = theme == Theme::Dark || (theme == Theme::System && g_systemIsDark);
  application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  application.setPalette(dark ? darkPalette() : lightPalette());
  application.setStyleSheet(QString::fromLatin1(kSheet));
}

bool isDark() { return QApplication::palette().color(QPalette::Window).lightness() < 128; }

QIcon themedIcon(const QString& name) {
  QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
  if (!file.open(QIODevice::ReadOnly)) return {};
  const QByteArray text = file.readAll();
  QIcon icon;
  const auto add = [&](const QColor& colour, QIcon::Mode mode, QIcon::State state) {
    QByteArray coloured = text;
    QSvgRenderer renderer(coloured.replace("#000", colour.name().toLatin1()));
    for (const int side : {20, 24, 40, 48}) {
      QPixmap pixmap(side, side);
      pixmap.fill(Qt::transparent);
      QPainter painter(&pixmap);
      renderer.render(&painter);
      painter.end();
      icon.addPixmap(pixmap, mode, state);
    }
  };
  const QPalette palette = QApplication::palette();
  add(palette.color(QPalette::ButtonText), QIcon::Normal, QIcon::Off);
  add(palette.color(QPalette::HighlightedText), QIcon::Normal, QIcon::On);
  add(palette.color(QPalette::Disabled, QPalette::ButtonText), QIcon::Disabled, QIcon::Off);
  return icon;
}

QColor statusColour(int status) {
  const bool dark = isDark();
  switch (status) {
    case CaseModel::Labelled: return dark ? QColor(0x4c, 0xc3, 0x8a) : QColor(0x1a, 0x7f, 0x4e);
    case CaseModel::InProgress: return dark ? QColor(0xf0, 0xb4, 0x4c) : QColor(0xa8, 0x65, 0x00);
    case CaseModel::Excluded: return dark ? QColor(0xe0, 0x78, 0x78) : QColor(0xb0, 0x30, 0x30);
    default: return dark ? QColor(0x8a, 0x94, 0x9e) : QColor(0x7a, 0x84, 0x8e);
  }
}

QColor worryColour() { return isDark() ? QColor(0xf5, 0xb8, 0x5c) : QColor(0x9a, 0x52, 0x00); }
QColor goodColour() { return isDark() ? QColor(0x5f, 0xd0, 0x9a) : QColor(0x14, 0x6c, 0x43); }

QColor curveColour(int index) {
  // Okabe and Ito's palette, without its yellow and black.
  static const QColor colours[] = {QColor(0x00, 0x72, 0xb2), QColor(0xd5, 0x5e, 0x00), QColor(0x00, 0x9e, 0x73),
                                   QColor(0xcc, 0x79, 0xa7), QColor(0x56, 0xb4, 0xe9), QColor(0xe6, 0x9f, 0x00)};
  return colours[index % 6].lighter(isDark() ? 125 : 100);
}

}  // namespace roundel
