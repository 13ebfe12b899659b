#include "ui/dialogs/report_window.h"

#include <QDesktopServices>
#include <QDialogButtonBox>
#include <QFile>
#include <QMessageBox>
#include <QPainter>
#include <QPushButton>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <QUrl>
#include <QVBoxLayout>
#include <cmath>

#include "ui/theme.h"

namespace roundel {
namespace {

constexpr int kFigureWidth = 300;

/// A chart of the page, drawn; it has no style of its own once it is out of the page.
QImage drawnChart(QString svg, double scale, const QColor& ink) {
  svg.replace(QLatin1String("<svg role='img'"),
              QStringLiteral("<svg xmlns='http://www.w3.org/2000/svg' font-family='sans-serif' font-size='11' fill='%1'").arg(ink.name()));
  // Colours of four digits are not known to Qt.
  svg.replace(QLatin1String("'#8884'"), QLatin1String("'#888888' stroke-opacity='0.27'"));
  svg.replace(QLatin1String("'#8888'"), QLatin1String("'#888888' stroke-opacity='0.53'"));
  QSvgRenderer renderer(svg.toUtf8());
  QSize size = renderer.defaultSize();
  if (!renderer.isValid() || size.isEmpty() || size.width() > 4000 || size.height() > 4000) return {};
  QImage image(size * scale, QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(scale);
  image.fill(Qt::transparent);
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  renderer.render(&painter, QRectF(QPointF(0, 0), QSizeF(size)));
  return image;
}

/// Replaces every match by what `with` makes of it.
template <class With>
void replaceEach(QString& text, const QRegularExpression& what, const With& with) {
  QString done;
  qsizetype at = 0;
  for (auto found = what.globalMatch(text); found.hasNext();) {
    const auto match = found.next();
    done += QStringView(text).mid(at, match.capturedStart() - at);
    done += with(match);
    at = match.capturedEnd();
  }
  done += QStringView(text).mid(at);
  text = done;
}

/// Resources of the page come from memory alone: nothing is loaded from anywhere.
class PageBrowser : public QTextBrowser {
 public:
  explicit PageBrowser(QHash<QString, QImage> pictures) : m_pictures(std::move(pictures)) {}
  QVariant loadResource(int, const QUrl& name) override {
    const auto found = m_pictures.constFind(name.toString());
    return found == m_pictures.constEnd() ? QVariant() : QVariant(*found);
  }

 private:
  QHash<QString, QImage> m_pictures;
};

QString pageStyle() {
  const QPalette palette = QApplication::palette();
  const QString shade = palette.color(QPalette::AlternateBase).name(), soft = palette.color(QPalette::PlaceholderText).name();
  return QStringLiteral(
             "h1{font-size:x-large} h2{font-size:large;margin-top:18px} h3{font-size:medium;margin-top:12px} th{background:%1;padding:3px "
             "8px} "
             "td{padding:3px 8px} .soft{color:%2} .verdict{font-size:large} pre{background:%1}")
      .arg(shade, soft);
}

}  // namespace

SimplePage simplePage(const QString& page, double scale) {
  SimplePage simple{.html = page, .pictures = {}};
  QString& html = simple.html;
  const QColor ink = QApplication::palette().color(QPalette::WindowText);
  const auto keep = [&](QImage image) {
    const QString name = QStringLiteral("picture-%1").arg(simple.pictures.size());
    simple.pictures.insert(name, std::move(image));
    return name;
  };
  const auto all = QRegularExpression::DotMatchesEverythingOption;
  static const QRegularExpression style(QStringLiteral("<style>.*?</style>|<meta [^>]*>"), all), svg(QStringLiteral("<svg .*?</svg>"), all),
      figure(QStringLiteral("<figure><img alt='([^']*)' src='data:image/png;base64,([^']*)'><figcaption>(.*?)</figcaption></figure>"), all),
      figures(QStringLiteral("(?:<!--figure-->.*?<!--/figure-->\\s*)+"), all);
  html.remove(style);
  replaceEach(html, svg, [&](const QRegularExpressionMatch& match) {
    const QImage chart = drawnChart(match.captured(), scale, ink);
    return chart.isNull() ? QString()
                          : QStringLiteral("<p><img src='%1' width='%2'></p>").arg(keep(chart)).arg(std::lround(chart.width() / scale));
  });
  replaceEach(html, figure, [&](const QRegularExpressionMatch& match) {
    const QImage picture = QImage::fromData(QByteArray::fromBase64(match.captured(2).toLatin1()), "PNG");  // our own engine wrote it
    if (picture.isNull()) return QString();
    return QStringLiteral(
               "<!--figure--><td valign='top'><img src='%1' alt='%2' width='%3'><br><span class='soft'>%4</span></td><!--/figure-->")
        .arg(keep(picture), match.captured(1))
        .arg(std::min(kFigureWidth, picture.width()))
        .arg(match.captured(3));
  });
  // A text pane knows no figures side by side; a table of one row does it.
  replaceEach(html, figures, [](const QRegularExpressionMatch& match) {
    return QStringLiteral("<table><tr>") + match.captured() + QStringLiteral("</tr></table>");
  });
  return simple;
}

ReportWindow::ReportWindow(const QString& title, const QString& file, QWidget* parent) : QDialog(parent), m_file(file) {
  setWindowTitle(title);
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowFlag(Qt::WindowMaximizeButtonHint);
  resize(1000, 720);
  QFile page(file);
  SimplePage simple;
  if (page.open(QIODevice::ReadOnly)) simple = simplePage(QString::fromUtf8(page.readAll()), devicePixelRatioF());
  m_page = new PageBrowser(simple.pictures);
  m_page->setOpenLinks(false);
  m_page->setAccessibleName(tr("Report"));
  m_page->document()->setDefaultStyleSheet(pageStyle());
  m_page->setHtml(simple.html.isEmpty() ? tr("The report could not be read: %1").arg(file.toHtmlEscaped()) : simple.html);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  auto* outside = buttons->addButton(tr("Open in the browser"), QDialogButtonBox::ActionRole);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 8);
  layout->addWidget(m_page, 1);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(outside, &QPushButton::clicked, this, &ReportWindow::openOutside);
}

void ReportWindow::openOutside() {
  if (!QDesktopServices::openUrl(QUrl::fromLocalFile(m_file)))
    QMessageBox::information(this, windowTitle(), tr("The report is in %1.").arg(m_file));
}

}  // namespace roundel
