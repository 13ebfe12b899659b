#include <gtest/gtest.h>

#include <QImage>
#include <algorithm>
#include <cmath>

#include "viewer/compositor.h"
#include "viewer/label_layer.h"
#include "viewer/picture.h"
#include "viewer/plane.h"

namespace roundel {
namespace {

StoredImage picture(std::int64_t width, std::int64_t height, std::int64_t depth = 1) {
  StoredImage image;
  image.geometry.size = {width, height, depth};
  std::vector<std::uint16_t> values(static_cast<std::size_t>(image.geometry.size.count()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint16_t>(i * 37 % 4096);
  image.values = values;
  image.bitsStored = 12;
  return image;
}

/// What the screen shows is what the pixel pipeline gives.
void expectSameAsPipeline(const StoredImage& image, const PixelPipelineSettings& settings, double tolerance) {
  const Image expected = applyPixelPipeline(image, settings);
  const Picture shown(image, settings);
  const auto table = shown.greyTable(shown.settings());
  const auto& codes = shown.levels()[0].codes;
  ASSERT_EQ(codes.size(), expected.values.size());
  for (std::size_t i = 0; i < codes.size(); ++i) ASSERT_NEAR(table[codes[i]] / 255.0, expected.values[i], tolerance) << i;
}

TEST(Picture, ShowsWhatThePixelPipelineGives) {
  StoredImage image = picture(40, 30);
  expectSameAsPipeline(image, {}, 0.51 / 255);
  image.windows = {{.center = 1000, .width = 700}, {.center = 2000, .width = 900, .function = WindowFunction::Sigmoid}};
  image.modality = Rescale{.slope = -2, .intercept = 4000};
  expectSameAsPipeline(image, {}, 0.51 / 255);
  expectSameAsPipeline(image, {.voi = VoiChoice::Window, .index = 1}, 0.51 / 255);
  image.photometric = Photometric::Monochrome1;
  image.padding = PixelPadding{.value = 0, .limit = 100};
  expectSameAsPipeline(image, {}, 0.51 / 255);
  expectSameAsPipeline(image, {.voi = VoiChoice::Percentile, .mirror = MirrorChoice::Yes}, 0.51 / 255);
  expectSameAsPipeline(image, {.voi = VoiChoice::FullRange, .localContrast = LocalContrast::Clahe}, 0.6 / 255);
}

TEST(Picture, FractionsAndColoursAreShownTheSame) {
  StoredImage image = picture(40, 30);
  std::vector<float> values;
  for (int i = 0; i < 1200; ++i) values.push_back(static_cast<float>(i % 97) * 0.013F - 0.4F);
  values[7] = 1e6F;  // one wild value must not make the steps coarse
  image.values = values;
  image.bitsStored = 32;
  expectSameAsPipeline(image, {}, 1.2 / 255);
  const Picture shown(image, {});
  EXPECT_EQ(shown.valueAt(7, 0, 0), 1e6);
  StoredImage colours = picture(20, 10);
  colours.channels = 3, colours.photometric = Photometric::Rgb, colours.bitsStored = 8;
  std::vector<std::uint8_t> rgb;
  for (int i = 0; i < 600; ++i) rgb.push_back(static_cast<std::uint8_t>(i * 7));
  colours.values = rgb;
  expectSameAsPipeline(colours, {}, 1.2 / 255);
}

TEST(Picture, HalvesAverage) {
  StoredImage image = picture(1024, 600);
  image.values = std::vector<std::uint8_t>(1024 * 600, 100);
  image.bitsStored = 8;
  const Picture shown(image, {});
  ASSERT_EQ(shown.levels().size(), 2U);
  EXPECT_EQ(shown.levels()[1].width, 512);
  EXPECT_EQ(shown.levels()[1].codes[1234], 100);
}

TEST(Plane, VolumesLieAsRadiologistsSeeThem) {
  Geometry geometry;
  geometry.size = {10, 20, 30};
  geometry.spacingMm = {1, 1, 3};
  const Plane axial = planeOf(geometry, PlaneKind::Axial), coronal = planeOf(geometry, PlaneKind::Coronal),
              sagittal = planeOf(geometry, PlaneKind::Sagittal);
  EXPECT_EQ(axial.letters[0], "R");
  EXPECT_EQ(axial.indexOf(2, 3, 4), (std::array<double, 3>{2, 3, 4}));
  EXPECT_EQ(coronal.indexOf(2, 0, 5), (std::array<double, 3>{2, 5, 29}));  // superior is up
  EXPECT_EQ(coronal.pixelAspect, 3);
  EXPECT_EQ(sagittal.indexOf(4, 0, 6), (std::array<double, 3>{6, 4, 29}));
  // A volume stored with its axes turned round is seen the same way.
  geometry.direction = {-1, 0, 0, 0, -1, 0, 0, 0, 1};
  const Plane turned = planeOf(geometry, PlaneKind::Axial);
  EXPECT_EQ(turned.indexOf(0, 0, 0), (std::array<double, 3>{9, 19, 0}));
  const auto back = turned.planeOf({9, 19, 0});
  EXPECT_EQ(back, (std::array<double, 2>{0, 0}));
}

TEST(LabelLayer, ShowsTheSameOnEveryPlaneAndAfterPartialChanges) {
  const Size size{12, 9, 7};
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()));
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = (i * 7919 % 5) < 2;
  const Mask mask = Mask::fromBytes(size, bytes);
  Geometry geometry;
  geometry.size = size;
  for (const PlaneKind kind : {PlaneKind::Axial, PlaneKind::Coronal, PlaneKind::Sagittal}) {
    const Plane plane = planeOf(geometry, kind);
    LabelLayer layer;
    layer.setGrid(plane, 3, 1);
    const std::vector<LabelShape> shapes{{.mask = &mask, .colour = qRgb(255, 0, 0), .opacity = 0.5, .outline = false}};
    layer.refresh(shapes);
    const OverlaySamples drawn = layer.samples();
    for (std::int64_t v = 0; v < plane.sizeV; ++v)
      for (std::int64_t u = 0; u < plane.sizeU; ++u) {
        const auto at = plane.indexOf(static_cast<double>(u), static_cast<double>(v), 3);
        const bool inside = mask.contains(std::lround(at[0]), std::lround(at[1]), std::lround(at[2]));
        ASSERT_EQ(drawn.pixels[v * drawn.width + u] != 0, inside) << static_cast<int>(kind) << " " << u << " " << v;
      }
  }
}

TEST(LabelLayer, StepsShowTheMiddlePixelOfEverySquare) {
  const Size size{64, 48, 1};
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()));
  for (std::int64_t y = 0; y < size.y; ++y)
    for (std::int64_t x = 0; x < size.x; ++x) bytes[static_cast<std::size_t>(y * size.x + x)] = (x * x + 3 * y) % 11 < 5;
  const Mask mask = Mask::fromBytes(size, bytes);
  Geometry geometry;
  geometry.size = size;
  const Plane plane = planeOf(geometry, PlaneKind::Picture);
  for (const std::int64_t step : {1, 2, 4, 8}) {
    LabelLayer layer;
    layer.setGrid(plane, 0, step);
    layer.refresh({{.mask = &mask, .colour = qRgb(0, 255, 0), .opacity = 1, .outline = false}});
    const OverlaySamples drawn = layer.samples();
    for (std::int64_t v = 0; v < drawn.height; ++v)
      for (std::int64_t u = 0; u < drawn.width; ++u) {
        const std::int64_t x = u * step + step / 2, y = v * step + step / 2;
        const bool inside = x < size.x && y < size.y && mask.contains(x, y);
        ASSERT_EQ(drawn.pixels[v * drawn.width + u] != 0, inside) << step << " " << u << " " << v;
      }
  }
}

