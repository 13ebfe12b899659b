#pragma once
#include <QSize>
#include <memory>
#include <vector>

#include "viewer/volume_scene.h"

class vtkRenderer;

namespace roundel {

/// A volume before VTK's camera: rays through its grey, surfaces of labels among them, light from the eye.
class VolumeStage {
 public:
  VolumeStage();
  ~VolumeStage();

  /// Both, from below: grey and surfaces, and labels that are laid over the brightest values.
  std::vector<vtkRenderer*> renderers() const;
  /// Null: no grey.
  void setGrey(std::shared_ptr<vtkImageData> grey, const OutsideGrid& grid);
  /// Along the axes of that grid; its step and spacing do not matter.
  void setLabels(const std::vector<OutsideLabel>& labels, const OutsideGrid& grid);
  void setLook(const VolumeLook& look);
  /// Part of a picture: strip `index` of `count`, from below. What lies in the others stays as it is.
  struct Strip {
    int index = 0, count = 1;
  };
  /// Before a picture of that size is rendered, or a strip of it.
  void setCamera(const QSize& pixels, const Strip& strip);
  /// One ray for a square of `pixels` a side (1 or more), which looks every `voxels`.
  void setDetail(double pixels, double voxels);
  /// Whether rays are cast at all.
  bool hasRays() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace roundel
