#include <CLI/CLI.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "cli/commands/commands.h"
#include "cli/seed_flag.h"
#include "core/error.h"
#include "core/files.h"
#include "exchange/run_length.h"
#include "imaging/image_writer.h"
#include "phantom/phantom.h"

namespace roundel::cli {
namespace {

namespace fs = std::filesystem;

struct PhantomFlags {
  std::string kind;
  std::string folder;
  std::int64_t cases = 20;
  std::uint64_t seed = 1;
  int width = 0, height = 0, depth = 0;  // 0: what suits the kind
  int classes = 0;
  int bits = 8;
  std::string labels = "none";
  std::vector<double> missing, ages, dose;
  double variation = -1, acquisition = -1, restorations = -1, casts = -1;  // below 0: what suits the kind
};

constexpr std::int64_t kMaximumCases = 1000000;

PhantomOptions optionsFrom(const PhantomFlags& flags, PhantomKind kind) {
  PhantomOptions options = defaultPhantomOptions(kind);
  if (flags.width != 0) options.width = flags.width;
  if (flags.height != 0) options.height = flags.height;
  if (flags.depth != 0) options.depth = flags.depth;
  options.classCount = flags.classes;
  if (flags.variation >= 0) options.variation = flags.variation;
  if (flags.acquisition >= 0) options.acquisition = flags.acquisition;
  if (!flags.missing.empty()) options.missingTeeth = {flags.missing[0], flags.missing[1]};
  if (!flags.ages.empty()) options.ageYears = {flags.ages[0], flags.ages[1]};
  if (!flags.dose.empty()) options.dose = {flags.dose[0], flags.dose[1]};
  if (flags.restorations >= 0) options.restorations = flags.restorations;
  if (flags.casts >= 0) options.casts = flags.casts;
  checkPhantomOptions(kind, options);
  return options;
}

Json planOf(PhantomKind kind, const PhantomOptions& options, const PhantomFlags& flags) {
  const auto range = [](PhantomRange one) { return Json::array({one.low, one.high}); };
  Json plan = {
      {"kind", toString(kind)}, {"seed", flags.seed}, {"cases", flags.cases}, {"width", options.width}, {"height", options.height}};
  if (kind == PhantomKind::Volume) plan["depth"] = options.depth;
  plan.update({{"classes", phantomClasses(kind, options.classCount).size()},
               {"variation", options.variation},
               {"acquisition", options.acquisition},
               {"missing_teeth", range(options.missingTeeth)},
               {"age_years", range(options.ageYears)},
               {"dose", range(options.dose)},
               {"restorations", options.restorations},
               {"casts", options.casts},
               {"bits", flags.bits},
               {"labels", flags.labels}});
  return plan;
}

/// An empty or new folder, or one that the same plan already began: then it is written again.
void prepareFolder(const fs::path& folder, const Json& plan) {
  std::error_code code;
  const bool used = fs::exists(folder, code) && (!fs::is_directory(folder, code) || !fs::is_empty(folder, code));
  const fs::path record = folder / "phantom.json";
  if (used && !(fs::exists(record, code) && readJson(record, std::uintmax_t{1} << 30).value("plan", Json()) == plan))
    throw Error(ErrorKind::BadInput, "folder-not-empty", "The folder " + displayPath(folder) + " already holds something else.",
                {.path = displayPath(folder), .remedy = "Name a new folder."});
  fs::create_directories(folder / "images");
  if (plan["labels"] != "none") fs::create_directories(folder / "labels");
  writeJsonAtomically(record, {{"schema", "roundel.phantom-study/1"}, {"complete", false}, {"plan", plan}});
}

/// What is kept of a case once its files are written.
struct WrittenCase {
  std::string image;    ///< entry of COCO's list of images
  std::string objects;  ///< entries of COCO's list of annotations, without their ids, one a line
  Json facts;
  std::int64_t overlapLost = 0;
};

/// Class ids by pixel; where classes overlap the first one wins. Adds the pixels that others lost to `lost`.
std::vector<std::uint8_t> labelMap(const PhantomCase& made, std::int64_t& lost) {
  std::vector<std::uint8_t> map(static_cast<std::size_t>(made.annotation.size.count()));
  for (int k = 0; k < made.classes.size(); ++k)
    for (const auto& run : made.annotation.classes[static_cast<std::size_t>(k)].mask.runs())
      for (std::int64_t i = run.start; i < run.start + run.length; ++i) {
        auto& pixel = map[static_cast<std::size_t>(i)];
        if (pixel != 0) ++lost;
        else pixel = static_cast<std::uint8_t>(made.classes[k].id);
      }
  return map;
}

std::vector<Colour> paletteOf(const LabelSet& classes) {
  std::vector<Colour> palette(1, Colour{0, 0, 0});
  for (const auto& one : classes.classes()) {
    if (static_cast<std::size_t>(one.id) >= palette.size()) palette.resize(static_cast<std::size_t>(one.id) + 1, Colour{0, 0, 0});
    palette[static_cast<std::size_t>(one.id)] = one.colour;
  }
  return palette;
}

/// COCO's entries of a radiograph: run lengths as they are, every class an object of its own, absent classes said to be absent.
void describeObjects(const PhantomCase& made, const std::string& file, std::int64_t imageId, WrittenCase& written) {
  Json absent = Json::array();
  for (int k = 0; k < made.classes.size(); ++k) {
    const auto& one = made.annotation.classes[static_cast<std::size_t>(k)];
    if (one.state == ClassState::Absent) absent.push_back(made.classes[k].id);
    if (one.state != ClassState::Present) continue;
    const PixelBox box = one.mask.bounds();
    const Json object = {{"image_id", imageId},
                         {"category_id", made.classes[k].id},
                         {"iscrowd", 0},
                         {"area", one.mask.area()},
                         {"bbox", {box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0}},
                         {"segmentation", {{"size", {made.annotation.size.y, made.annotation.size.x}}, {"counts", cocoCounts(one.mask)}}}};
    written.objects += object.dump() + "\n";
  }
  written.image = Json{{"id", imageId},
                       {"file_name", file},
                       {"width", made.annotation.size.x},
                       {"height", made.annotation.size.y},
                       {"roundel", {{"absent", absent}}}}
                      .dump();
}

WrittenCase writeRadiograph(const PhantomCase& made, const PhantomFlags& flags, std::int64_t index) {
  const fs::path folder = flags.folder;
  const std::string file = made.name + ".png";
  writeImagePng(folder / "images" / file, made.image, flags.bits == 16 ? GreyDepth::Sixteen : GreyDepth::Eight);
  WrittenCase written;
  describeObjects(made, file, index + 1, written);
  if (flags.labels == "indexed") {
    const auto map = labelMap(made, written.overlapLost);
    writeIndexedPng(folder / "labels" / file, made.image.width(), made.image.height(), map, paletteOf(made.classes));
  }
  return written;
}

WrittenCase writeVolume(const PhantomCase& made, const PhantomFlags& flags) {
  const fs::path folder = flags.folder;
  std::vector<std::uint16_t> grey;
  grey.reserve(made.image.values.size());
  for (const float value : made.image.values) grey.push_back(static_cast<std::uint16_t>(value * 4095.0F + 0.5F));
  WrittenCase written;
  writeNifti(folder / "images" / (made.name + ".nii.gz"), made.image.geometry, grey);
  writeNifti(folder / "labels" / (made.name + ".nii.gz"), made.image.geometry, labelMap(made, written.overlapLost));
  return written;
}

/// Makes and writes all cases on several threads; the calling one reports. The files do not depend on the number of threads.
std::vector<WrittenCase> writeCases(PhantomKind kind, const PhantomOptions& options, const PhantomFlags& flags, Context& context) {
  std::vector<WrittenCase> written(static_cast<std::size_t>(flags.cases));
  std::atomic<std::int64_t> next{0}, done{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::condition_variable finishedOne;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::int64_t index = next++; index < flags.cases && !stop; index = next++) {
      try {
        const PhantomCase made = makePhantom(kind, options, flags.seed, index);
        auto& one = written[static_cast<std::size_t>(index)];
        one = kind == PhantomKind::Volume ? writeVolume(made, flags) : writeRadiograph(made, flags, index);
        one.facts = {{"name", made.name}, {"facts", made.facts}};
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        stop = true;
      }
      ++done;
      finishedOne.notify_one();
    }
  };
  const unsigned wanted =
      context.options.threads > 0 ? static_cast<unsigned>(context.options.threads) : std::max(1U, std::thread::hardware_concurrency());
  const auto count = std::min<std::int64_t>({wanted, 256, flags.cases});
  {
    std::vector<std::jthread> threads;
    for (std::int64_t i = 0; i < count; ++i) threads.emplace_back(work);
    std::unique_lock lock(mutex);
    while (done < flags.cases && !stop) {
      finishedOne.wait_for(lock, std::chrono::milliseconds(100));
      lock.unlock();
      context.job.progress(done, flags.cases, "making phantoms");
      if (context.job.stopRequested()) stop = true;
      lock.lock();
    }
  }
  if (failure) std::rethrow_exception(failure);
  context.job.throwIfStopped();
  return written;
}

/// COCO's file, put together line by line: the study may have ten thousand pictures.
void writeCoco(const fs::path& path, const LabelSet& classes, const std::vector<WrittenCase>& cases) {
  std::string text = "{\"info\":{\"description\":\"Procedural phantoms with exact masks; classes overlap\"},\n\"categories\":[";
  for (int k = 0; k < classes.size(); ++k)
    text += std::string(k == 0 ? "\n" : ",\n") + Json{{"id", classes[k].id}, {"name", classes[k].name}}.dump();
  text += "],\n\"images\":[";
  for (std::size_t i = 0; i < cases.size(); ++i) text += (i == 0 ? "\n" : ",\n") + cases[i].image;
  text += "],\n\"annotations\":[";
  std::int64_t id = 0;
  for (const auto& one : cases)
    for (std::size_t start = 0, end; start < one.objects.size(); start = end + 1) {
      end = one.objects.find('\n', start);
      ++id;
      text += (id == 1 ? "\n{\"id\":" : ",\n{\"id\":") + std::to_string(id) + "," + one.objects.substr(start + 1, end - start - 1);
    }
  text += "]}\n";
  writeFileAtomically(path, text);
}

Outcome phantom(PhantomFlags flags, Context& context) {
  const PhantomKind kind = phantomKindFromString(flags.kind);
  if (flags.cases < 1 || flags.cases > kMaximumCases)
    throw Error(ErrorKind::Usage, "bad-option", "The number of cases is out of range.",
                {.remedy = "Give --cases a number from 1 to 1000000."});
  if (kind == PhantomKind::Volume) flags.labels = "indexed";
  const PhantomOptions options = optionsFrom(flags, kind);
  const Json plan = planOf(kind, options, flags);
  const fs::path folder = flags.folder;
  prepareFolder(folder, plan);
  const auto cases = writeCases(kind, options, flags, context);

  const LabelSet classes = phantomClasses(kind, options.classCount);
  writeJsonAtomically(folder / "classes.json", toJson(classes));
  if (kind != PhantomKind::Volume) writeCoco(folder / "annotations.json", classes, cases);
  Json facts = Json::array();
  std::int64_t lost = 0;
  for (const auto& one : cases) {
    facts.push_back(one.facts);
    lost += one.overlapLost;
  }
  writeJsonAtomically(folder / "phantom.json",
                      {{"schema", "roundel.phantom-study/1"}, {"complete", true}, {"plan", plan}, {"cases", facts}});

  Outcome outcome;
  const std::string place = displayPath(folder);
  outcome.result = {{"kind", toString(kind)},
                    {"folder", place},
                    {"cases", flags.cases},
                    {"seed", flags.seed},
                    {"classes", classes.size()},
                    {"width", options.width},
                    {"height", options.height},
                    {"depth", kind == PhantomKind::Volume ? Json(options.depth) : Json()},
                    {"annotations", kind == PhantomKind::Volume ? Json() : Json(displayPath(folder / "annotations.json"))}};
  if (lost > 0)
    outcome.warnings.push_back({"overlap-lost", "",
                                "Label pictures hold one class a pixel: " + std::to_string(lost) +
                                    " pixels of overlapping structures went to the first class. annotations.json keeps them all."});
  const std::string source =
      kind == PhantomKind::Volume ? place + "/images --labels " + place + "/labels --format masks" : place + " --format coco";
  outcome.text = "Made " + std::to_string(flags.cases) + " " + toString(kind) + " phantoms of " + std::to_string(options.width) + " x " +
                 std::to_string(options.height) + (kind == PhantomKind::Volume ? " x " + std::to_string(options.depth) : "") + " with " +
                 std::to_string(classes.size()) + " classes in " + place + ".\nImport them with: roundel import PROJECT " + source + "\n";
  return outcome;
}

}  // namespace

