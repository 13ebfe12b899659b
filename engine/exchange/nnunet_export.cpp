#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "exchange/export_losses.h"
#include "exchange/label_map.h"
#include "exchange/nnunet_format.h"
#include "exchange/picture_files.h"

namespace roundel {
namespace {

/// nnU-Net normalises a channel named CT by the values inside the labels of the whole data set, every other one case by case.
std::string channelName(bool volumes, const std::set<std::string>& modalities) {
  if (!volumes) return "grey";
  return modalities.size() == 1 && !modalities.begin()->empty() ? *modalities.begin() : "image";
}

/// Numbers of a label map for sets of classes: class c alone is c + 1; every set that meets in a pixel gets a number above. nnU-Net v2
/// reads a class that is several numbers as a region and learns regions one by one, so that nothing of an overlap is lost.
class RegionNumbers {
 public:
  explicit RegionNumbers(int classes) : m_classes(classes) {}

  /// Notes the sets that meet in a case. All cases come first, then number() may be called.
  void note(const Annotation& annotation) {
    for (const auto& set : setsOf(annotation, nullptr))
      if (set.size() > 1) m_numbers.emplace(set, 0);
  }
  void finish() {
    std::uint32_t next = static_cast<std::uint32_t>(m_classes) + 1;
    for (auto& [set, number] : m_numbers) number = next++;
    if (next > 65534)
      throw Error(ErrorKind::BadInput, "bad-classes", "So many classes and sets of classes that meet do not fit into a label map.",
                  {.remedy = "Export as COCO or class-masks."});
  }

  bool any() const { return !m_numbers.empty(); }
  /// nnU-Net wants it to be the highest.
  std::uint32_t ignoreNumber() const { return static_cast<std::uint32_t>(m_classes) + static_cast<std::uint32_t>(m_numbers.size()) + 1; }

  PixelValues values(const Annotation& annotation) const {
    std::vector<std::uint16_t> pixels;
    const auto sets = setsOf(annotation, &pixels);
    std::vector<std::uint16_t> numbers{0};
    for (std::size_t i = 1; i < sets.size(); ++i)
      numbers.push_back(
          static_cast<std::uint16_t>(sets[i].size() == 1 ? static_cast<std::uint32_t>(sets[i][0]) + 1 : m_numbers.at(sets[i])));
    for (auto& pixel : pixels) pixel = numbers[pixel];
    for (const auto& run : annotation.ignore.runs())
      std::fill_n(pixels.begin() + run.start, run.length, static_cast<std::uint16_t>(ignoreNumber()));
    if (ignoreNumber() > 255) return pixels;
    return std::vector<std::uint8_t>(pixels.begin(), pixels.end());
  }

  /// A number, or where it meets others the list of all its numbers.
  Json labelOf(int c) const {
    Json list = Json::array({c + 1});
    for (const auto& [set, number] : m_numbers)
      if (std::find(set.begin(), set.end(), c) != set.end()) list.push_back(number);
    return list.size() == 1 ? list[0] : list;
  }

 private:
  using Set = std::vector<int>;

  /// The sets of classes that pixels of a case belong to, the empty one first; `pixels`: the index of each pixel's set.
  static std::vector<Set> setsOf(const Annotation& annotation, std::vector<std::uint16_t>* pixels) {
    std::vector<std::uint16_t> at(static_cast<std::size_t>(annotation.size.count()), 0);
    std::vector<Set> sets{{}};
    for (std::size_t c = 0; c < annotation.classes.size(); ++c) {
      std::map<std::uint16_t, std::uint16_t> with;  // the set that an earlier one becomes
      if (annotation.classes[c].state != ClassState::Present) continue;
      for (const auto& run : annotation.classes[c].mask.runs())
        for (auto i = run.start; i < run.start + run.length; ++i) {
          std::uint16_t& set = at[static_cast<std::size_t>(i)];
          const auto [found, isNew] = with.emplace(set, static_cast<std::uint16_t>(sets.size()));
          if (isNew) {
            if (sets.size() == 65535) throw Error(ErrorKind::BadInput, "bad-classes", "Too many classes meet for a label map.");
            sets.push_back(sets[set]);
            sets.back().push_back(static_cast<int>(c));
          }
          set = found->second;
        }
    }
    // Sets on the way to larger ones may have no pixel of their own.
    std::vector<std::uint16_t> kept(sets.size(), 0);
    std::vector<bool> seen(sets.size(), false);
    for (const auto set : at) seen[set] = true;
    std::vector<Set> used{{}};
    for (std::size_t i = 1; i < sets.size(); ++i)
      if (seen[i]) {
        kept[i] = static_cast<std::uint16_t>(used.size());
        used.push_back(std::move(sets[i]));
      }
    if (pixels != nullptr) {
      for (auto& set : at) set = kept[set];
      *pixels = std::move(at);
    }
    return used;
  }

  int m_classes;
  std::map<Set, std::uint32_t> m_numbers;
};

/// The names that nnU-Net gives a meaning of its own are written with a line behind them.
std::string labelName(const std::string& name) { return name == "background" || name == "ignore" ? name + "_" : name; }

Json datasetDocument(const LabelSet& classes, const RegionNumbers& regions, bool ignore, int cases, const std::string& channel,
                     const std::string& ending) {
  Json labels = {{"background", 0}}, order = Json::array();
  for (int c = 0; c < classes.size(); ++c) {
    labels[labelName(classes[c].name)] = regions.labelOf(c);
    order.push_back(c + 1);
  }
  if (ignore) labels["ignore"] = regions.ignoreNumber();
  Json document = {{"channel_names", {{"0", channel}}},
                   {"labels", std::move(labels)},
                   {"numTraining", cases},
                   {"file_ending", ending},
                   {"description", "Exported by Roundel"}};
  if (regions.any()) document["regions_class_order"] = std::move(order);
  return document;
}

}  // namespace

ExportReport NnunetExport::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  ExportReport report;
  if (source.classes.size() > 65533) throw Error(ErrorKind::BadInput, "bad-classes", "So many classes do not fit into a label map.");
  RegionNumbers regions(source.classes.size());
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    regions.note(source.load(i).annotation);
  }
  regions.finish();
  const auto images = folder / "imagesTr", labels = folder / "labelsTr";
  std::filesystem::create_directories(images);
  std::filesystem::create_directories(labels);
  ClassTable table{.classes = source.classes};
  bool anyIgnore = false;
  const PictureFiles files(source);
  std::set<std::string> modalities;
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    const ExportedCase one = source.load(i);
    const std::string stem = fileNameOf(one.name);
    report.files.push_back(files.writeLabels(labels / stem, one.geometry, regions.values(one.annotation)));
    report.files.push_back(files.writePicture(images / (stem + "_0000"), source.picture(one)));
    modalities.insert(one.modality);
    anyIgnore = anyIgnore || !one.annotation.ignore.empty();
    if (auto names = notAnnotatedNames(one.annotation, source.classes); !names.empty()) table.notAnnotated[stem] = std::move(names);
    reportLosses(report, "nnU-Net", {.notAnnotated = FormatAbility::NotAnnotated::BecomesBackground}, one, source.classes, 0);
    ++report.cases;
    job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(source.count), "writing images and labels");
  }
  writeJsonAtomically(folder / "dataset.json", datasetDocument(source.classes, regions, anyIgnore, report.cases,
                                                               channelName(files.volumes(), modalities), files.ending()));
  writeClassTable(folder, table);
  report.files.push_back(folder / "dataset.json");
  report.files.push_back(folder / kClassTableName);
  return report;
}

}  // namespace roundel
