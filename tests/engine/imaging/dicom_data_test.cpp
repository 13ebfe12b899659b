#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/files.h"
#include "engine/imaging/imaging_support.h"

namespace roundel {
namespace {

using test::dataFolder;

Json expectedDicom() { return readJson(dataFolder() / "expected" / "dicom.json"); }

/// Values back in the order of the file, where frames were sorted.
PixelValues inFileOrder(const DecodedImage& decoded) {
  PixelValues values = decoded.image.values;
  if (!decoded.image.source.contains("frame_order")) return values;
  const auto order = decoded.image.source.at("frame_order").get<std::vector<std::size_t>>();
  std::visit(
      [&order](auto& typed) {
        const auto sorted = typed;
        const std::size_t frame = typed.size() / order.size();
        for (std::size_t slice = 0; slice < order.size(); ++slice)
          std::copy_n(sorted.begin() + static_cast<std::ptrdiff_t>(slice * frame), frame,
                      typed.begin() + static_cast<std::ptrdiff_t>(order[slice] * frame));
      },
      values);
  return values;
}

bool sameNumber(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)}); }

/// Row `row` of frame 0 begins with these values.
bool rowMatches(const StoredImage& image, const PixelValues& values, const Json& expected, std::int64_t row) {
  const auto channels = static_cast<std::size_t>(image.channels);
  const auto start = static_cast<std::size_t>(row * image.geometry.size.x) * channels;
  for (std::size_t x = 0; x < expected.size(); ++x)
    for (std::size_t channel = 0; channel < channels; ++channel) {
      const double wanted = (channels == 3 ? expected[x][channel] : expected[x]).get<double>();
      if (!sameNumber(valueAt(values, start + x * channels + channel), wanted)) return false;
    }
  return true;
}

bool valuesMatch(const StoredImage& image, const PixelValues& values, const Json& expected) {
  const auto got = test::totals(values);
  if (!sameNumber(got.minimum, expected.at("min").get<double>()) || !sameNumber(got.maximum, expected.at("max").get<double>()))
    return false;
  if (!sameNumber(got.sum, expected.at("sum").get<double>())) return false;
  if (expected.contains("row0") && !rowMatches(image, values, expected.at("row0"), 0)) return false;
  if (expected.contains("mid_row") && !rowMatches(image, values, expected.at("mid_row"), image.geometry.size.y / 2)) return false;
  return isFloat(values) || !expected.contains("crc32") || test::crcOfValues(values) == expected.at("crc32").get<std::string>();
}

/// What the file's values should be: the entry, or one of its alternatives; palettes as colours.
void expectValues(const DecodedImage& decoded, const Json& entry, const std::string& name) {
  const PixelValues values = inFileOrder(decoded);
  if (entry.contains("palette_rgb8")) {
    EXPECT_TRUE(valuesMatch(decoded.image, values, entry.at("palette_rgb8"))) << name;
    return;
  }
  bool matches = valuesMatch(decoded.image, values, entry);
  if (entry.contains("alternatives"))
    for (const auto& other : entry.at("alternatives")) matches = matches || valuesMatch(decoded.image, values, other);
  const auto got = test::totals(values);
  EXPECT_TRUE(matches) << name << ": min " << got.minimum << " max " << got.maximum << " sum " << std::to_string(got.sum) << ", expected "
                       << entry.at("min") << " " << entry.at("max") << " " << entry.at("sum") << " " << entry.value("transfer_syntax", "")
                       << " " << entry.value("photometric", "");
}

void expectSpacing(const Geometry& geometry, const Json& entry, const std::string& name) {
  const std::string source = entry.at("spacing_source").get<std::string>();
  const std::string wanted = source == "functional group"             ? toString(SpacingSource::FunctionalGroup)
                             : source == "PixelSpacing"               ? toString(SpacingSource::PixelSpacing)
                             : source == "ImagerPixelSpacing"         ? toString(SpacingSource::ImagerPixelSpacing)
                             : source == "NominalScannedPixelSpacing" ? toString(SpacingSource::NominalScannedPixelSpacing)
                                                                      : toString(SpacingSource::None);
  EXPECT_EQ(toString(geometry.spacingSource), wanted) << name;
  if (entry.at("spacing").is_null()) return;
  EXPECT_NEAR(geometry.spacingMm[1], entry.at("spacing")[0].get<double>(), 1e-6) << name;
  EXPECT_NEAR(geometry.spacingMm[0], entry.at("spacing")[1].get<double>(), 1e-6) << name;
}

