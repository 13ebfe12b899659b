#include "cli/prediction_writer.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "core/files.h"
#include "exchange/image_names.h"
#include "exchange/label_map.h"
#include "imaging/image_writer.h"

namespace roundel::cli {
namespace {

/// COCO's uncompressed run lengths: column by column, beginning with the length outside.
Json columnRuns(const Mask& mask) {
  const auto bytes = mask.toBytes();
  const Size size = mask.size();
  Json counts = Json::array();
  std::int64_t length = 0;
  std::uint8_t inside = 0;
  for (std::int64_t x = 0; x < size.x; ++x)
    for (std::int64_t y = 0; y < size.y; ++y) {
      const std::uint8_t here = bytes[static_cast<std::size_t>(y * size.x + x)];
      if (here != inside) {
        counts.push_back(length);
        length = 0;
        inside = here;
      }
      ++length;
    }
  counts.push_back(length);
  return counts;
}

}  // namespace

PredictionWriter::PredictionWriter(std::filesystem::path folder, LabelSet classes)
    : m_folder(std::move(folder)), m_classes(std::move(classes)) {
  std::error_code code;
  if (std::filesystem::exists(m_folder, code) && !std::filesystem::is_empty(m_folder, code) &&
      !std::filesystem::exists(m_folder / "predictions.json", code))
    throw Error(ErrorKind::BadInput, "folder-not-empty",
                displayPath(m_folder) + " holds other files; predictions go into a folder of their own.",
                {.path = displayPath(m_folder), .remedy = "Give --out a new folder."});
  std::filesystem::create_directories(m_folder / "labels", code);
  if (code)
    throw Error(ErrorKind::Locked, "not-writable", "Cannot make the folder " + displayPath(m_folder) + ": " + code.message() + ".",
                {.path = displayPath(m_folder)});
  writeDocument();  // a folder whose predictions were stopped is known again
  for (const auto& entry : std::filesystem::directory_iterator(m_folder / "labels", code))
    if (entry.path().extension() == ".png") std::filesystem::remove(entry.path(), code);
}

std::string PredictionWriter::nameFor(const std::filesystem::path& image) {
  const std::string stem = sanitisedUtf8(imageStem(image)), folder = sanitisedUtf8(image.parent_path().filename().native());
  std::string name = stem;
  if (m_names.contains(name) && !folder.empty()) name = folder + "-" + stem;
  const std::string base = name;
  for (int number = 2; m_names.contains(name); ++number) name = base + "-" + std::to_string(number);
  m_names.insert(name);
  return name;
}

void PredictionWriter::add(const std::string& name, const std::string& source, std::span<const Mask> masks, Job& job) {
  const Size size = masks.front().size();
  std::vector<std::size_t> order(masks.size());  // large first, so that the small one is on top
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return masks[a].area() > masks[b].area(); });
  std::vector<std::uint8_t> map(static_cast<std::size_t>(size.count()), 0);
  std::int64_t sum = 0;
  Json classes = Json::array();
  const bool fits = classesFit();
  for (const std::size_t c : order)
    if (fits) masks[c].paintInto(map, static_cast<std::uint8_t>(m_classes[static_cast<int>(c)].id));
  for (std::size_t c = 0; c < masks.size(); ++c) {
    if (masks[c].empty()) continue;
    sum += masks[c].area();
    const PixelBox box = masks[c].bounds();
    m_annotations.push_back({{"id", m_annotations.size() + 1},
                             {"image_id", m_count + 1},
                             {"category_id", m_classes[static_cast<int>(c)].id},
                             {"iscrowd", 1},
                             {"area", masks[c].area()},
                             {"bbox", {box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0}},
                             {"segmentation", {{"size", {size.y, size.x}}, {"counts", columnRuns(masks[c])}}}});
    classes.push_back({{"class", m_classes[static_cast<int>(c)].name}, {"area", masks[c].area()}});
  }
  Json written = {{"image", source}, {"classes", std::move(classes)}, {"labels", nullptr}};
  if (fits) {
    std::vector<Colour> palette(256, Colour{0, 0, 0});
    for (const auto& one : m_classes.classes()) palette[static_cast<std::size_t>(one.id)] = one.colour;
    const auto path = m_folder / "labels" / (name + ".png");
    writeIndexedPng(path, size.x, size.y, map, palette);
    written["labels"] = displayPath(path);
    const auto painted = static_cast<std::int64_t>(std::count_if(map.begin(), map.end(), [](std::uint8_t value) { return value != 0; }));
    if (sum > painted)
      job.warning({.code = "overlap-lost",
                   .caseName = name,
                   .message = "Classes overlap; the label map shows one class a pixel and lost " + std::to_string(sum - painted) +
                              " pixels. predictions.json has all of them."});
  }
  ++m_count;
  m_images.push_back({{"id", m_count}, {"file_name", source}, {"width", size.x}, {"height", size.y}});
  m_result.push_back(std::move(written));
}

