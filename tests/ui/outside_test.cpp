#include <gtest/gtest.h>
#include <vtkImageData.h>
#include <vtkPolyData.h>

#include "ui/studio.h"
#include "ui/volumes.h"
#include "viewer/ray_budget.h"
#include "viewer/volume_scene.h"
#include "viewer/volume_stage.h"
#include "viewer/vtk_widget.h"

namespace roundel::test {
namespace {

TEST(VolumeStage, APictureInStripsIsThatDrawnAtOnce) {
  Geometry geometry;
  geometry.size = {32, 32, 32};
  std::vector<std::uint16_t> values;
  for (int i = 0; i < 32 * 32 * 32; ++i) values.push_back(static_cast<std::uint16_t>(i % 32 * 90 + i / 1024 * 40));
  const Mask mask = ball(geometry.size, 20, 14, 17, 8);
  const OutsideGrid grid = outsideGrid(geometry, 160);
  VolumeStage stage;
  stage.setGrey(outsideGrey(*pictureOf(geometry, values), {}, grid), grid);
  stage.setLabels({{outsideSurface(mask, grid), qRgb(0, 200, 0)}}, grid);
  stage.setDetail(1, 1);
  VtkWidget widget;
  for (vtkRenderer* renderer : stage.renderers()) widget.add(renderer);
  widget.resize(203, 171);
  VolumeStage::Strip strip;
  QObject::connect(&widget, &VtkWidget::aboutToRender, &widget, [&] { stage.setCamera(widget.pixels(), strip); });
  widget.show();
  const auto render = [&] {
    const std::int64_t before = widget.renders();
    widget.requestRender();
    EXPECT_TRUE(waitUntil([&] { return widget.renders() > before; }));
    return widget.grabFramebuffer();
  };
  for (const VolumeLook& look :
       {VolumeLook{.yaw = 0.5, .pitch = 0.2, .veil = 2}, VolumeLook{.yaw = 0.5, .zoom = 1.7, .style = VolumeStyle::Maximum}}) {
    stage.setLook({.veil = 0}), strip = {};
    render();
    stage.setLook(look);
    const QImage once = render();
    stage.setLook({.yaw = 2, .veil = 0});
    const QImage other = render();
    stage.setLook(look);
    for (int i = 0; i < 3; ++i) {
      strip = {i, 3};
      const QImage part = render();
      // From below; what is above still shows what was there.
      const QRect above(0, 0, part.width(), part.height() / 2);
      ASSERT_TRUE(i > 0 || part.copy(above) == other.copy(above));
      strip = {};
      if (i < 2) continue;
      int apart = 0;
      for (int y = 0; y < part.height(); ++y)
        for (int x = 0; x < part.width(); ++x) apart += std::abs(qGreen(part.pixel(x, y)) - qGreen(once.pixel(x, y))) > 6 ? 1 : 0;
      EXPECT_LT(apart, part.width() * part.height() / 500);
    }
  }
}

/// Times as a machine gives them: `fixed` for surfaces, `rays` for a ray for every pixel.
double restsAt(double fixed, double rays) {
  RayBudget budget;
  const auto draw = [&](RayBudget::Detail detail) {
    const RayBudget::Choice choice = budget.choice(detail);
    budget.note(choice, fixed + rays / (choice.pixels * choice.pixels * choice.voxels));
    return choice;
  };
  for (int i = 0; i < 5; ++i) draw(RayBudget::Detail::Coarse);
  for (int i = 0; i < 5; ++i) draw(RayBudget::Detail::Fine);
  return budget.choice(RayBudget::Detail::Fine).pixels;
}

TEST(RayBudget, IsAsFineAsTimeAllows) {
  EXPECT_EQ(restsAt(1, 4), 1);     // a graphics card
  EXPECT_EQ(restsAt(1, 28), 1);    // all of the time
  EXPECT_EQ(restsAt(2, 60), 1.5);  // a processor
  EXPECT_EQ(restsAt(2, 100), 2);
  EXPECT_EQ(restsAt(2, 1e6), 6);
  EXPECT_EQ(restsAt(100, 60), 3);  // surfaces take more than there is: rays are no coarser for that than they must be
  RayBudget slow;
  slow.note({.pixels = 2, .voxels = 1}, 50);
  EXPECT_EQ(slow.partsOf({}), 7);  // 200 ms in parts of 30
  RayBudget unknown;
  EXPECT_GT(unknown.choice(RayBudget::Detail::Fine).pixels, 1);  // the first picture of a slow machine does not hold the window
}

TEST(OutsideGrid, IsSmallAndRightHanded) {
  Geometry geometry;
  geometry.size = {512, 512, 300};
  geometry.spacingMm = {0.5, 0.5, 1};
  geometry.direction = {1, 0, 0, 0, 1, 0, 0, 0, -1};
  const OutsideGrid grid = outsideGrid(geometry, 160);
  EXPECT_EQ(grid.step, 4);
  EXPECT_EQ(grid.size, (Size{128, 128, 75}));
  EXPECT_TRUE(grid.backZ);
  EXPECT_EQ(grid.direction[8], 1);
  EXPECT_NEAR(grid.firstMm[0], -127.75 + 0.75, 1e-9);
  EXPECT_NEAR(grid.firstMm[2], -grid.spacingMm[2] * 37, 1e-9);
  // Grey: the mean of a block, in its place.
  geometry.size = {4, 4, 4};
  std::vector<std::uint16_t> values(64, 0);
  for (const int i : {0, 1, 4, 5, 16, 17, 20, 21}) values[static_cast<std::size_t>(i)] = i < 16 ? 255 : 0;  // half of the first block
  const OutsideGrid small = outsideGrid(geometry, 2);
  const auto grey = outsideGrey(*pictureOf(geometry, values), {.voi = VoiChoice::Custom, .window = {.center = 128, .width = 256}}, small);
  const auto* bytes = static_cast<const std::uint8_t*>(grey->GetScalarPointer());
  EXPECT_NEAR(bytes[4], 127, 2);  // z runs backwards: the first slices come last
  EXPECT_EQ(bytes[0], 0);
}

TEST(OutsideSurface, HugsItsMaskAndKeepsWhatIsThin) {
  Geometry geometry;
  geometry.size = {40, 40, 40};
  const Mask mask = ball(geometry.size, 20, 20, 20, 10);
  const auto surface = outsideSurface(mask, outsideGrid(geometry, 256));
  double bounds[6];
  surface->GetBounds(bounds);
  for (const int side : {0, 2, 4}) {  // voxels 11 .. 29 of 40, about the middle at 19.5
    EXPECT_NEAR(bounds[side], -9, 0.6);
    EXPECT_NEAR(bounds[side + 1], 10, 0.6);
  }
  EXPECT_EQ(outsideSurface(Mask(geometry.size), outsideGrid(geometry, 256)), nullptr);
  // In blocks of four a side: no more than half a block away.
  const auto coarse = outsideSurface(mask, outsideGrid(geometry, 10));
  coarse->GetBounds(bounds);
  for (const int side : {0, 2, 4}) {
    EXPECT_NEAR(bounds[side], -9, 2);
    EXPECT_NEAR(bounds[side + 1], 10, 2);
  }
  std::vector<std::uint8_t> sheet(64000);
  for (int y = 4; y < 36; ++y)
    for (int x = 4; x < 36; ++x) sheet[static_cast<std::size_t>((17 * 40 + y) * 40 + x)] = 1;
  const Mask thin = Mask::fromBytes(geometry.size, sheet);
  for (const std::int64_t most : {256, 20, 10}) {
    const auto seen = outsideSurface(thin, outsideGrid(geometry, most));
    ASSERT_GT(seen->GetNumberOfPolys(), 50) << most;
    seen->GetBounds(bounds);
    EXPECT_GT(bounds[1] - bounds[0], 25) << most;
  }
}

}  // namespace
}  // namespace roundel::test
