#include "ui/dialogs/calibration_dialog.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QTableWidget>
#include <QVBoxLayout>

#include "ui/texts.h"
#include "ui/theme.h"

namespace roundel {
namespace {

/// Points of estimated and measured Dice over the diagonal on which a perfect estimate would lie.
class ReliabilityChart : public QWidget {
 public:
  explicit ReliabilityChart(const Json& bins) {
    setMinimumSize(240, 240);
    setAccessibleName(CalibrationDialog::tr("Measured over estimated Dice"));
    if (!bins.is_array()) return;
    for (const auto& bin : bins)
      if (bin.is_object()) m_points.append({bin.value("estimate", 0.0), bin.value("measured", 0.0)});
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int line = fontMetrics().height();
    const double side = std::min(width() - 2 * line - 24, height() - 2 * line - 8);
    const QRectF frame(line + 22, 4, side, side);
    const auto place = [&](const QPointF& point) { return QPointF(frame.left() + point.x() * side, frame.bottom() - point.y() * side); };
    painter.setPen(palette().color(QPalette::Mid));
    painter.drawRect(frame);
    painter.drawLine(place({0, 0}), place({1, 1}));
    painter.setPen(QPen(curveColour(0), 1.8));
    painter.setBrush(curveColour(0));
    QPolygonF path;
    for (const QPointF& point : m_points) path << place(point);
    painter.drawPolyline(path);
    for (const QPointF& point : path) painter.drawEllipse(point, 3, 3);
    painter.setPen(palette().color(QPalette::Text));
    const QLocale locale;
    painter.drawText(QRectF(0, frame.top(), frame.left() - 4, line), Qt::AlignRight, locale.toString(1.0, 'f', 1));
    painter.drawText(QRectF(0, frame.bottom() - line, frame.left() - 4, line), Qt::AlignRight, locale.toString(0.0, 'f', 1));
    painter.drawText(QRectF(frame.left(), frame.bottom() + 2, side, line), Qt::AlignCenter, CalibrationDialog::tr("estimated Dice"));
    painter.translate(line - 2, frame.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-side / 2, -line, side, line), Qt::AlignCenter, CalibrationDialog::tr("measured Dice"));
  }

 private:
  QVector<QPointF> m_points;
};

QString partText(const Json& part, const char* key) {
  return part.contains(key) && part[key].is_number() ? QLocale().toString(part[key].get<double>(), 'f', 3) : QStringLiteral("–");
}

}  // namespace

CalibrationDialog::CalibrationDialog(const Json& calibration, QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("How good the estimates are"));
  resize(720, 480);
  const Json overall = calibration.value("overall", Json::object());
  const bool informative = overall.value("verdict", std::string()) == "informative";
  auto* heading = new QLabel(informative ? tr("Informative: they are better than always saying the mean.")
                                         : tr("Not informative: they are not shown to be better than always saying the mean."));
  heading->setObjectName(QStringLiteral("heading"));
  heading->setWordWrap(true);
  auto* text = new QLabel(tr(
      "Measured on %n labelled case(s) whose labels were kept from the network and from the estimate. With fewer than eight cases nothing "
      "can be shown.",
      nullptr, calibration.value("cases", 0)));
  text->setWordWrap(true);
  auto* table = new QTableWidget(0, 5);
  table->setHorizontalHeaderLabels({tr("Class"), tr("Labels"), tr("Error"), tr("Error of the mean"), tr("Verdict")});
  table->horizontalHeaderItem(2)->setToolTip(tr("Mean absolute error of the estimated Dice."));
  table->horizontalHeaderItem(3)->setToolTip(tr("The same of always saying the class's mean."));
  table->verticalHeader()->hide();
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setSelectionMode(QAbstractItemView::NoSelection);
  const auto add = [&](const QString& name, const Json& part) {
    if (part.value("count", 0) == 0) return;
    const int row = table->rowCount();
    table->insertRow(row);
    const QStringList cells{name, QString::number(part.value("count", 0)), partText(part, "mean_absolute_error"),
                            partText(part, "class_mean_error"),
                            part.value("verdict", std::string()) == "informative" ? tr("informative") : tr("not informative")};
    for (int column = 0; column < cells.size(); ++column) table->setItem(row, column, new QTableWidgetItem(cells[column]));
  };
  add(tr("All"), overall);
  for (const auto& one : calibration.value("classes", Json::array()))
    if (one.is_object() && one.contains("class") && one["class"].is_string()) add(textOf(one["class"].get<std::string>()), one);
  table->resizeColumnsToContents();
  table->horizontalHeader()->setStretchLastSection(true);
  auto* middle = new QHBoxLayout;
  middle->addWidget(new ReliabilityChart(overall.value("reliability", Json::array())));
  middle->addWidget(table, 1);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(heading);
  layout->addWidget(text);
  layout->addLayout(middle, 1);
  layout->addWidget(buttons);
}

}  // namespace roundel
