#include <gtest/gtest.h>

#include <cmath>

#include "core/files.h"
#include "engine/imaging/imaging_support.h"

namespace roundel {
namespace {

using test::dataFolder;

double modalityValue(const StoredImage& image, std::size_t index) {
  const auto* rescale = std::get_if<Rescale>(&image.modality);
  const double stored = valueAt(image.values, index);
  return rescale ? rescale->slope * stored + rescale->intercept : stored;
}

std::size_t indexOf(const Size& size, std::int64_t x, std::int64_t y, std::int64_t z) {
  return static_cast<std::size_t>((z * size.y + y) * size.x + x);
}

void expectGeometry(const Geometry& geometry, const Json& entry) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    EXPECT_EQ((axis == 0 ? geometry.size.x : axis == 1 ? geometry.size.y : geometry.size.z), entry.at("shape")[axis].get<std::int64_t>());
    EXPECT_NEAR(geometry.spacingMm[axis], entry.at("spacing")[axis].get<double>(), 1e-4);
    EXPECT_NEAR(geometry.originMm[axis], entry.at("origin_lps")[axis].get<double>(), 1e-3);
    for (std::size_t part = 0; part < 3; ++part)
      EXPECT_NEAR(geometry.direction[3 * part + axis], entry.at("direction_lps_columns")[axis][part].get<double>(), 1e-5);
  }
}

/// The value of the voxel whose centre lies at a point of the world.
double valueAtPoint(const StoredImage& image, const std::vector<double>& point) {
  const Geometry& g = image.geometry;
  std::array<std::int64_t, 3> index{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    double along = 0;  // directions of these files are orthogonal, so the inverse is the transpose
    for (std::size_t part = 0; part < 3; ++part) along += g.direction[3 * part + axis] * (point[part] - g.originMm[part]);
    index[axis] = std::llround(along / g.spacingMm[axis]);
  }
  return modalityValue(image, indexOf(g.size, index[0], index[1], index[2]));
}

void expectVolume(DecodeClient& client, const std::string& name, const Json& entry, const Json& points) {
  SCOPED_TRACE(name);
  DecodedImage first = client.decode(dataFolder() / name);
  expectGeometry(first.image.geometry, entry);
  double minimum = 1e300, maximum = -1e300, sum = 0;
  std::int64_t nonzero = 0;
  const int volumes = first.volumes;
  EXPECT_EQ(volumes, entry.at("shape").size() > 3 ? entry.at("shape")[3].get<int>() : 1);
  for (int volume = 0; volume < volumes; ++volume) {
    const DecodedImage decoded = volume == 0 ? first : client.decode(DecodeRequest{.paths = {dataFolder() / name}, .volume = volume});
    for (std::size_t index = 0; index < valueCount(decoded.image.values); ++index) {
      const double value = modalityValue(decoded.image, index);
      minimum = std::min(minimum, value);
      maximum = std::max(maximum, value);
      sum += value;
      nonzero += value != 0 ? 1 : 0;
    }
  }
  const auto near = [](double got, double wanted) { EXPECT_NEAR(got, wanted, 1e-5 * std::max(1.0, std::abs(wanted))); };
  near(minimum, entry.at("min").get<double>());
  near(maximum, entry.at("max").get<double>());
  near(sum, entry.at("sum").get<double>());
  if (entry.contains("nonzero")) {
    EXPECT_EQ(nonzero, entry.at("nonzero").get<std::int64_t>());
  }
  const Size& size = first.image.geometry.size;
  for (std::int64_t x = 0; entry.contains("first8") && x < 8; ++x)
    near(modalityValue(first.image, indexOf(size, x, 0, 0)), entry.at("first8")[static_cast<std::size_t>(x)].get<double>());
  for (std::int64_t x = 0; entry.contains("mid8") && x < 8; ++x)
    near(modalityValue(first.image, indexOf(size, x, size.y / 2, size.z / 2)), entry.at("mid8")[static_cast<std::size_t>(x)].get<double>());
  if (!entry.contains("points")) return;
  for (std::size_t index = 0; index < points.at("points_lps").size(); ++index)
    EXPECT_NEAR(valueAtPoint(first.image, points.at("points_lps")[index].get<std::vector<double>>()),
                points.at("values")[index].get<double>(), 1e-3);
}

TEST(VolumeData, EveryVolumeHasTheExpectedValuesAndGeometry) {
  if (dataFolder().empty()) GTEST_SKIP() << "no shared data";
  DecodeClient client(test::workerOptions());
  const Json expected = readJson(dataFolder() / "expected" / "volumes.json");
  int read = 0;
  for (const char* list : {"volumes", "dcmqi_nrrd"})
    for (const auto& [name, entry] : expected.at(list).items()) {
      expectVolume(client, name, entry, expected.at("nifti_space_points"));
      ++read;
    }
  EXPECT_EQ(client.workersStarted(), 1);
  std::cout << "read " << read << " volumes\n";
}

}  // namespace
}  // namespace roundel
