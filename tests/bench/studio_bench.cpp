#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QImage>
#include <QMouseEvent>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QThread>
#include <QWindow>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

#include "bench/latency.h"
#include "ui/document.h"
#include "ui/main_window.h"
#include "ui/tool_box.h"
#include "ui/view_area.h"
#include "viewer/slice_view.h"

// Latencies of the desktop beside their budgets (docs/PERFORMANCE.md), on whatever screen there is:
//   xvfb-run -s "-screen 0 1920x1200x24" studio_bench [--check]
// Nothing is asserted; with --check it exits with the number of budgets that were missed.
namespace roundel {
namespace {

std::vector<quint16> samples(int width, int height) {
  std::vector<quint16> values;
  values.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) values.push_back(static_cast<quint16>((x * 13 + y * 7 + (x * y) % 977) % 16384));
  return values;
}

void writePng(const QString& path, int width, int height, const std::vector<quint16>& values) {
  QImage(reinterpret_cast<const uchar*>(values.data()), width, height, 2 * width, QImage::Format_Grayscale16).save(path, "PNG", 100);
}

/// A radiograph as a detector writes it: DX, 14 of 16 bits, explicit little endian, not packed.
void writeDicom(const QString& path, int width, int height, const std::vector<quint16>& values) {
  QByteArray bytes;
  const auto number = [&bytes](quint32 value, int size) {
    for (int i = 0; i < size; ++i) bytes.append(static_cast<char>(value >> (8 * i) & 255));
  };
  const auto element = [&](quint32 tag, const char* vr, QByteArray value) {
    if (value.size() % 2 != 0) value.append(qstrcmp(vr, "UI") == 0 ? '\0' : ' ');
    number(tag >> 16, 2), number(tag & 0xffff, 2);
    bytes.append(vr, 2);
    if (qstrcmp(vr, "OW") == 0) number(0, 2), number(static_cast<quint32>(value.size()), 4);
    else number(static_cast<quint32>(value.size()), 2);
    bytes.append(value);
  };
  const auto word = [](int value) { return QByteArray().append(static_cast<char>(value & 255)).append(static_cast<char>(value >> 8)); };
  element(0x00020010, "UI", "1.2.840.10008.1.2.1");
  const QByteArray meta = bytes;
  bytes = QByteArray(128, '\0') + "DICM";
  element(0x00020000, "UL", word(static_cast<int>(meta.size())) + word(0));
  bytes += meta;
  element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.1.1");
  element(0x00080060, "CS", "DX");
  element(0x00181164, "DS", "0.1\\0.1");
  element(0x00280002, "US", word(1));
  element(0x00280004, "CS", "MONOCHROME2");
  element(0x00280010, "US", word(height));
  element(0x00280011, "US", word(width));
  element(0x00280100, "US", word(16));
  element(0x00280101, "US", word(14));
  element(0x00280102, "US", word(13));
  element(0x00280103, "US", word(0));
  element(0x7FE00010, "OW", QByteArray(reinterpret_cast<const char*>(values.data()), 2 * static_cast<qsizetype>(values.size())));
  QFile file(path);
  if (file.open(QIODevice::WriteOnly)) file.write(bytes);
}

/// `classes` discs that overlap.
Annotation discs(const Size& size, int classes) {
  Annotation annotation = Annotation::empty(size, classes);
  const auto width = static_cast<double>(size.x), height = static_cast<double>(size.y);
  for (int i = 0; i < classes; ++i) {
    const double cx = width * (0.2 + 0.6 * (i % 8) / 8), cy = height * (0.2 + 0.6 * (i / 8) / 5), radius = height / 5.0;
    std::vector<Mask::Run> runs;
    for (int y = std::max(0, static_cast<int>(cy - radius)); y < std::min(height, cy + radius); ++y) {
      const double half = std::sqrt(std::max(0.0, radius * radius - (y - cy) * (y - cy)));
      const auto x0 = static_cast<std::int64_t>(std::max(0.0, cx - half)), x1 = static_cast<std::int64_t>(std::min(width, cx + half));
      if (x1 > x0) runs.push_back({y * size.x + x0, x1 - x0});
    }
    annotation.set(i, Mask(size, std::move(runs)));
  }
  return annotation;
}

/// A study of radiographs of one size, PNG and DICOM by turns, every one with the labels of discs().
QString makeStudy(const QTemporaryDir& folder, const QString& name, int width, int height, int count, int classes) {
  const QString study = folder.filePath(name);
  const auto values = samples(width, height);
  Project project = Project::create(study.toStdString());
  std::vector<LabelClass> set;
  for (int i = 0; i < classes; ++i)
    set.push_back({.id = i + 1, .name = "class " + std::to_string(i), .colour = {static_cast<std::uint8_t>(i * 40), 90, 200}});
  project.setClasses(LabelSet(set));
  std::vector<Case> cases;
  for (int i = 0; i < count; ++i) {
    const QString image = folder.filePath(name + QString::number(i) + (i % 2 == 0 ? ".png" : ".dcm"));
    i % 2 == 0 ? writePng(image, width, height, values) : writeDicom(image, width, height, values);
    Case one{.name = "case " + std::to_string(i), .image = image.toStdString()};
    one.geometry.size = {width, height, 1};
    one.pixelPipeline = toJson(PixelPipelineSettings{.voi = VoiChoice::FullRange});
    cases.push_back(one);
  }
  const Annotation annotation = discs({width, height, 1}, classes);
  for (const Case& one : project.addCases(cases)) project.addAnnotation(one.id, annotation, {.how = "bench"});
  return study;
}

void pointer(SliceView& view, QEvent::Type type, const QPointF& at) {
  const bool move = type == QEvent::MouseMove;
  QMouseEvent event(type, at, view.mapToGlobal(at), move ? Qt::NoButton : Qt::LeftButton,
                    type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&view, &event);
}

/// The window as a person has it: start, open, go to the next case, paint, undo, leave.
void measureWindow(const QString& study, QElapsedTimer& started) {
  std::printf("The window, radiographs of 5184 x 3888 with 40 classes that overlap\n");
  MainWindow window;
  window.resize(1366, 768);
  window.show();
  turnUntil([&] { return window.windowHandle() != nullptr && window.windowHandle()->isExposed(); });
  QApplication::processEvents();
  tell("from the program's start to the window", {since(started)}, 1000);
  tellHeld("starting");
  rest(4000);  // the process that opens pictures has started meanwhile
  application().takeLongest();
  Document& document = window.document();
  QElapsedTimer timer;
  const auto painted = [&] { return document.picture() != nullptr && window.area().lastOpenMs() > 0; };
  timer.start();
  window.openStudy(study);
  tell("\"open the study\" until the window answers again", {since(timer)}, 50);
  turnUntil(painted);
  tell("from \"open the study\" to the picture: PNG, stored", {since(timer)}, 500);
  tellHeld("opening");
  const auto open = [&](const char* what, int index, int patience) {
    rest(patience);  // neighbours are prepared
    application().takeLongest();
    timer.restart();
    document.openCase(index);
    const double asked = since(timer);
    turnUntil([&] { return document.picture() != nullptr; });
    window.area().active()->repaint();
    tell(what, {since(timer)}, 500);
    tell("  of which until the window answers again", {asked}, 50);
    tellHeld("opening");
  };
  open("to a case that nobody prepared: PNG, stored", 4, 4000);
  open("to a case that nobody prepared: DICOM, not packed", 7, 4000);
  open("to the next case, prepared: PNG", 8, 4000);
  rest(4000);
  window.tools().choose(QStringLiteral("brush"));
  SliceView& view = *window.area().active();
  application().takeLongest();
  std::vector<double> moves;
  pointer(view, QEvent::MouseButtonPress, QPointF(200, 200));
  for (int i = 0; i < 200; ++i) {
    timer.restart();
    pointer(view, QEvent::MouseMove, QPointF(200 + i, 200 + i % 40));
    QApplication::processEvents();
    moves.push_back(since(timer));
  }
  pointer(view, QEvent::MouseButtonRelease, QPointF(400, 240));
  rest(300);
  tell("a move of the brush, painted, with everything else of the window", moves, 33);
  tellHeld("painting");
  document.undo();
  document.redo();
  rest(300);
  tellHeld("undo and redo");
  timer.restart();
  document.save();
  tell("saving 40 classes", {since(timer)}, 50);
  pointer(view, QEvent::MouseButtonPress, QPointF(220, 220));
  pointer(view, QEvent::MouseButtonRelease, QPointF(220, 220));
  rest(500);
  timer.restart();
  document.openCase(9);
  tell("leaving a case that was changed", {since(timer)}, 50);
  rest(2000);
  tellHeld("leaving and saving");
  window.close();
}

void measureView(const QString& study, const char* name, double dabX, double dabY) {
  std::printf("%s, 40 classes that overlap, a view of 1600 x 1000\n", name);
  Document document;
  ViewArea area(document);
  area.resize(1600, 1000);
  area.show();
  document.openStudy(study);
  document.openCase(0);
  turnUntil([&] { return document.picture() != nullptr && area.lastOpenMs() > 0; });
  rest(3000);
  SliceView& view = *area.active();
  std::vector<double> frames, far, windows, dabs, shown, pans;
  QElapsedTimer timer;
  for (int i = 0; i < 40; ++i) {
    PixelPipelineSettings settings = view.display();
    settings.voi = VoiChoice::Custom;
    settings.window = {.center = 8000.0 + i * 10, .width = 12000};
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
  const double fitted = view.zoom();
  for (int i = 0; i < 40; ++i) {
    timer.restart();
    view.setZoom(view.zoom() * (i < 20 ? 1.15 : 1 / 1.15), QPointF(800, 500));
    view.repaint();
    far.push_back(since(timer));
  }
  view.setZoom(fitted * 2, QPointF(800, 500));
  view.repaint();
  for (int i = 0; i < 40; ++i) {
    timer.restart();
    view.centreOn({dabX + i * 20, dabY + i * 15, 0});
    view.repaint();
    pans.push_back(since(timer));
  }
  view.fit();
  view.repaint();
  document.beginStroke({.classIndex = 3, .brush = {.radius = 30}});
  for (int i = 0; i < 300; ++i) {
    timer.restart();
    document.strokeTo({dabX + i * 3.0, dabY + (i % 40) * 2.0});
    dabs.push_back(since(timer));
    view.repaint();
    shown.push_back(since(timer));
  }
  document.endStroke();
  tell("a step of a window and level drag, painted", windows, 33);
  tell("a step of a zoom, back and forth, painted", frames, 33);
  tell("a step of a zoom, in to sixteen times and out again, painted", far, 33);
  tell("a step of a move, painted", pans, 33);
  tell("a dab of the brush: labels changed", dabs, 8);
  tell("a dab of the brush: painted", shown, 33);
}

}  // namespace
}  // namespace roundel

int main(int argc, char** argv) {
  QElapsedTimer started;
  started.start();
  const QTemporaryDir folder;
  qputenv("XDG_CONFIG_HOME", folder.path().toLocal8Bit());
  roundel::prepareGraphics();
  roundel::test::WatchedApplication application(argc, argv);
  QApplication::setOrganizationName("Roundel");
  QApplication::setApplicationName("studio-bench");
  const double before = static_cast<double>(started.nsecsElapsed()) / 1e6;
  std::printf("(the application object: %.0f ms)\n", before);
  const QString six = roundel::makeStudy(folder, "six", 3000, 2000, 1, 40),
                twenty = roundel::makeStudy(folder, "twenty", 5184, 3888, 10, 40);
  started.restart();
  roundel::measureWindow(twenty, started);
  roundel::measureView(six, "3000 x 2000", 900, 800);
  roundel::measureView(twenty, "5184 x 3888", 1555, 1555);
  return QApplication::arguments().contains("--check") ? roundel::missedBudgets() : 0;
}