/// Every pixel by its own arithmetic, as the header says: bilinear in 128ths, then the labels' colour over it.
QRgb expectedAt(const Scene& scene, int px, int py) {
  const auto& in = scene.samples;
  const QPointF place = scene.screenToSamples.map(QPointF(px + 0.5, py + 0.5));
  const double lastU = static_cast<double>(in.sizeU - 1), lastV = static_cast<double>(in.sizeV - 1);
  if (place.x() < -0.5 || place.y() < -0.5 || place.x() >= lastU + 0.5 || place.y() >= lastV + 0.5) return scene.background;
  const auto grey = [&](std::int64_t u, std::int64_t v) {
    return static_cast<double>((*scene.grey)[in.first[std::min(u, in.sizeU - 1) * in.strideU + std::min(v, in.sizeV - 1) * in.strideV]]);
  };
  const double u = std::clamp(place.x(), 0.0, lastU), v = std::clamp(place.y(), 0.0, lastV);
  const auto iu = static_cast<std::int64_t>(u), iv = static_cast<std::int64_t>(v);
  const double wu = u - static_cast<double>(iu), wv = v - static_cast<double>(iv);
  const double value =
      (grey(iu, iv) * (1 - wu) + grey(iu + 1, iv) * wu) * (1 - wv) + (grey(iu, iv + 1) * (1 - wu) + grey(iu + 1, iv + 1) * wu) * wv;
  const int level = static_cast<int>(std::lround(value));
  return qRgb(level, level, level);
}