void expectModality(const StoredImage& image, const Json& entry, const std::string& name) {
  const Json& transform = entry.at("modality_transform");
  if (transform.is_null()) {
    EXPECT_TRUE(std::holds_alternative<std::monostate>(image.modality)) << name;
    return;
  }
  if (transform.contains("type")) {
    const auto* table = std::get_if<LookupTable>(&image.modality);
    ASSERT_NE(table, nullptr) << name;
    EXPECT_EQ(static_cast<std::int64_t>(table->entries.size()), transform.at("entries").get<std::int64_t>()) << name;
    EXPECT_EQ(table->firstMapped, transform.at("first").get<std::int64_t>()) << name;
    EXPECT_EQ(table->bitsPerEntry, transform.at("bits").get<int>()) << name;
    for (std::size_t index = 0; index < transform.at("lut_first4").size(); ++index)
      EXPECT_EQ(table->entries[index], transform.at("lut_first4")[index].get<int>()) << name;
    return;
  }
  const auto* rescale = std::get_if<Rescale>(&image.modality);
  ASSERT_NE(rescale, nullptr) << name;
  EXPECT_DOUBLE_EQ(rescale->slope, transform.at("slope").get<double>()) << name;
  EXPECT_DOUBLE_EQ(rescale->intercept, transform.at("intercept").get<double>()) << name;
}

void expectWindows(const StoredImage& image, const Json& entry, const std::string& name) {
  const Json& windows = entry.at("voi_windows");
  ASSERT_EQ(image.windows.size(), windows.size()) << name;
  for (std::size_t index = 0; index < windows.size(); ++index) {
    EXPECT_DOUBLE_EQ(image.windows[index].center, windows[index].at("center").get<double>()) << name;
    EXPECT_DOUBLE_EQ(image.windows[index].width, windows[index].at("width").get<double>()) << name;
    const Json& function = windows[index].at("function");
    EXPECT_EQ(image.windows[index].function, windowFunctionFromString(function.is_null() ? "LINEAR" : function.get<std::string>())) << name;
    const Json& explanation = windows[index].at("explanation");
    EXPECT_EQ(image.windows[index].explanation, explanation.is_null() ? "" : explanation.get<std::string>()) << name;
  }
  EXPECT_EQ(image.voiLuts.size(), entry.at("voi_luts").get<std::size_t>()) << name;
}

void expectPadding(const DecodedImage& decoded, const Json& entry, const std::string& name) {
  if (!entry.contains("pixel_padding") || decoded.image.channels == 3) return;
  ASSERT_TRUE(decoded.image.padding) << name;
  EXPECT_DOUBLE_EQ(decoded.image.padding->value, entry.at("pixel_padding").at("value").get<double>()) << name;
  std::int64_t inside = 0;
  const double other = decoded.image.padding->limit.value_or(decoded.image.padding->value);
  const double low = std::min(decoded.image.padding->value, other), high = std::max(decoded.image.padding->value, other);
  for (std::size_t index = 0; index < valueCount(decoded.image.values); ++index) {
    const double value = valueAt(decoded.image.values, index);
    inside += value >= low && value <= high ? 1 : 0;
  }
  EXPECT_EQ(inside, entry.at("pixel_padding").at("pixels").get<std::int64_t>()) << name;
}

