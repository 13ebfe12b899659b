#pragma once
#include <QPointF>
#include <QVector>
#include <QWidget>

namespace roundel {

/// One or a few curves with axes: what a training does. Each has a scale of its own on its side.
class CurveWidget : public QWidget {
  Q_OBJECT

 public:
  struct Curve {
    QString name;
    QVector<QPointF> points;
    double low = 0, high = 0;  ///< equal: from the points
  };

  explicit CurveWidget(QWidget* parent = nullptr);
  void setCurves(const QVector<Curve>& curves);

 protected:
  void paintEvent(QPaintEvent* event) override;
  QSize sizeHint() const override { return {260, 150}; }

 private:
  QVector<Curve> m_curves;
};

}  // namespace roundel