TEST(Compositor, UprightMirroredAndTurnedPicturesAreAllInterpolated) {
  std::vector<std::uint16_t> codes(37 * 23);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint16_t>(i * 7919 % 256);
  std::vector<std::uint8_t> grey(256);
  for (std::size_t i = 0; i < grey.size(); ++i) grey[i] = static_cast<std::uint8_t>(255 - i);
  Scene scene;
  scene.grey = &grey;
  scene.background = 0xff0a141e;
  const QTransform maps[] = {QTransform(0.4, 0, 0, 0.7, -3, -2), QTransform(1.7, 0, 0, 1.3, 2, -1), QTransform(-0.6, 0, 0, 0.6, 38.07, 1),
                             QTransform(0, 0.5, -0.5, 0, 30, -2)};
  for (const bool columns : {false, true})
    for (const QTransform& map : maps) {
      scene.samples = columns ? PlaneSamples{codes.data(), 37, 1, 23, 37} : PlaneSamples{codes.data(), 1, 37, 37, 23};
      scene.screenToSamples = map;
      QImage frame(80, 50, QImage::Format_RGB32);
      frame.fill(Qt::magenta);
      compose(frame, frame.rect(), scene);
      for (int y = 0; y < 50; ++y)
        for (int x = 0; x < 80; ++x) ASSERT_NEAR(qRed(frame.pixel(x, y)), qRed(expectedAt(scene, x, y)), 5) << x << " " << y;
      // A part of it that is drawn anew is the same.
      QImage again = frame;
      compose(again, QRect(13, 7, 40, 20), scene);
      ASSERT_EQ(again, frame);
    }
}

TEST(LabelLayer, WhatIsDrawnPieceByPieceIsWhatIsDrawnAtOnce) {
  const Size size{2300, 150, 1};
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()));
  for (std::int64_t y = 0; y < size.y; ++y)
    for (std::int64_t x = 0; x < size.x; ++x) bytes[static_cast<std::size_t>(y * size.x + x)] = (x / 40 + y / 30) % 3 == 0;
  Mask mask = Mask::fromBytes(size, bytes);
  Geometry geometry;
  geometry.size = size;
  const Plane plane = planeOf(geometry, PlaneKind::Picture);
  const std::vector<LabelShape> shapes{{.mask = &mask, .colour = qRgb(0, 90, 200), .opacity = 0.4}};
  const auto pixels = [](const LabelLayer& layer) {
    const OverlaySamples drawn = layer.samples();
    return std::vector<std::uint32_t>(drawn.pixels, drawn.pixels + drawn.width * drawn.height);
  };
  for (const std::int64_t step : {1, 2}) {
    LabelLayer whole, pieces;
    whole.setGrid(plane, 0, step);
    whole.refresh(shapes);
    pieces.setGrid(plane, 0, step);
    for (const QRect& part : {QRect(1000, 50, 60, 40), QRect(0, 0, 10, 10), QRect(0, 0, 2300, 150)}) pieces.refresh(shapes, part);
    EXPECT_EQ(pixels(pieces), pixels(whole));
    // A change is drawn in both resolutions that are kept.
    pieces.setGrid(plane, 0, 4);
    pieces.refresh(shapes);
    const Mask before = mask;
    mask = unite(mask, Mask(size, {{70 * size.x + 1010, 30}, {71 * size.x + 1010, 30}, {72 * size.x + 1010, 30}}));
    pieces.makeStale(PixelBox{1010, 70, 1040, 73});
    pieces.refresh(shapes);
    pieces.setGrid(plane, 0, step);
    pieces.refresh(shapes);
    LabelLayer anew;
    anew.setGrid(plane, 0, step);
    anew.refresh(shapes);
    EXPECT_EQ(pixels(pieces), pixels(anew));
    mask = before;
  }
}

TEST(Compositor, EveryPixelOfTheScreenIsThePixelUnderIt) {
  std::vector<std::uint16_t> codes(20 * 10);
  std::vector<std::uint8_t> grey(256);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint16_t>(i);
  for (std::size_t i = 0; i < grey.size(); ++i) grey[i] = static_cast<std::uint8_t>(i);
  QImage frame(60, 40, QImage::Format_RGB32);
  frame.fill(Qt::magenta);
  Scene scene;
  scene.samples = {codes.data(), 1, 20, 20, 10};
  scene.grey = &grey;
  scene.sampling = Sampling::Nearest;
  scene.background = 0xff010203;
  scene.screenToSamples = QTransform(0.5, 0, 0, 0.5, -0.5, -0.5);  // two device pixels a pixel
  compose(frame, frame.rect(), scene);
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 60; ++x) {
      const bool inside = x / 2 < 20 && y / 2 < 10;
      ASSERT_EQ(frame.pixel(x, y), inside ? qRgb(y / 2 * 20 + x / 2, y / 2 * 20 + x / 2, y / 2 * 20 + x / 2) : 0xff010203U)
          << x << " " << y;
    }
}

}  // namespace
}  // namespace roundel
