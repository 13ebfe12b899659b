#include "ui/curve_widget.h"

#include <QLocale>
#include <QPainter>
#include <algorithm>

#include "ui/theme.h"

namespace roundel {

CurveWidget::CurveWidget(QWidget* parent) : QWidget(parent) {
  setMinimumHeight(130);
  setAccessibleName(tr("Curves of the training"));
}

void CurveWidget::setCurves(const QVector<Curve>& curves) {
  m_curves = curves;
  update();
}

void CurveWidget::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QPalette colours = palette();
  QFont small = font();
  small.setPointSizeF(std::max(7.0, small.pointSizeF() - 1.5));
  painter.setFont(small);
  const QFontMetrics metrics(small);
  const int line = metrics.height();
  const QRectF frame(44, line + 6, width() - 88, height() - 2 * line - 14);
  painter.setPen(colours.color(QPalette::Mid));
  painter.drawRect(frame);
  double last = 0;
  for (const Curve& curve : m_curves)
    if (!curve.points.isEmpty()) last = std::max(last, curve.points.last().x());
  if (last <= 0) {
    painter.setPen(colours.color(QPalette::PlaceholderText));
    painter.drawText(frame, Qt::AlignCenter, tr("Curves appear once the network learns"));
    return;
  }
  const QLocale locale;
  int legend = static_cast<int>(frame.left());
  for (int i = 0; i < m_curves.size(); ++i) {
    const Curve& curve = m_curves[i];
    if (curve.points.isEmpty()) continue;
    double low = curve.low, high = curve.high;
    if (!(high > low)) {
      const auto [a, b] =
          std::minmax_element(curve.points.begin(), curve.points.end(), [](const QPointF& x, const QPointF& y) { return x.y() < y.y(); });
      low = a->y(), high = std::max(b->y(), a->y() + 1e-6);
    }
    const auto place = [&](const QPointF& point) {
      return QPointF(frame.left() + point.x() / last * frame.width(),
                     frame.bottom() - (std::clamp(point.y(), low, high) - low) / (high - low) * frame.height());
    };
    const QColor colour = curveColour(i);
    painter.setPen(QPen(colour, 1.8));
    QPolygonF path;
    for (const QPointF& point : curve.points) path << place(point);
    painter.drawPolyline(path);
    if (curve.points.size() < 40)
      for (const QPointF& point : path) painter.drawEllipse(point, 1.8, 1.8);
    const bool left = i == 0;
    const auto number = [&](double value) { return locale.toString(value, 'f', 2); };
    const int x = left ? 0 : static_cast<int>(frame.right()) + 4;
    painter.drawText(QRect(x, static_cast<int>(frame.top()), 40, line), left ? Qt::AlignRight : Qt::AlignLeft, number(high));
    painter.drawText(QRect(x, static_cast<int>(frame.bottom()) - line, 40, line), left ? Qt::AlignRight : Qt::AlignLeft, number(low));
    const QString name = QStringLiteral("%1 %2").arg(curve.name, locale.toString(curve.points.last().y(), 'f', 3));
    painter.drawText(legend, line, name);
    legend += metrics.horizontalAdvance(name) + 14;
  }
  painter.setPen(colours.color(QPalette::PlaceholderText));
  painter.drawText(QRectF(frame.left(), frame.bottom() + 2, frame.width(), line), Qt::AlignRight,
                   tr("step %L1").arg(static_cast<qlonglong>(last)));
}

}  // namespace roundel