void expectFacts(const DecodedImage& decoded, const Json& entry, const std::string& name) {
  const StoredImage& image = decoded.image;
  const auto text = [&entry](const char* key) {
    return entry.contains(key) && entry.at(key).is_string() ? entry.at(key).get<std::string>() : std::string();
  };
  EXPECT_EQ(image.geometry.size.x, entry.at("columns").get<std::int64_t>()) << name;
  EXPECT_EQ(image.geometry.size.y, entry.at("rows").get<std::int64_t>()) << name;
  if (entry.contains("frames") && entry.at("frames").is_number()) {
    EXPECT_EQ(image.geometry.size.z, entry.at("frames").get<std::int64_t>()) << name;
  }
  EXPECT_EQ(image.photometric == Photometric::Monochrome1, text("photometric") == "MONOCHROME1") << name;
  EXPECT_EQ(image.modalityWord, text("modality")) << name;
  EXPECT_EQ(image.bodyPart, text("body_part")) << name;
  const std::string image_side = text("image_laterality"), side = text("laterality");
  if (!image_side.empty() || !side.empty()) {
    EXPECT_EQ(image.laterality, image_side.empty() ? side : image_side) << name;
  }
  EXPECT_EQ(image.burnedInAnnotation, text("burned_in_annotation") == "YES") << name;
  EXPECT_EQ(decoded.patient.hasPatientId, entry.at("has_patient_id").get<bool>()) << name;
  EXPECT_EQ(decoded.patient.patientKey.size(), 64U) << name;
  if (text("presentation_lut_shape") == "INVERSE") {
    EXPECT_EQ(image.presentation, PresentationShape::Inverse) << name;
  }
  if (entry.contains("frame_geometry") && image.source.value("is_volume", false)) {
    const auto along = entry.at("frame_geometry").at("position_along_normal").get<std::vector<double>>();
    const auto order = image.source.at("frame_order").get<std::vector<std::size_t>>();
    for (std::size_t index = 1; index < order.size(); ++index) EXPECT_LT(along[order[index - 1]], along[order[index]]) << name;
    EXPECT_NEAR(image.geometry.spacingMm[2], (along[order.back()] - along[order.front()]) / static_cast<double>(order.size() - 1), 1e-4)
        << name;
  }
}

TEST(DicomData, EveryFileHasTheExpectedValuesOrIsRefused) {
  if (dataFolder().empty()) GTEST_SKIP() << "no shared data";
  DecodeClient client(test::workerOptions());
  int read = 0, refused = 0;
  const Json expected = expectedDicom();
  for (const auto& [name, entry] : expected.at("files").items()) {
    try {
      const DecodedImage decoded = client.decode(dataFolder() / name);
      ASSERT_TRUE(entry.at("readable").get<bool>()) << name << " was read, but nobody can read it";
      ++read;
      expectValues(decoded, entry, name);
      expectSpacing(decoded.image.geometry, entry, name);
      if (decoded.image.channels == 1) expectModality(decoded.image, entry, name);
      expectWindows(decoded.image, entry, name);
      expectPadding(decoded, entry, name);
      expectFacts(decoded, entry, name);
    } catch (const Error& error) {
      EXPECT_FALSE(entry.at("readable").get<bool>()) << name << " was refused: " << error.what();
      EXPECT_EQ(error.kind(), ErrorKind::BadInput) << name;
      ++refused;
    }
  }
  EXPECT_EQ(client.workersStarted(), 1) << "a file brought its decoder down";
  std::cout << "read " << read << ", refused " << refused << "\n";
}

TEST(DicomData, ObjectsWithoutPixelsAreRefusedWithASentence) {
  if (dataFolder().empty()) GTEST_SKIP() << "no shared data";
  DecodeClient client(test::workerOptions());
  const Json expected = expectedDicom();
  for (const auto& [name, entry] : expected.at("without_pixel_data").items()) {
    const std::string sentence = test::refusal(client, dataFolder() / name);
    EXPECT_NE(sentence.find("cannot be read"), std::string::npos) << name << ": " << sentence;
  }
  EXPECT_EQ(client.workersStarted(), 1);
}

