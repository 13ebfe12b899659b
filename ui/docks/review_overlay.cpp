#include <QCheckBox>
#include <QComboBox>
#include <QTemporaryDir>
#include <algorithm>
#include <array>

#include "ui/dialogs/calibration_dialog.h"
#include "ui/docks/review_dock.h"
#include "ui/document.h"
#include "ui/engine_command.h"
#include "ui/texts.h"
#include "ui/view_area.h"

// What the review lays over the picture.
namespace roundel {
namespace {

enum What { Machine, Network, Before, Uncertain, Mine };

/// Where the network's probabilities are near one half, in steps from doubt to "cannot tell"; each has a colour of its own.
std::vector<ExtraShape> doubts(const QImage& map, const Size& size) {
  struct Step {
    int from;
    QRgb colour;
    double opacity;
  };
  constexpr std::array<Step, 4> kSteps{
      {{51, qRgb(255, 210, 60), 0.25}, {102, qRgb(255, 160, 40), 0.4}, {153, qRgb(240, 90, 30), 0.5}, {204, qRgb(210, 20, 60), 0.6}}};
  std::vector<ExtraShape> shapes;
  for (std::size_t step = 0; step < kSteps.size(); ++step) {
    const int from = kSteps[step].from, to = step + 1 < kSteps.size() ? kSteps[step + 1].from : 256;
    std::vector<Mask::Run> runs;
    for (std::int64_t y = 0; y < size.y; ++y) {
      const uchar* line = map.constScanLine(static_cast<int>(std::min<std::int64_t>(map.height() - 1, y * map.height() / size.y)));
      std::int64_t start = -1;
      for (std::int64_t x = 0; x <= size.x; ++x) {
        const bool in = x < size.x && [&] {
          const int value = line[std::min<std::int64_t>(map.width() - 1, x * map.width() / size.x)];
          return value >= from && value < to;
        }();
        if (in && start < 0) start = x;
        if (!in && start >= 0) runs.push_back({y * size.x + start, x - start}), start = -1;
      }
    }
    if (!runs.empty()) shapes.push_back({Mask(size, std::move(runs)), kSteps[step].colour, kSteps[step].opacity});
  }
  return shapes;
}

}  // namespace

void ReviewDock::overlay() {
  if (m_row < 0 || m_shown.empty()) return;
  const int what = m_what->currentData().toInt();
  std::vector<ExtraShape> shapes;
  const std::vector<MachineLabel>& from = what == Before ? m_before : m_shown;
  if (what == Before && m_before.empty()) Q_EMIT notice(tr("There is no earlier round with labels of this case."));
  for (std::size_t i = 0; i < from.size() && what <= Before; ++i) {
    const int index = classIndex(i);
    if (index < 0 || !m_document.look(index).visible || (m_class >= 0 && static_cast<int>(i) != m_class)) continue;
    const auto& colour = m_document.classes()[index].colour;
    const Mask& mask = what == Network ? from[i].cleaned : from[i].mask;
    if (!mask.empty()) shapes.push_back({mask, qRgb(colour[0], colour[1], colour[2]), 0.35});
  }
  const Size size = m_shown.front().mask.size();
  if (what == Uncertain) {
    if (m_uncertainty.isNull()) askForUncertainty();
    else shapes = doubts(m_uncertainty, size);
  }
  m_area.setExtra(std::move(shapes));
  showMarks();
}

void ReviewDock::showCalibration() {
  CalibrationDialog dialog(m_calibration, this);
  dialog.exec();
}

void ReviewDock::askForUncertainty() {
  if (m_asking != nullptr || source() == nullptr) return;
  if (!source()->ofRun()) return Q_EMIT notice(tr("What the network was sure of is known for the rounds of a run alone."));
  const auto folder = std::make_shared<QTemporaryDir>();
  const QString file = folder->filePath(QStringLiteral("doubt.png"));
  const std::string name = m_round.cases[static_cast<std::size_t>(m_row)].name;
  m_asking = EngineCommand::run(
      {QStringLiteral("review"), m_document.folder(), QStringLiteral("--run"), textOf(source()->run), QStringLiteral("--round"),
       QString::number(source()->round), QStringLiteral("--case"), textOf(name), QStringLiteral("--uncertainty"), file},
      this, [this, folder, file, name](const EngineCommand::Outcome& outcome) {
        m_asking = nullptr;
        if (!outcome.ok) return Q_EMIT notice(outcome.sentence);
        if (m_row < 0) return;
        if (m_round.cases[static_cast<std::size_t>(m_row)].name == name)
          m_uncertainty = QImage(file).convertToFormat(QImage::Format_Grayscale8);  // our own engine wrote it
        if (m_what->currentData().toInt() == Uncertain) overlay();
      });
}

}  // namespace roundel
