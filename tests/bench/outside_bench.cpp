#include <QColor>
#include <cmath>
#include <memory>

#include "bench/latency.h"
#include "ui/main_window.h"
#include "viewer/slice_view.h"
#include "viewer/volume_view.h"

// The volume from outside beside its budgets (docs/PERFORMANCE.md), on whatever screen and graphics card there is:
//   xvfb-run -s "-screen 0 1920x1200x24" outside_bench [--check]
// Nothing is asserted; with --check it exits with the number of budgets that were missed.
namespace roundel {
namespace {

/// A volume of 512 x 512 x 256 with ten classes from outside, and a slice beside it: what is composed by OpenGL costs the slice, too.
void measureOutside() {
  std::printf("A volume of 512 x 512 x 256 with ten classes, from outside (750 x 450) and a slice beside it (750 x 450)\n");
  StoredImage image;
  image.geometry.size = {512, 512, 256};
  image.bitsStored = 12;
  std::vector<std::uint16_t> values;
  values.reserve(static_cast<std::size_t>(image.geometry.size.count()));
  std::vector<Mask> masks;
  for (int i = 0; i < 10; ++i) {
    std::vector<Mask::Run> runs;
    const double cx = 120 + 30 * i, cy = 150 + 25 * (i % 5), cz = 60 + 14 * i, radius = 45;
    for (int z = 0; z < 256; ++z)
      for (int y = 0; y < 512; ++y) {
        const double left = radius * radius - (y - cy) * (y - cy) - (z - cz) * (z - cz);
        if (left > 1)
          runs.push_back(
              {(z * 512LL + y) * 512 + static_cast<std::int64_t>(cx - std::sqrt(left)), static_cast<std::int64_t>(2 * std::sqrt(left))});
      }
    masks.emplace_back(image.geometry.size, std::move(runs));
  }
  for (int z = 0; z < 256; ++z)
    for (int y = 0; y < 512; ++y)
      for (int x = 0; x < 512; ++x) {
        const double r = std::hypot(x - 256, y - 256);
        values.push_back(static_cast<std::uint16_t>(r > 230 ? 20 : r > 215 ? 3000 : 900 + (x * 13 + y * 7 + z * 5) % 600));
      }
  image.values = std::move(values);
  const auto picture = std::make_shared<Picture>(std::move(image), PixelPipelineSettings{});
  QWidget window;
  window.resize(1500, 450);
  SliceView slice(&window);
  VolumeView outside(&window);
  slice.setGeometry(0, 0, 750, 450), outside.setGeometry(750, 0, 750, 450);
  outside.setLabels([&] {
    std::vector<LabelShape> shapes;
    for (std::size_t i = 0; i < masks.size(); ++i)
      shapes.push_back({.mask = &masks[i], .colour = QColor::fromHsv(static_cast<int>(i) * 36, 200, 220).rgb()});
    return shapes;
  });
  slice.setPicture(picture, PlaneKind::Axial);
  window.show();
  rest(500);
  QElapsedTimer timer;
  const auto drag = [&](const char* what) {
    std::vector<double> steps;
    for (int i = 0; i < 40; ++i) {
      PixelPipelineSettings settings = slice.display();
      settings.voi = VoiChoice::Custom;
      settings.window = {.center = 1000.0 + i * 10, .width = 3000};
      timer.restart();
      slice.setDisplay(settings);
      QApplication::processEvents();
      steps.push_back(since(timer));
    }
    tell(what, steps, 33);
  };
  drag("a step of a window and level drag, no volume from outside");
  application().takeLongest();
  timer.restart();
  outside.setPicture(picture, slice.display());
  tell("whether there is OpenGL", {since(timer)}, 50);
  turnUntil([&] { return !outside.image().isNull(); });
  tell("from the volume to its first picture", {since(timer)});
  turnUntil([&] { return outside.rests(); });
  tell("from the volume to its finest picture", {since(timer)});
  tellHeld("opening");
  const auto turn = [&](const char* what, const VolumeLook& from) {
    outside.setLook(from);
    turnUntil([&] { return outside.rests(); });
    application().takeLongest();
    std::vector<double> frames;
    for (int i = 0; i < 40; ++i) {
      VolumeLook look = outside.look();
      look.yaw += 0.05;
      int drawn = 0;
      const auto connection = QObject::connect(&outside, &VolumeView::drawn, &window, [&drawn] { ++drawn; });
      timer.restart();
      outside.setLook(look);
      turnUntil([&] { return drawn > 0; });
      frames.push_back(since(timer));
      QObject::disconnect(connection);
    }
    const double coarse = outside.rayPixels();
    turnUntil([&] { return outside.rests(); });
    tell(what, frames, 50);
    std::printf("  a ray for %.1f x %.1f pixels while it turns; at rest for %.1f x %.1f, in %.1f ms\n", coarse, coarse, outside.rayPixels(),
                outside.rayPixels(), outside.lastRenderMs());
    tellHeld("turning");
  };
  turn("a step of a turn: labels and a veil", {});
  turn("a step of a turn: labels alone", {.veil = 0});
  turn("a step of a turn: a strong volume, lit", {.veil = 2});
  turn("a step of a turn: brightest values", {.style = VolumeStyle::Maximum});
  drag("a step of a window and level drag, beside the volume from outside");
  rest(1000);
  application().takeLongest();
  masks[3] = Mask(masks[3].size());
  timer.restart();
  outside.updateLabels();
  turnUntil([&] { return outside.rests(); });
  tell("from a change of a label to its picture (400 ms of it waiting)", {since(timer)});
  tellHeld("changing labels");
}

}  // namespace
}  // namespace roundel

int main(int argc, char** argv) {
  roundel::prepareGraphics();
  roundel::test::WatchedApplication application(argc, argv);
  roundel::measureOutside();
  return QApplication::arguments().contains("--check") ? roundel::missedBudgets() : 0;
}
