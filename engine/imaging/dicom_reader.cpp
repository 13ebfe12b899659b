#include "imaging/dicom_reader.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "core/files.h"
#include "imaging/dicom_facts.h"
#include "imaging/dicom_frames.h"
#include "imaging/dicom_segmentation.h"

namespace roundel {
namespace {

Json sourceOf(const DicomFile& dicom, const DicomLayout& layout) {
  const DicomDataset& data = dicom.dataset;
  Json source{{"format", "dicom"},
              {"transfer_syntax", dicom.transferSyntax},
              {"sop_class", data.text(0x00080016)},
              {"photometric", layout.photometric},
              {"bits_allocated", layout.bitsAllocated},
              {"manufacturer", data.text(0x00080070)},
              {"model", data.text(0x00081090)},
              {"view_position", data.text(0x00185101)},
              {"patient_orientation", data.texts(0x00200020)}};
  if (dicom.transferSyntaxAssumed) source["transfer_syntax_assumed"] = true;
  if (const auto scaling = data.number(0x3004000E)) source["dose_grid_scaling"] = *scaling;
  return source;
}

/// Frames put in a new order; frames left out of `order` are gone.
void reorder(PixelValues& values, const std::vector<std::size_t>& order, std::size_t frameValues) {
  std::visit(
      [&](auto& typed) {
        std::decay_t<decltype(typed)> sorted(order.size() * frameValues);
        for (std::size_t slice = 0; slice < order.size(); ++slice)
          std::copy_n(typed.begin() + static_cast<std::ptrdiff_t>(order[slice] * frameValues), frameValues,
                      sorted.begin() + static_cast<std::ptrdiff_t>(slice * frameValues));
        typed = std::move(sorted);
      },
      values);
}

/// Values of the modality as floats, with a rescale a frame.
void rescaleFrames(StoredImage& image, const std::vector<Rescale>& rescales, std::size_t frameValues) {
  std::vector<float> out(valueCount(image.values));
  std::visit(
      [&](const auto& typed) {
        for (std::size_t index = 0; index < typed.size(); ++index) {
          const Rescale& rescale = rescales[index / frameValues];
          out[index] = static_cast<float>(rescale.slope * static_cast<double>(typed[index]) + rescale.intercept);
        }
      },
      image.values);
  image.values = std::move(out);
  image.bitsStored = 32;
  image.modality = {};
  image.padding.reset();
  image.source["rescaled_by_slice"] = true;
}

void placeFrames(DecodedImage& decoded, const DicomScopes& scopes, const DicomLayout& layout, std::vector<Rescale>& rescales) {
  StoredImage& image = decoded.image;
  const auto planes = readPlanes(scopes, layout.frames);
  if (planes.empty()) return;
  SliceOrder order = orderSlices(planes);
  if (layout.frames > 1) {
    // Two frames at one place are time steps, echoes or segments: no volume, and none of them may be lost.
    const bool volume = order.isVolume && order.order.size() == planes.size();
    image.source["is_volume"] = volume;
    if (!volume) {
      if (order.isVolume)
        decoded.warnings.push_back(
            {.code = "no-volume", .caseName = {}, .message = "Several frames lie at one place; they are kept in the order of the file."});
      return;
    }
    image.source["frame_order"] = order.order;
    reorder(image.values, order.order, valueCount(image.values) / planes.size());
    if (!rescales.empty()) {
      std::vector<Rescale> sorted;
      for (const auto index : order.order) sorted.push_back(rescales[index]);
      rescales = std::move(sorted);
    }
  }
  image.source["oriented"] = true;
  placeSlices(image.geometry, planes[order.order.front()], order);
  decoded.warnings.insert(decoded.warnings.end(), order.warnings.begin(), order.warnings.end());
}

/// One slice of a series before it is decoded.
struct SeriesSlice {
  std::size_t index = 0;
  SlicePlacement plane;
  std::int64_t columns = 0, rows = 0;
  int samples = 1;
};

SeriesSlice readSlice(const std::vector<std::filesystem::path>& paths, std::size_t index, const DecodeContext& context,
                      std::string& series) {
  const SourceFile file(paths[index]);
  if (!looksLikeDicom(file.bytes())) file.refuse("it is no DICOM file");
  const DicomFile dicom = openDicom(file, context);
  const DicomLayout layout = readLayout(file, dicom);
  if (layout.frames > 1) file.refuse("it holds several frames, so it is no slice of a series", "Open it by itself.");
  const std::string uid = dicom.dataset.text(0x0020000E);
  if (index == 0) series = uid;
  if (uid != series) file.refuse("it belongs to another series than the first file", "Give the files of one series at a time.");
  const auto planes = readPlanes(DicomScopes(dicom.dataset), 1);
  if (planes.empty()) file.refuse("it does not say where its slice lies, so the series cannot be sorted");
  return {.index = index, .plane = planes.front(), .columns = layout.columns, .rows = layout.rows, .samples = layout.samples};
}

void append(PixelValues& volume, const PixelValues& slice, const SourceFile& file) {
  if (volume.index() != slice.index()) file.refuse("its pixels are of another type than those of the other slices");
  std::visit(
      [&slice](auto& typed) {
        const auto& more = std::get<std::decay_t<decltype(typed)>>(slice);
        typed.insert(typed.end(), more.begin(), more.end());
      },
      volume);
}

}  // namespace

DecodedImage readDicom(const SourceFile& file, const DecodeContext& context) {
  const DicomFile dicom = openDicom(file, context);
  const DicomLayout layout = readLayout(file, dicom);
  DicomPixels pixels = decodePixels(file, context, dicom, layout);
  const DicomScopes scopes(dicom.dataset);

  DecodedImage decoded{.format = "dicom", .warnings = std::move(pixels.warnings)};
  StoredImage& image = decoded.image;
  image.values = std::move(pixels.values);
  image.channels = pixels.channels;
  image.bitsStored = pixels.bitsStored;
  image.photometric = pixels.photometric;
  image.geometry.size = {layout.columns, layout.rows, layout.frames};
  image.source = sourceOf(dicom, layout);
  if (!pixels.palette.is_null()) image.source["palette"] = pixels.palette;
  readSpacing(image.geometry, scopes);
  std::vector<Rescale> rescales;
  readFacts(image, dicom, layout, scopes, rescales);
  placeFrames(decoded, scopes, layout, rescales);
  std::vector<std::size_t> frameOrder;
  if (image.source.contains("frame_order")) frameOrder = image.source["frame_order"].get<std::vector<std::size_t>>();
  if (Json segmentation = segmentationOf(dicom, scopes, readPlanes(scopes, layout.frames), frameOrder, context.salt);
      !segmentation.is_null())
    image.source["segmentation"] = std::move(segmentation);
  if (image.channels == 3) image.padding.reset();
  if (!rescales.empty() && image.channels == 1) rescaleFrames(image, rescales, valueCount(image.values) / rescales.size());
  if (image.burnedInAnnotation)
    decoded.warnings.push_back(
        {.code = "burned-in-text", .caseName = {}, .message = "The file says that text is burnt into its pixels; it may name a patient."});
  decoded.patient = readPatient(dicom.dataset, context.salt, file.path());
  decoded.seriesKey = readSeriesKey(dicom.dataset, context.salt);
  return decoded;
}

ImageProbe probeDicom(const SourceFile& file, const DecodeContext& context) {
  const DicomFile dicom = openDicom(file, context);
  const DicomLayout layout = readLayout(file, dicom);
  const DicomDataset& data = dicom.dataset;
  const DicomScopes scopes(data);
  Geometry geometry;
  readSpacing(geometry, scopes);
  // Where a volume of frames begins is known once they are in order: `readDicom` says it.
  const auto planes = layout.frames == 1 ? readPlanes(scopes, 1) : std::vector<SlicePlacement>();
  if (!planes.empty()) placeSlices(geometry, planes.front(), {});
  StoredImage facts;
  std::vector<Rescale> rescales;
  readFacts(facts, dicom, layout, scopes, rescales);
  return {.format = "dicom",
          .size = {layout.columns, layout.rows, layout.frames},
          .channels = layout.isPalette() ? 3 : layout.samples,
          .spacingSource = geometry.spacingSource,
          .spacingMm = geometry.spacingMm,
          .originMm = geometry.originMm,
          .direction = geometry.direction,
          .oriented = !planes.empty(),
          .modalityWord = facts.modalityWord,
          .seriesNumber = static_cast<int>(std::clamp(data.number(0x00200011).value_or(-1), -1.0, 1e9)),
          .laterality = facts.laterality,
          .bodyPart = facts.bodyPart,
          .burnedInAnnotation = facts.burnedInAnnotation,
          .patient = readPatient(data, context.salt, file.path()),
          .seriesKey = readSeriesKey(data, context.salt)};
}

DecodedImage readDicomSeries(const std::vector<std::filesystem::path>& paths, const DecodeContext& context) {
  std::vector<SeriesSlice> slices;
  std::string series;
  for (std::size_t index = 0; index < paths.size(); ++index) slices.push_back(readSlice(paths, index, context, series));
  const SourceFile firstFile(paths.front());
  std::vector<SlicePlacement> planes;
  for (const auto& slice : slices) {
    if (slice.columns != slices.front().columns || slice.rows != slices.front().rows || slice.samples != slices.front().samples)
      SourceFile(paths[slice.index]).refuse("its slice has another size than the first one");
    planes.push_back(slice.plane);
  }
  const SliceOrder order = orderSlices(planes);
  if (planes.size() > 1 && !order.isVolume)
    firstFile.refuse("the slices of this series do not lie behind one another, so they are no volume");
  std::uint64_t all = 0;
  for (const auto& path : paths) all += SourceFile(path).size();
  const auto perPixel = static_cast<std::uint64_t>(2 * slices.front().samples);
  const std::uint64_t need = static_cast<std::uint64_t>(slices.front().columns * slices.front().rows) * perPixel * order.order.size();
  if (need > context.limits.largestImageBytes || need / 4096 > all) firstFile.refuse("its series asks for more pixels than can be read");
  if (context.onNeed) context.onNeed(need);
  DecodeContext perSlice = context;
  perSlice.onNeed = {};

  DecodedImage volume;
  std::vector<Rescale> rescales;
  bool differ = false;
  for (const auto index : order.order) {
    const SourceFile file(paths[index]);
    DecodedImage slice = readDicom(file, perSlice);
    const auto* rescale = std::get_if<Rescale>(&slice.image.modality);
    rescales.push_back(rescale ? *rescale : Rescale{});
    differ = differ || !(rescales.back() == rescales.front());
    if (rescales.size() == 1) {
      volume = std::move(slice);
      std::visit([&](auto& typed) { typed.reserve(typed.size() * order.order.size()); }, volume.image.values);
    } else {
      append(volume.image.values, slice.image.values, file);
    }
  }
  volume.format = "dicom-series";
  volume.image.source["oriented"] = true;
  volume.image.geometry.size.z = static_cast<std::int64_t>(order.order.size());
  placeSlices(volume.image.geometry, planes[order.order.front()], order);
  volume.warnings.insert(volume.warnings.end(), order.warnings.begin(), order.warnings.end());
  volume.image.source["slice_order"] = order.order;
  if (differ && volume.image.channels == 1) rescaleFrames(volume.image, rescales, valueCount(volume.image.values) / rescales.size());
  return volume;
}

std::vector<std::filesystem::path> seriesFiles(const std::filesystem::path& folder, const DecodeContext& context) {
  std::vector<std::filesystem::path> files;
  std::vector<std::string> series;
  std::error_code failure;
  for (std::filesystem::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    if (!at->is_regular_file(failure)) continue;
    try {
      const SourceFile file(at->path());
      if (!looksLikeDicom(file.bytes())) continue;
      const DicomFile dicom = openDicom(file, context);
      if (!dicom.dataset.pixelElement()) continue;
      readLayout(file, dicom);
      series.push_back(dicom.dataset.text(0x0020000E));
      files.push_back(at->path());
    } catch (const Error&) {
      continue;  // not a slice
    }
  }
  const std::string name = displayPath(folder.filename());
  if (failure)
    throw Error(ErrorKind::BadInput, "unreadable-image", "The folder " + name + " cannot be read: " + failure.message() + ".",
                {.path = displayPath(folder)});
  if (files.empty())
    throw Error(ErrorKind::BadInput, "unreadable-image", "The folder " + name + " holds no DICOM slices.", {.path = displayPath(folder)});
  std::sort(series.begin(), series.end());
  const auto kinds = std::unique(series.begin(), series.end()) - series.begin();
  if (kinds > 1)
    throw Error(ErrorKind::BadInput, "several-series", "The folder " + name + " holds " + std::to_string(kinds) + " DICOM series.",
                {.path = displayPath(folder), .remedy = "Put each series into a folder of its own."});
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace roundel
