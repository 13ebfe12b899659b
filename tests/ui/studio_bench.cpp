#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QTemporaryDir>
#include <QThread>
#include <algorithm>
#include <cstdio>
#include <vector>

#include "ui/document.h"
#include "ui/view_area.h"
#include "viewer/slice_view.h"

// Latencies of the desktop (docs/PERFORMANCE.md): nothing is asserted, the numbers are printed. xvfb-run studio_bench, or any screen.
namespace roundel {
namespace {

void tell(const char* what, std::vector<double> milliseconds) {
  std::sort(milliseconds.begin(), milliseconds.end());
  const auto at = [&](double part) { return milliseconds[static_cast<std::size_t>(part * static_cast<double>(milliseconds.size() - 1))]; };
  std::printf("%-64s median %7.2f ms   95 %% %7.2f ms   most %7.2f ms\n", what, at(0.5), at(0.95), at(1));
}

double since(QElapsedTimer& timer) { return static_cast<double>(timer.nsecsElapsed()) / 1e6; }

/// A study of one radiograph with `classes` discs that overlap.
QString makeStudy(const QTemporaryDir& folder, const char* name, int width, int height, int classes) {
  const QString image = folder.filePath(QString::fromLatin1(name) + ".png"), study = folder.filePath(QString::fromLatin1(name));
  QImage picture(width, height, QImage::Format_Grayscale16);
  for (int y = 0; y < height; ++y) {
    auto* line = reinterpret_cast<quint16*>(picture.scanLine(y));
    for (int x = 0; x < width; ++x) line[x] = static_cast<quint16>((x * 13 + y * 7 + (x * y) % 977) % 65536);
  }
  picture.save(image, "PNG", 100);  // stored, not deflated
  Project project = Project::create(study.toStdString());
  std::vector<LabelClass> set;
  for (int i = 0; i < classes; ++i)
    set.push_back({.id = i + 1, .name = "class " + std::to_string(i), .colour = {static_cast<std::uint8_t>(i * 40), 90, 200}});
  project.setClasses(LabelSet(set));
  Case one{.name = name, .image = image.toStdString()};
  one.geometry.size = {width, height, 1};
  one.pixelPipeline = toJson(PixelPipelineSettings{.voi = VoiChoice::FullRange});
  const auto added = project.addCases({one});
  Annotation annotation = Annotation::empty(one.geometry.size, classes);
  for (int i = 0; i < classes; ++i) {
    const double cx = width * (0.2 + 0.6 * (i % 8) / 8), cy = height * (0.2 + 0.6 * (i / 8) / 5), radius = height / 5.0;
    std::vector<Mask::Run> runs;
    for (int y = std::max(0, static_cast<int>(cy - radius)); y < std::min<double>(height, cy + radius); ++y) {
      const double half = std::sqrt(std::max(0.0, radius * radius - (y - cy) * (y - cy)));
      const auto x0 = static_cast<std::int64_t>(std::max(0.0, cx - half)),
                 x1 = static_cast<std::int64_t>(std::min<double>(width, cx + half));
      if (x1 > x0) runs.push_back({static_cast<std::int64_t>(y) * width + x0, x1 - x0});
    }
    annotation.set(i, Mask(one.geometry.size, std::move(runs)));
  }
  project.addAnnotation(added[0].id, annotation, {.how = "bench"});
  return study;
}

void measure(const QTemporaryDir& folder, const char* name, int width, int height) {
  std::printf("%s: %d x %d, 40 classes that overlap, a view of 1600 x 1000\n", name, width, height);
  Document document;
  ViewArea area(document);
  area.resize(1600, 1000);
  area.show();
  document.openStudy(makeStudy(folder, name, width, height, 40));
  QElapsedTimer timer;
  timer.start();
  document.openCase(0);
  while (document.picture() == nullptr && since(timer) < 60000) QApplication::processEvents(QEventLoop::AllEvents, 5);
  while (area.lastOpenMs() <= 0 && since(timer) < 60000) QApplication::processEvents(QEventLoop::AllEvents, 5);
  tell("from the click to the picture on the screen", {since(timer)});
  SliceView& view = *area.active();
  std::vector<double> frames, windows, dabs, shown;
  for (int i = 0; i < 40; ++i) {
    PixelPipelineSettings settings = view.display();
    settings.voi = VoiChoice::Custom;
    settings.window = {.center = 30000.0 + i * 10, .width = 50000};
    timer.restart();
    view.setDisplay(settings);
    view.repaint();
    windows.push_back(since(timer));
  }
  for (int i = 0; i < 40; ++i) {
    timer.restart();
    view.setZoom(view.zoom() * (i % 2 == 0 ? 1.02 : 1 / 1.02), QPointF(800, 500));
    view.repaint();
    frames.push_back(since(timer));
  }
  document.beginStroke({.classIndex = 3, .brush = {.radius = 30}});
  for (int i = 0; i < 300; ++i) {
    timer.restart();
    document.strokeTo({width * 0.3 + i * 3.0, height * 0.4 + (i % 40) * 2.0});
    dabs.push_back(since(timer));
    view.repaint();
    shown.push_back(since(timer));
  }
  document.endStroke();
  tell("a step of a window and level drag, painted", windows);
  tell("a step of a zoom, painted", frames);
  tell("a dab of the brush: labels changed", dabs);
  tell("a dab of the brush: painted", shown);
}

}  // namespace
}  // namespace roundel

int main(int argc, char** argv) {
  QApplication application(argc, argv);
  const QTemporaryDir folder;
  roundel::measure(folder, "six", 3000, 2000);
  roundel::measure(folder, "twenty", 5184, 3888);
  return 0;
}
