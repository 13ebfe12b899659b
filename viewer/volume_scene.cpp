#include "viewer/volume_scene.h"

#include <vtkFlyingEdges3D.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPolyData.h>
#include <vtkPolyDataNormals.h>
#include <vtkWindowedSincPolyDataFilter.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "raster/parallel.h"

namespace roundel {
namespace {

using Vector = std::array<double, 3>;

/// VTK counts its references itself; who holds the pointer holds one of them.
template <class T>
std::shared_ptr<T> shared(T* object) {
  object->Register(nullptr);
  return {object, [](T* one) { one->UnRegister(nullptr); }};
}

vtkNew<vtkImageData> emptyVolume(const Size& size, const Vector& firstMm, const Vector& spacingMm) {
  vtkNew<vtkImageData> image;
  image->SetDimensions(static_cast<int>(size.x), static_cast<int>(size.y), static_cast<int>(size.z));
  image->SetOrigin(firstMm.data());
  image->SetSpacing(spacingMm.data());
  image->AllocateScalars(VTK_UNSIGNED_CHAR, 1);
  return image;
}

std::uint8_t* bytesOf(vtkImageData* image) { return static_cast<std::uint8_t*>(image->GetScalarPointer()); }

/// Voxels of a mask in the blocks of a grid, within a box of blocks.
class BlockCounts {
 public:
  /// With a margin of one block, so that every surface is closed.
  BlockCounts(const Mask& mask, const OutsideGrid& grid) : m_grid(grid), m_full(mask.size()) {
    const PixelBox box = mask.bounds();
    m_first = {box.x0 / grid.step - 1, box.y0 / grid.step - 1, 0};
    const std::int64_t z0 = blockOfZ(box.z0), z1 = blockOfZ(box.z1 - 1);
    m_first[2] = std::min(z0, z1) - 1;
    m_size = {(box.x1 - 1) / grid.step - m_first[0] + 2, (box.y1 - 1) / grid.step - m_first[1] + 2, std::max(z0, z1) - m_first[2] + 2};
    m_counts.resize(static_cast<std::size_t>(m_size.count()));
    for (const Mask::Run& run : mask.runs())
      for (std::int64_t i = run.start; i < run.start + run.length;) {
        const std::int64_t x = i % m_full.x;
        const std::int64_t end = std::min(run.start + run.length, i - x + m_full.x);  // a run may go on in the next row
        addRow(x, x + end - i, i / m_full.x % m_full.y, i / (m_full.x * m_full.y));
        i = end;
      }
  }

  const Size& size() const { return m_size; }
  const std::array<std::int64_t, 3>& first() const { return m_first; }
  const std::vector<std::uint32_t>& counts() const { return m_counts; }

 private:
  std::int64_t blockOfZ(std::int64_t z) const { return m_grid.backZ ? m_grid.size.z - 1 - z / m_grid.step : z / m_grid.step; }

  void addRow(std::int64_t x0, std::int64_t x1, std::int64_t y, std::int64_t z) {
    std::uint32_t* row = m_counts.data() + ((blockOfZ(z) - m_first[2]) * m_size.y + y / m_grid.step - m_first[1]) * m_size.x - m_first[0];
    for (std::int64_t x = x0; x < x1;) {
      const std::int64_t block = x / m_grid.step, end = std::min(x1, (block + 1) * m_grid.step);
      row[block] += static_cast<std::uint32_t>(end - x);
      x = end;
    }
  }

  const OutsideGrid& m_grid;
  Size m_full, m_size;
  std::array<std::int64_t, 3> m_first{};
  std::vector<std::uint32_t> m_counts;
};

}  // namespace

OutsideGrid outsideGrid(const Geometry& geometry, std::int64_t mostSide) {
  OutsideGrid grid;
  const std::array<std::int64_t, 3> full{geometry.size.x, geometry.size.y, geometry.size.z};
  grid.step = std::max<std::int64_t>(1, (*std::max_element(full.begin(), full.end()) + mostSide - 1) / mostSide);
  const auto blocks = [&](std::int64_t side) { return (side + grid.step - 1) / grid.step; };
  grid.size = {blocks(full[0]), blocks(full[1]), blocks(full[2])};
  const auto& d = geometry.direction;
  grid.direction = d;
  grid.backZ = d[0] * (d[4] * d[8] - d[5] * d[7]) - d[1] * (d[3] * d[8] - d[5] * d[6]) + d[2] * (d[3] * d[7] - d[4] * d[6]) < 0;
  const auto step = static_cast<double>(grid.step);
  double square = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double spacing = geometry.spacingMm[i] > 0 && std::isfinite(geometry.spacingMm[i]) ? geometry.spacingMm[i] : 1;
    grid.spacingMm[i] = spacing * step;
    grid.firstMm[i] = ((step - 1) / 2 - static_cast<double>(full[i] - 1) / 2) * spacing;
    square += std::pow(static_cast<double>(full[i]) * spacing / 2, 2);
  }
  grid.radiusMm = std::sqrt(square);
  if (grid.backZ) {
    for (const std::size_t entry : {2U, 5U, 8U}) grid.direction[entry] = -grid.direction[entry];
    grid.firstMm[2] = -(grid.firstMm[2] + static_cast<double>(grid.size.z - 1) * grid.spacingMm[2]);
  }
  return grid;
}