TEST(DicomData, ProbesAgreeWithDecoding) {
  if (dataFolder().empty()) GTEST_SKIP() << "no shared data";
  DecodeClient client(test::workerOptions());
  std::vector<std::filesystem::path> paths;
  std::vector<Json> entries;
  const Json expected = expectedDicom();
  for (const auto& [name, entry] : expected.at("files").items()) {
    if (!entry.at("readable").get<bool>()) continue;
    paths.push_back(dataFolder() / name);
    entries.push_back(entry);
  }
  std::size_t seen = 0;
  const auto results = client.probe(paths, [&seen](std::size_t done) { seen = done; });
  ASSERT_EQ(results.size(), paths.size());
  EXPECT_EQ(seen, paths.size());
  for (std::size_t index = 0; index < paths.size(); ++index) {
    const auto* probe = std::get_if<ImageProbe>(&results[index]);
    ASSERT_NE(probe, nullptr) << paths[index] << ": " << std::get<Error>(results[index]).what();
    EXPECT_EQ(probe->size.x, entries[index].at("columns").get<std::int64_t>()) << paths[index];
    EXPECT_EQ(probe->size.y, entries[index].at("rows").get<std::int64_t>()) << paths[index];
    EXPECT_EQ(probe->patient.hasPatientId, entries[index].at("has_patient_id").get<bool>()) << paths[index];
    expectSpacing(Geometry{.spacingMm = probe->spacingMm, .spacingSource = probe->spacingSource}, entries[index], paths[index].string());
  }
}

TEST(DicomData, SeriesAreSortedByPosition) {
  if (dataFolder().empty()) GTEST_SKIP() << "no shared data";
  DecodeClient client(test::workerOptions());
  const Json expected = expectedDicom();
  for (const auto& [name, entry] : expected.at("series").items()) {
    SCOPED_TRACE(name);
    const auto wanted = entry.at("order").get<std::vector<std::string>>();
    std::vector<std::filesystem::path> files;
    for (const auto& file : wanted) files.push_back(dataFolder() / name / file);
    std::sort(files.begin(), files.end());
    const DecodedImage volume = client.decode(DecodeRequest{.paths = files});
    const auto order = volume.image.source.at("slice_order").get<std::vector<std::size_t>>();
    ASSERT_EQ(order.size(), wanted.size());
    for (std::size_t slice = 0; slice < order.size(); ++slice) EXPECT_EQ(files[order[slice]].filename().string(), wanted[slice]);
    const Geometry& geometry = volume.image.geometry;
    EXPECT_EQ((std::vector<std::int64_t>{geometry.size.x, geometry.size.y, geometry.size.z}),
              entry.at("shape_xyz").get<std::vector<std::int64_t>>());
    for (std::size_t axis = 0; axis < 3; ++axis) {
      EXPECT_NEAR(geometry.spacingMm[axis], entry.at("spacing_xyz")[axis].get<double>(), 1e-4);
      EXPECT_NEAR(geometry.originMm[axis], entry.at("origin_lps")[axis].get<double>(), 1e-3);
      for (std::size_t part = 0; part < 3; ++part)
        EXPECT_NEAR(geometry.direction[3 * part + axis], entry.at("direction_lps_columns")[axis][part].get<double>(), 2e-4);
    }
    const auto* rescale = std::get_if<Rescale>(&volume.image.modality);
    const double slope = rescale ? rescale->slope : 1, intercept = rescale ? rescale->intercept : 0;
    const auto sums = entry.at("slice_sums_in_order").get<std::vector<double>>();
    const std::size_t slice = valueCount(volume.image.values) / sums.size();
    for (std::size_t index = 0; index < sums.size(); ++index) {
      double sum = 0;
      for (std::size_t pixel = 0; pixel < slice; ++pixel) sum += slope * valueAt(volume.image.values, index * slice + pixel) + intercept;
      EXPECT_NEAR(sum, sums[index], 0.5) << "slice " << index;
    }
    const bool uneven =
        std::any_of(volume.warnings.begin(), volume.warnings.end(), [](const Warning& warning) { return warning.code == "uneven-slices"; });
    EXPECT_EQ(uneven, !entry.at("uniform").get<bool>());
  }
}

TEST(DicomData, AFolderIsASeriesAndTwoSeriesInOneAreRefused) {
  if (dataFolder().empty()) GTEST_SKIP() << "no shared data";
  DecodeClient client(test::workerOptions());
  EXPECT_EQ(client.decode(dataFolder() / "dicom/mr_series/HCrop").image.geometry.size, (Size{35, 51, 32}));
  EXPECT_NE(test::refusal(client, dataFolder() / "dicom/cornerstone").find("series"), std::string::npos);
  EXPECT_NE(test::refusal(client, dataFolder() / "teeth").find("no DICOM"), std::string::npos);
}

}  // namespace
}  // namespace roundel