void PredictionWriter::addVolume(const std::string& name, const std::string& source, const Geometry& geometry, std::span<const Mask> masks,
                                 Job& job) {
  std::vector<std::size_t> order(masks.size());  // large first, so that the small one is on top
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return masks[a].area() > masks[b].area(); });
  std::vector<std::uint16_t> map(static_cast<std::size_t>(geometry.size.count()), 0);
  std::int64_t sum = 0;
  Json classes = Json::array();
  for (const std::size_t c : order)
    for (const auto& run : masks[c].runs())
      std::fill_n(map.begin() + run.start, run.length, static_cast<std::uint16_t>(m_classes[static_cast<int>(c)].id));
  for (std::size_t c = 0; c < masks.size(); ++c) {
    sum += masks[c].area();
    if (!masks[c].empty()) classes.push_back({{"class", m_classes[static_cast<int>(c)].name}, {"area", masks[c].area()}});
  }
  const auto path = m_folder / "labels" / (name + ".nii.gz");
  const auto painted = static_cast<std::int64_t>(std::count_if(map.begin(), map.end(), [](std::uint16_t value) { return value != 0; }));
  writeNifti(path, geometry, map, NiftiIntent::Labels);
  Json written = {{"image", source}, {"classes", std::move(classes)}, {"labels", displayPath(path)}, {"masks", Json::array()}};
  if (sum > painted) {
    job.warning({.code = "overlap-lost",
                 .caseName = name,
                 .message = "Classes overlap; the label map shows one class a voxel and lost " + std::to_string(sum - painted) +
                            " voxels. The folder masks has each class whole."});
    std::filesystem::create_directories(m_folder / "masks" / name);
    for (std::size_t c = 0; c < masks.size(); ++c) {
      const auto own = m_folder / "masks" / name / (std::to_string(m_classes[static_cast<int>(c)].id) + ".nii.gz");
      writeNifti(own, geometry, masks[c].toBytes(), NiftiIntent::Labels);
      written["masks"].push_back(displayPath(own));
    }
  }
  ++m_count;
  m_result.push_back(std::move(written));
}

bool PredictionWriter::classesFit() const {
  return std::all_of(m_classes.classes().begin(), m_classes.classes().end(), [](const LabelClass& one) { return one.id < 256; });
}

void PredictionWriter::writeDocument() const {
  Json categories = Json::array();
  for (const auto& one : m_classes.classes()) categories.push_back({{"id", one.id}, {"name", one.name}});
  writeFileAtomically(m_folder / "predictions.json",
                      Json{{"images", m_images}, {"annotations", m_annotations}, {"categories", std::move(categories)}}.dump(
                          -1, ' ', false, Json::error_handler_t::replace));
}

Json PredictionWriter::finish() {
  writeDocument();
  if (classesFit()) writeClassTable(m_folder / "labels", {.classes = m_classes});
  return {{"images", m_result}, {"coco", displayPath(m_folder / "predictions.json")}};
}

}  // namespace roundel::cli