std::shared_ptr<vtkImageData> outsideGrey(const Picture& picture, const PixelPipelineSettings& display, const OutsideGrid& grid) {
  const vtkNew<vtkImageData> image = emptyVolume(grid.size, grid.firstMm, grid.spacingMm);
  std::uint8_t* grey = bytesOf(image);
  const Size full = picture.size();
  const auto table = picture.greyTable(display);
  const auto& codes = picture.levels()[0].codes;
  const auto width = static_cast<std::size_t>(grid.size.x);
  parallelFor(static_cast<int>(grid.size.z), 0, [&](int z) {
    const std::int64_t from = (grid.backZ ? grid.size.z - 1 - z : z) * grid.step;
    std::vector<std::uint32_t> sums(width), counts(width);
    for (std::int64_t y = 0; y < grid.size.y; ++y) {
      std::fill(sums.begin(), sums.end(), 0U);
      std::fill(counts.begin(), counts.end(), 0U);
      for (std::int64_t sz = from; sz < std::min(from + grid.step, full.z); ++sz)
        for (std::int64_t sy = y * grid.step; sy < std::min((y + 1) * grid.step, full.y); ++sy) {
          const std::uint16_t* row = codes.data() + (sz * full.y + sy) * full.x;
          for (std::int64_t x = 0; x < full.x; ++x) {
            const auto block = static_cast<std::size_t>(x / grid.step);
            sums[block] += table[row[x]], ++counts[block];
          }
        }
      std::uint8_t* row = grey + (static_cast<std::size_t>(z * grid.size.y + y)) * width;
      for (std::size_t x = 0; x < width; ++x) row[x] = static_cast<std::uint8_t>(sums[x] / std::max(counts[x], 1U));
    }
  });
  return shared(image.GetPointer());
}

std::shared_ptr<vtkPolyData> outsideSurface(const Mask& mask, const OutsideGrid& grid) {
  if (mask.empty()) return nullptr;
  const BlockCounts blocks(mask, grid);
  Vector first{};
  for (std::size_t i = 0; i < 3; ++i) first[i] = grid.firstMm[i] + static_cast<double>(blocks.first()[i]) * grid.spacingMm[i];
  const vtkNew<vtkImageData> field = emptyVolume(blocks.size(), first, grid.spacingMm);
  std::uint8_t* bytes = bytesOf(field);
  const auto whole = static_cast<std::uint32_t>(grid.step * grid.step * grid.step);
  for (std::size_t i = 0; i < blocks.counts().size(); ++i) bytes[i] = static_cast<std::uint8_t>(blocks.counts()[i] * 255 / whole);
  const vtkNew<vtkFlyingEdges3D> edges;
  edges->SetInputData(field);
  // Half of a voxel; of a block less, or a sheet that is one voxel thin would be nowhere.
  edges->SetValue(0, grid.step == 1 ? 127.5 : 255 * 0.75 / static_cast<double>(grid.step));
  edges->ComputeNormalsOff();
  edges->ComputeGradientsOff();
  edges->ComputeScalarsOff();
  const vtkNew<vtkWindowedSincPolyDataFilter> smooth;  // steps of voxels become slopes; nothing shrinks
  smooth->SetInputConnection(edges->GetOutputPort());
  smooth->SetNumberOfIterations(15);
  smooth->SetPassBand(0.08);
  smooth->BoundarySmoothingOff();
  smooth->FeatureEdgeSmoothingOff();
  smooth->NonManifoldSmoothingOn();
  smooth->NormalizeCoordinatesOn();
  const vtkNew<vtkPolyDataNormals> normals;
  normals->SetInputConnection(smooth->GetOutputPort());
  normals->SplittingOff();
  normals->ConsistencyOff();
  normals->Update();
  return shared(normals->GetOutput());
}

std::array<std::array<double, 3>, 3> screenAxes(const VolumeLook& look) {
  // Turned about the body's axis (S), then tilted. From the front: right is L (+x), down is I (-z), away is P (+y).
  const double cy = std::cos(look.yaw), sy = std::sin(look.yaw), cp = std::cos(look.pitch), sp = std::sin(look.pitch);
  const Vector right{cy, sy, 0}, level{-sy, cy, 0};
  const Vector away{level[0] * cp, level[1] * cp, -sp}, down{-level[0] * sp, -level[1] * sp, -cp};
  return {right, down, away};
}

}  // namespace roundel
