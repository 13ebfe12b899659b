#include <gtest/gtest.h>

#include <QDockWidget>
#include <QMainWindow>
#include <QProcess>
#include <cmath>
#include <numbers>

#include "ui/studio.h"
#include "ui/volumes.h"
#include "viewer/volume_view.h"
#include "viewer/vtk_widget.h"

namespace roundel::test {
namespace {

constexpr double kHalf = std::numbers::pi / 2;

PicturePointer blackPicture(const Geometry& geometry) {
  return pictureOf(geometry, std::vector<std::uint16_t>(static_cast<std::size_t>(geometry.size.count()), 0));
}

/// A view on the screen, with labels that the test may change.
struct Shown {
  explicit Shown(const PicturePointer& picture, std::vector<LabelShape> shapes = {}, const PixelPipelineSettings& display = {})
      : labels(std::move(shapes)) {
    view.setLabels([this] { return labels; });
    view.setPicture(picture, display);
    view.resize(240, 240);
    view.show();
  }
  QImage at(const VolumeLook& look) {
    view.setLook(look);
    return seen();
  }
  /// What is there once it rests.
  QImage seen() {
    EXPECT_TRUE(waitUntil([&] { return view.rests(); })) << view.obstacle().toStdString();
    return view.image();
  }
  std::vector<LabelShape> labels;
  VolumeView view;
};

/// Middle of what has a colour's hue, from -1 (left, top) to 1, and how much of the picture it is.
struct Spot {
  double x = 0, y = 0, part = 0;
};
Spot spotOf(const QImage& image, const QColor& colour) {
  Spot spot;
  double count = 0;
  for (int v = 0; v < image.height(); ++v)
    for (int u = 0; u < image.width(); ++u) {
      const QColor seen = image.pixelColor(u, v);
      const int apart = std::abs(seen.hue() - colour.hue());
      if (seen.saturation() < 90 || seen.value() < 40 || std::min(apart, 360 - apart) > 12) continue;
      spot.x += u, spot.y += v, ++count;
    }
  if (count == 0) return {};
  spot.x = 2 * spot.x / count / (image.width() - 1) - 1, spot.y = 2 * spot.y / count / (image.height() - 1) - 1;
  spot.part = count / (image.width() * image.height());
  return spot;
}

/// A ball of one class on the patient's left, at the front and below, in a volume of 40 x 30 x 20 mm that is stored in another order.
struct Stored {
  const char* what;
  Size size;
  std::array<double, 9> direction;
  std::array<double, 3> centre, spacing;
};
const Stored kStored[] = {
    {"left, posterior, superior", {40, 30, 20}, {1, 0, 0, 0, 1, 0, 0, 0, 1}, {32, 6, 5}, {1, 1, 1}},
    {"right, anterior, superior", {40, 30, 20}, {-1, 0, 0, 0, -1, 0, 0, 0, 1}, {7, 23, 5}, {1, 1, 1}},
    {"left-handed: left, posterior, inferior", {40, 30, 20}, {1, 0, 0, 0, 1, 0, 0, 0, -1}, {32, 6, 14}, {1, 1, 1}},
    {"slices from right to left: posterior, superior, left", {30, 20, 40}, {0, 0, 1, 1, 0, 0, 0, 1, 0}, {6, 5, 32}, {1, 1, 1}},
    {"slices twice as far apart", {40, 30, 10}, {1, 0, 0, 0, 1, 0, 0, 0, 1}, {32, 6, 2.25}, {1, 1, 2}},
};

TEST(VolumeView, LiesBeforeTheEyeAsThePatientDoes) {
  const QColor green(0, 200, 0);
  for (const Stored& stored : kStored) {
    SCOPED_TRACE(stored.what);
    Geometry geometry;
    geometry.size = stored.size, geometry.direction = stored.direction, geometry.spacingMm = stored.spacing;
    Mask mask(stored.size);
    {  // a ball in millimetres
      std::vector<std::uint8_t> bytes;
      for (std::int64_t z = 0; z < stored.size.z; ++z)
        for (std::int64_t y = 0; y < stored.size.y; ++y)
          for (std::int64_t x = 0; x < stored.size.x; ++x)
            bytes.push_back(std::hypot((static_cast<double>(x) - stored.centre[0]) * stored.spacing[0],
                                       (static_cast<double>(y) - stored.centre[1]) * stored.spacing[1],
                                       (static_cast<double>(z) - stored.centre[2]) * stored.spacing[2]) < 5);
      mask = Mask::fromBytes(stored.size, bytes);
    }
    Shown shown(blackPicture(geometry), {{.mask = &mask, .colour = green.rgb()}});
    // 1.6 times the half diagonal, 26.9 mm, are as high as the view: 43.1 mm.
    const Spot front = spotOf(shown.seen(), green);
    EXPECT_NEAR(front.x, 12.5 / 21.5, 0.03);  // the patient's left is on the right
    EXPECT_NEAR(front.y, 4.5 / 21.5, 0.03);   // below
    EXPECT_NEAR(front.part, std::numbers::pi * 25 / (43.1 * 43.1), 0.008);
    const Spot above = spotOf(shown.at({.pitch = kHalf}), green);
    EXPECT_NEAR(above.x, 12.5 / 21.5, 0.03);
    EXPECT_NEAR(above.y, 8.5 / 21.5, 0.03);  // from above, the front is at the bottom
    const Spot behind = spotOf(shown.at({.yaw = 2 * kHalf}), green);
    EXPECT_NEAR(behind.x, -12.5 / 21.5, 0.03);
    EXPECT_NEAR(behind.y, front.y, 0.02);
    const Spot side = spotOf(shown.at({.yaw = kHalf}), green);
    EXPECT_NEAR(std::abs(side.x), 8.5 / 21.5, 0.03);
    EXPECT_LT(spotOf(shown.at({.zoom = 0.6}), green).part, 0.5 * front.part);
  }
}

TEST(VolumeView, GreyLiesWhereLabelsDo) {
  // A bright corner: left, posterior, superior. The same corner is labelled; every way of storing it shows both in one place.
  for (const Stored& stored : kStored) {
    SCOPED_TRACE(stored.what);
    Geometry geometry;
    geometry.size = stored.size, geometry.direction = stored.direction, geometry.spacingMm = stored.spacing;
    const Mask mask = ball(stored.size, stored.centre[0], stored.centre[1], stored.centre[2], 4);
    std::vector<std::uint16_t> values(static_cast<std::size_t>(stored.size.count()), 0);
    for (const Mask::Run& run : mask.runs())
      std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(run.start), run.length, static_cast<std::uint16_t>(4000));
    Shown shown(pictureOf(geometry, values), {}, {.voi = VoiChoice::Custom, .window = {.center = 2000, .width = 4000}});
    const QImage brightest = shown.at({.yaw = 0.4, .pitch = 0.3, .style = VolumeStyle::Maximum});
    double x = 0, y = 0, count = 0;
    for (int v = 0; v < brightest.height(); ++v)
      for (int u = 0; u < brightest.width(); ++u)
        if (qGreen(brightest.pixel(u, v)) > 120) x += u, y += v, ++count;
    ASSERT_GT(count, 100);
    shown.labels = {{.mask = &mask, .colour = qRgb(0, 200, 0)}};
    shown.view.updateLabels();
    const Spot label = spotOf(shown.at({.yaw = 0.4, .pitch = 0.3, .veil = 0}), QColor(0, 200, 0));
    EXPECT_NEAR(2 * x / count / (brightest.width() - 1) - 1, label.x, 0.03);
    EXPECT_NEAR(2 * y / count / (brightest.height() - 1) - 1, label.y, 0.03);
  }
}

TEST(VolumeView, TheBrightestValueIsSeenAndAVeilIsThinner) {
  Geometry geometry;
  geometry.size = {30, 30, 30};
  std::vector<std::uint16_t> values(30 * 30 * 30, 100);
  for (int z = 12; z < 18; ++z)
    for (int y = 12; y < 18; ++y)
      for (int x = 12; x < 18; ++x) values[static_cast<std::size_t>((z * 30 + y) * 30 + x)] = 4000;
  Shown shown(pictureOf(geometry, values), {}, {.voi = VoiChoice::Custom, .window = {.center = 2000, .width = 4000}});
  const auto middle = [](const QImage& image) { return image.pixelColor(image.width() / 2, image.height() / 2).green(); };
  const auto beside = [](const QImage& image) { return image.pixelColor(image.width() / 4, image.height() / 2).green(); };
  const QImage brightest = shown.at({.style = VolumeStyle::Maximum});
  EXPECT_GT(middle(brightest), 230);
  EXPECT_LT(beside(brightest), 40);
  const int strong = middle(shown.at({.veil = 2})), weak = middle(shown.at({.veil = 0.5}));
  EXPECT_GT(strong, weak + 20);
  EXPECT_GT(weak, 30);
  EXPECT_NEAR(middle(shown.at({.veil = 0})), 18, 2);  // nothing but the background
  // Another window: the middle is dark.
  shown.view.setDisplay({.voi = VoiChoice::Custom, .window = {.center = 20000, .width = 4000}});
  EXPECT_LT(middle(shown.at({.style = VolumeStyle::Maximum})), 40);
  // A label before what is bright, or behind it, lets half of it through.
  shown.view.setDisplay({.voi = VoiChoice::Custom, .window = {.center = 2000, .width = 4000}});
  for (const double y : {5.0, 25.0}) {
    const Mask mask = ball(geometry.size, 15, y, 15, 4);
    shown.labels = {{.mask = &mask, .colour = qRgb(200, 0, 0)}};
    shown.view.updateLabels();
    const QImage seen = shown.at({.style = VolumeStyle::Maximum});
    const QColor colour = seen.pixelColor(seen.width() / 2, seen.height() / 2);
    EXPECT_GT(colour.red(), 200) << y;
    EXPECT_NEAR(colour.green(), 128, 25) << y;
    EXPECT_LT(beside(seen), 40) << y;
  }
}

TEST(VolumeView, ClassesHaveTheirColoursAndOverlapAndGoWhenHidden) {
  Geometry geometry;
  geometry.size = {48, 32, 32};
  const Mask left = ball(geometry.size, 36, 15, 15, 9), right = ball(geometry.size, 11, 15, 15, 9),
             within = ball(geometry.size, 36, 8, 15, 5);
  const QColor orange(230, 120, 0), blue(30, 90, 220), pink(220, 60, 140);
  Shown shown(blackPicture(geometry),
              {{.mask = &left, .colour = orange.rgb()}, {.mask = &right, .colour = blue.rgb()}, {.mask = &within, .colour = pink.rgb()}});
  const QImage all = shown.seen();
  EXPECT_GT(spotOf(all, orange).x, 0.2);
  EXPECT_LT(spotOf(all, blue).x, -0.2);
  EXPECT_GT(spotOf(all, pink).part, 0.002);  // it stands out of the ball that it overlaps
  // In the middle of a ball the light falls straight on it: the class's own colour.
  const Spot spot = spotOf(all, blue);
  const QColor seen = all.pixelColor(static_cast<int>((spot.x + 1) / 2 * all.width()), static_cast<int>((spot.y + 1) / 2 * all.height()));
  EXPECT_NEAR(seen.red(), blue.red(), 30);
  EXPECT_NEAR(seen.green(), blue.green(), 30);
  EXPECT_NEAR(seen.blue(), blue.blue(), 30);
  shown.labels.erase(shown.labels.begin() + 1);
  shown.view.updateLabels();
  const QImage hidden = shown.seen();
  EXPECT_EQ(spotOf(hidden, blue).part, 0);
  EXPECT_NEAR(spotOf(hidden, orange).part, spotOf(all, orange).part, 0.002);
  // Painted over: the same class elsewhere.
  const Mask moved = ball(geometry.size, 20, 15, 24, 6);
  shown.labels = {{.mask = &moved, .colour = orange.rgb()}};
  shown.view.updateLabels();
  const Spot after = spotOf(shown.seen(), orange);
  EXPECT_LT(after.x, 0);
  EXPECT_LT(after.y, 0);
  // A region that is no structure is no surface.
  shown.labels[0].hatched = true;
  shown.view.updateLabels();
  EXPECT_EQ(spotOf(shown.seen(), orange).part, 0);
}

TEST(VolumeView, InAnotherWindowItIsTheSamePicture) {
  Geometry geometry;
  geometry.size = {32, 32, 32};
  const Mask mask = ball(geometry.size, 20, 15, 15, 8);
  std::vector<std::uint16_t> values;
  for (int i = 0; i < 32 * 32 * 32; ++i) values.push_back(static_cast<std::uint16_t>(i % 32 * 120));
  std::vector<LabelShape> shapes{{.mask = &mask, .colour = qRgb(0, 200, 0)}};
  QMainWindow window;
  window.setCentralWidget(new QWidget);
  auto* dock = new QDockWidget;
  auto* view = new VolumeView;
  view->setFixedSize(200, 180);
  view->setLabels([&] { return shapes; });
  view->setPicture(pictureOf(geometry, values), {});
  view->setLook({.yaw = 0.3, .veil = 2});
  dock->setWidget(view);
  window.addDockWidget(Qt::RightDockWidgetArea, dock);
  window.resize(500, 300);
  window.show();
  ASSERT_TRUE(waitUntil([&] { return view->rests(); }));
  const QImage docked = view->image();
  ASSERT_GT(spotOf(docked, QColor(0, 200, 0)).part, 0.02);
  for (const bool floating : {true, false}) {
    dock->setFloating(floating);
    QTest::qWait(300);
    ASSERT_TRUE(waitUntil([&] { return view->rests(); }));
    EXPECT_LT(differing(view->image(), docked), 1) << floating;
  }
  delete dock;
}

TEST(VolumeView, MouseAndWheelTurnAndZoom) {
  Geometry geometry;
  geometry.size = {24, 24, 24};
  const Mask mask = ball(geometry.size, 16, 11, 11, 5);
  Shown shown(blackPicture(geometry), {{.mask = &mask, .colour = qRgb(0, 200, 0)}});
  const QImage front = shown.seen();
  const auto drag = [&](QPoint from, QPoint to, Qt::MouseButton button) {
    QTest::mousePress(&shown.view, button, {}, from);
    QMouseEvent move(QEvent::MouseMove, QPointF(to), shown.view.mapToGlobal(QPointF(to)), Qt::NoButton, button, Qt::NoModifier);
    QApplication::sendEvent(&shown.view, &move);
    QTest::mouseRelease(&shown.view, button, {}, to);
  };
  drag({100, 100}, {160, 100}, Qt::LeftButton);
  EXPECT_NEAR(shown.view.look().yaw, -0.5, 1e-9);
  EXPECT_GT(differing(shown.seen(), front), 2);
  drag({100, 100}, {100, 40}, Qt::RightButton);
  EXPECT_NEAR(shown.view.look().zoom, std::exp(0.4), 1e-9);
  QWheelEvent wheel({120, 120}, shown.view.mapToGlobal(QPointF(120, 120)), {}, {0, -480}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                    false);
  QApplication::sendEvent(&shown.view, &wheel);
  EXPECT_NEAR(shown.view.look().zoom, std::exp(0.4 - 1), 1e-9);
  QTest::mouseDClick(&shown.view, Qt::LeftButton, {}, {120, 120});
  EXPECT_EQ(shown.view.look(), VolumeLook());
  QTest::keyClick(&shown.view, Qt::Key_Right);
  QTest::keyClick(&shown.view, Qt::Key_Down);
  EXPECT_NEAR(shown.view.look().yaw, -kHalf / 18, 1e-9);
  EXPECT_NEAR(shown.view.look().pitch, kHalf / 18, 1e-9);
  QTest::keyClick(&shown.view, Qt::Key_Home);
  EXPECT_EQ(shown.view.look(), VolumeLook());
  EXPECT_LT(differing(shown.seen(), front), 0.3);
}

TEST(VolumeView, OneWithoutOpenGlSaysSo) {
  if (VtkWidget::whyNot().isEmpty()) {  // here it has: once more on screens that have none
    for (const auto& [name, value] : {std::pair{"QT_QPA_PLATFORM", "offscreen"}, {"QT_XCB_GL_INTEGRATION", "none"}}) {
      QProcess process;
      QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
      environment.insert(name, value);
      process.setProcessEnvironment(environment);
      process.setProcessChannelMode(QProcess::MergedChannels);
      process.start(QApplication::applicationFilePath(), {"--gtest_filter=VolumeView.OneWithoutOpenGlSaysSo"});
      ASSERT_TRUE(process.waitForFinished(60000)) << value;
      EXPECT_EQ(process.exitCode(), 0) << value << "\n" << process.readAll().toStdString();
    }
    return;
  }
  Geometry geometry;
  geometry.size = {24, 24, 24};
  const Mask mask = ball(geometry.size, 16, 11, 11, 5);
  Shown shown(blackPicture(geometry), {{.mask = &mask, .colour = qRgb(0, 200, 0)}});
  EXPECT_EQ(shown.view.obstacle(), VtkWidget::whyNot());
  QTest::qWait(300);
  EXPECT_TRUE(shown.view.image().isNull());
  shown.view.setLook({.yaw = 1});
  // A sentence, and no less: light letters on the dark ground.
  const QImage seen = shown.view.grab().toImage();
  int light = 0;
  for (int y = 0; y < seen.height(); ++y)
    for (int x = 0; x < seen.width(); ++x) light += qGreen(seen.pixel(x, y)) > 150 ? 1 : 0;
  EXPECT_GT(light, 200);
  shown.view.setPicture(nullptr, {});
  EXPECT_TRUE(shown.view.obstacle().isEmpty());  // no volume, nothing to say
}

}  // namespace
}  // namespace roundel::test
