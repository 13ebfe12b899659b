#include "viewer/volume_stage.h"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkColorTransferFunction.h>
#include <vtkGPUVolumeRayCastMapper.h>
#include <vtkImageData.h>
#include <vtkMatrix4x4.h>
#include <vtkNew.h>
#include <vtkPiecewiseFunction.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkSmartPointer.h>
#include <vtkVolume.h>
#include <vtkVolumeProperty.h>

#include <QColor>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace roundel {
namespace {

constexpr double kDark = 40;  ///< grey below it is air

vtkNew<vtkMatrix4x4> turned(const std::array<double, 9>& direction) {
  vtkNew<vtkMatrix4x4> matrix;
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 3; ++column) matrix->SetElement(row, column, direction[static_cast<std::size_t>(3 * row + column)]);
  return matrix;
}

}  // namespace

struct VolumeStage::Parts {
  vtkNew<vtkRenderer> renderer, over;
  vtkNew<vtkVolume> volume;
  vtkNew<vtkGPUVolumeRayCastMapper> rays;
  vtkNew<vtkPiecewiseFunction> opacity;
  vtkNew<vtkColorTransferFunction> colour;
  std::shared_ptr<vtkImageData> grey;
  std::vector<vtkSmartPointer<vtkActor>> actors;
  OutsideGrid grid;
  VolumeLook look;
  double voxelMm = 1;

  /// How values become colour and opacity.
  void style() {
    const bool brightest = look.style == VolumeStyle::Maximum;
    brightest ? rays->SetBlendModeToMaximumIntensity() : rays->SetBlendModeToComposite();
    opacity->RemoveAllPoints();
    opacity->AddPoint(brightest ? 0 : kDark, 0);
    opacity->AddPoint(255, brightest ? 1 : std::min(1.0, look.veil * 0.06));
    // The brightest value of a whole ray, and labels over it that let half of it through: a ray that ended at a surface would say less.
    colour->RemoveAllPoints();
    for (const double value : {0.0, 255.0}) {
      const double level = brightest ? 1 : value / 255;
      colour->AddRGBPoint(value, level, level, level);
    }
    // Light on the grey tells bone from bone where it is strong; in a veil it is noise.
    volume->GetProperty()->SetShade(!brightest && look.veil > 1 ? 1 : 0);
    volume->SetVisibility(grey && (brightest || look.veil > 0) ? 1 : 0);
    place();
  }

  /// Labels to where the style wants them.
  void place() {
    const bool brightest = look.style == VolumeStyle::Maximum;
    for (const auto& actor : actors) {
      (brightest ? renderer : over)->RemoveActor(actor);
      (brightest ? over : renderer)->AddActor(actor);
      actor->GetProperty()->SetOpacity(brightest ? 0.5 : 1);
      actor->GetProperty()->SetBackfaceCulling(brightest ? 1 : 0);
    }
    over->SetDraw(brightest ? 1 : 0);
  }
};

VolumeStage::VolumeStage() : m_parts(std::make_unique<Parts>()) {
  Parts& p = *m_parts;
  p.renderer->SetBackground(16 / 255.0, 18 / 255.0, 20 / 255.0);
  p.renderer->GetActiveCamera()->ParallelProjectionOn();
  p.over->SetLayer(1);
  p.over->SetActiveCamera(p.renderer->GetActiveCamera());
  p.over->DrawOff();
  p.rays->AutoAdjustSampleDistancesOff();  // by the clock of a picture, see VolumeView
  p.rays->UseJitteringOff();
  p.volume->SetMapper(p.rays);
  p.volume->VisibilityOff();
  vtkVolumeProperty* property = p.volume->GetProperty();
  property->SetScalarOpacity(p.opacity);
  property->SetColor(p.colour);
  property->SetInterpolationTypeToLinear();
  property->SetAmbient(0.35), property->SetDiffuse(0.75), property->SetSpecular(0.1);
  p.renderer->AddVolume(p.volume);
}

VolumeStage::~VolumeStage() = default;

std::vector<vtkRenderer*> VolumeStage::renderers() const { return {m_parts->renderer, m_parts->over}; }

void VolumeStage::setGrey(std::shared_ptr<vtkImageData> grey, const OutsideGrid& grid) {
  Parts& p = *m_parts;
  p.rays->SetInputData(grey.get());
  p.grey = std::move(grey);
  p.grid = grid;
  p.voxelMm = *std::min_element(grid.spacingMm.begin(), grid.spacingMm.end());
  p.volume->GetProperty()->SetScalarOpacityUnitDistance(p.voxelMm);
  p.volume->SetUserMatrix(turned(grid.direction));
  p.style();
}

void VolumeStage::setLabels(const std::vector<OutsideLabel>& labels, const OutsideGrid& grid) {
  Parts& p = *m_parts;
  for (const auto& actor : p.actors) p.renderer->RemoveActor(actor), p.over->RemoveActor(actor);
  p.actors.clear();
  for (const OutsideLabel& label : labels) {
    if (!label.surface) continue;
    const vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputData(label.surface.get());
    mapper->ScalarVisibilityOff();
    const vtkNew<vtkActor> actor;
    actor->SetMapper(mapper);
    actor->SetUserMatrix(turned(grid.direction));
    const QColor colour(label.colour);
    vtkProperty* property = actor->GetProperty();
    property->SetColor(colour.redF(), colour.greenF(), colour.blueF());
    property->SetAmbient(0.25), property->SetDiffuse(0.75), property->SetSpecular(0.08), property->SetSpecularPower(20);
    p.actors.emplace_back(actor);
  }
  p.place();
}

void VolumeStage::setLook(const VolumeLook& look) {
  Parts& p = *m_parts;
  const bool other = look.style != p.look.style || look.veil != p.look.veil;
  p.look = look;
  if (other) p.style();
}

void VolumeStage::setCamera(const QSize& pixels, const Strip& strip) {
  Parts& p = *m_parts;
  const auto [right, down, away] = screenAxes(p.look);
  const double height = std::max(1, pixels.height());
  const auto edge = [&](int index) { return std::round(height * index / strip.count) / height; };
  const double from = edge(strip.index), to = edge(strip.index + 1);
  for (vtkRenderer* renderer : renderers()) renderer->SetViewport(0, from, 1, to);
  // Half of what the view is high, in millimetres; a strip looks at its part from its own height.
  const double half = 0.8 * p.grid.radiusMm * height / std::max(1, std::min(pixels.width(), pixels.height())) / p.look.zoom;
  const double up = (from + to - 1) * half, back = 4 * p.grid.radiusMm;
  const std::array<double, 3> middle{-down[0] * up, -down[1] * up, -down[2] * up};
  vtkCamera* camera = p.renderer->GetActiveCamera();
  camera->SetFocalPoint(middle.data());
  camera->SetPosition(middle[0] - away[0] * back, middle[1] - away[1] * back, middle[2] - away[2] * back);
  camera->SetViewUp(-down[0], -down[1], -down[2]);
  camera->SetParallelScale(half * (to - from));
  camera->SetClippingRange(2 * p.grid.radiusMm, 6 * p.grid.radiusMm);
}

void VolumeStage::setDetail(double pixels, double voxels) {
  m_parts->rays->SetImageSampleDistance(static_cast<float>(pixels));
  m_parts->rays->SetSampleDistance(static_cast<float>(voxels * m_parts->voxelMm));
}

bool VolumeStage::hasRays() const { return m_parts->volume->GetVisibility() != 0; }

}  // namespace roundel
