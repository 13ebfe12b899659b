#pragma once
#include <QDialog>

#include "core/json.h"

namespace roundel {

/// How good the estimates of quality were on the labelled cases: estimated beside measured Dice, all classes together and each alone.
class CalibrationDialog : public QDialog {
  Q_OBJECT

 public:
  /// `calibration` of the verb `review`.
  explicit CalibrationDialog(const Json& calibration, QWidget* parent = nullptr);
};

}  // namespace roundel