Command phantomCommand() {
  return {
      .name = "phantom",
      .sentence = "Make procedural radiographs or volumes with exact labels, to be imported into a study",
      .examples = {"phantom dental study --cases 100 --seed 1 --classes 8 --width 256 --height 128",
                   "phantom wrist wrists --cases 40 --seed 2", "phantom volume volumes --cases 10 --seed 3 --depth 48"},
      .declare = [](CLI::App& app) -> std::function<Outcome(Context&)> {
        const auto flags = std::make_shared<PhantomFlags>();
        app.add_option("kind", flags->kind, "dental, wrist or volume")->required();
        app.add_option("folder", flags->folder, "A new folder for the images and labels")->required();
        app.add_option("--cases", flags->cases, "How many cases")->capture_default_str();
        addSeed(app, flags->seed, "Another seed makes other cases");
        app.add_option("--width", flags->width, "Pixels; 0: what suits the kind")->capture_default_str();
        app.add_option("--height", flags->height, "Pixels; 0: what suits the kind")->capture_default_str();
        app.add_option("--depth", flags->depth, "Slices of a volume; 0: 32")->capture_default_str();
        app.add_option("--classes", flags->classes,
                       "How many classes, the most important first; 0: all (8 dental ones: 11 to 14 and 21 to 24)")
            ->capture_default_str();
        app.add_option("--bits", flags->bits, "Of a picture's grey values: 8 or 16")->check(CLI::IsMember({8, 16}))->capture_default_str();
        app.add_option("--labels", flags->labels, "Also label pictures: none or indexed")
            ->check(CLI::IsMember({"none", "indexed"}))
            ->capture_default_str();
        app.add_option("--variation", flags->variation, "How much patients differ, 0 to 2; not given: what suits the kind (1, 2 and 1)")
            ->check(CLI::Range(0.0, 2.0));
        app.add_option("--acquisition", flags->acquisition,
                       "How differently they were taken (position, exposure), 0 to 3; not given: what suits the kind (1.8, 2 and 1)")
            ->check(CLI::Range(0.0, 3.0));
        app.add_option("--missing", flags->missing, "Dental: share of lost teeth, LOW,HIGH")->expected(2)->delimiter(',');
        app.add_option("--age", flags->ages, "Wrist: years, LOW,HIGH")->expected(2)->delimiter(',');
        app.add_option("--dose", flags->dose, "Relative number of quanta, LOW,HIGH; more is less noise")->expected(2)->delimiter(',');
        app.add_option("--restorations", flags->restorations, "Dental: chance of a filling a tooth, 0 to 1")->check(CLI::Range(0.0, 1.0));
        app.add_option("--casts", flags->casts, "Wrist: chance of a plaster cast, 0 to 1")->check(CLI::Range(0.0, 1.0));
        return [flags](Context& context) { return phantom(*flags, context); };
      }};
}

}  // namespace roundel::cli
