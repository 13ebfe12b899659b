#include "ui/machine_labels.h"

#include <algorithm>
#include <map>

#include "core/document.h"
#include "core/files.h"
#include "core/label_set.h"
#include "raster/pixel_pipeline.h"

namespace roundel {
namespace {

constexpr int kMostRounds = 100;

std::optional<double> valueIn(const Json& json, const char* key) {
  if (!json.contains(key) || !json[key].is_number()) return std::nullopt;
  return json[key].get<double>();
}

std::optional<Json> readQuietly(const std::filesystem::path& path) {
  try {
    return readJson(path);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<double> noteMean(const std::vector<MachineNote>& notes, std::optional<double> MachineNote::*member) {
  double sum = 0;
  int count = 0;
  for (const MachineNote& note : notes)
    if (note.found && note.*member) sum += *(note.*member), ++count;
  return count > 0 ? std::optional(sum / count) : std::nullopt;
}

std::vector<std::filesystem::path> caseFiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code code;
  for (std::filesystem::directory_iterator at(folder, code), end; !code && at != end; at.increment(code))
    if (at->path().filename().native().starts_with("case-") && at->path().extension() == ".json") files.push_back(at->path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::filesystem::path> foldersOf(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  std::error_code code;
  for (std::filesystem::directory_iterator at(folder, code), end; !code && at != end; at.increment(code))
    if (at->is_directory(code)) found.push_back(at->path());
  std::sort(found.rbegin(), found.rend());
  return found;
}

std::vector<std::string> classNames(const Json& classes) {
  std::vector<std::string> names;
  try {
    const LabelSet set = labelSetFromJson(classes);
    for (const auto& one : set.classes()) names.push_back(one.name);
  } catch (const std::exception&) {
    names.clear();
  }
  return names;
}

MachineNote noteOf(const Json& json) {
  MachineNote note{
      .found = json.contains("mask") && json["mask"].is_object() && json["mask"].contains("runs") && !json["mask"]["runs"].empty(),
      .estimatedDice = valueIn(json, "estimated_dice"),
      .agreement = valueIn(json, "agreement")};
  const std::string verdict = json.value("verdict", std::string());
  note.verdict = verdict == "accept" ? Verdict::Accept : verdict == "reject" ? Verdict::Reject : Verdict::Review;
  return note;
}

Mask maskFromColumns(const Json& segmentation, Size& size) {
  const auto& sides = segmentation.at("size");
  size = {sides.at(1).get<std::int64_t>(), sides.at(0).get<std::int64_t>(), 1};
  if (size.x <= 0 || size.y <= 0 || size.x > 100'000 || size.y > 100'000)
    throw Error(ErrorKind::BadInput, "bad-document", "A prediction has no sensible size.");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()), 0);
  std::int64_t at = 0;
  bool inside = false;
  for (const auto& count : segmentation.at("counts")) {
    const auto length = std::min(count.get<std::int64_t>(), size.count() - at);
    for (std::int64_t i = 0; inside && i < length; ++i, ++at) bytes[static_cast<std::size_t>((at % size.y) * size.x + at / size.y)] = 1;
    if (!inside) at += std::max<std::int64_t>(length, 0);
    inside = !inside;
  }
  return Mask::fromBytes(size, bytes);
}

}  // namespace

std::optional<double> MachineCase::estimatedDice() const { return noteMean(notes, &MachineNote::estimatedDice); }
std::optional<double> MachineCase::agreement() const { return noteMean(notes, &MachineNote::agreement); }
int MachineCase::count(Verdict verdict) const {
  return static_cast<int>(
      std::count_if(notes.begin(), notes.end(), [&](const MachineNote& one) { return one.found && one.verdict == verdict; }));
}

std::vector<MachineSource> machineSources(const std::filesystem::path& study) {
  std::vector<MachineSource> sources;
  for (const auto& run : foldersOf(study / "runs"))
    for (int round = kMostRounds; round >= 1; --round)
      if (const auto gate = run / ("round-" + std::to_string(round)) / "gate"; !caseFiles(gate).empty())
        sources.push_back({.run = run.filename().string(), .round = round, .title = run.filename().string(), .folder = gate});
  for (const auto& applied : foldersOf(study / "applied"))
    if (!caseFiles(applied).empty()) sources.push_back({.run = {}, .title = applied.filename().string(), .folder = applied});
  return sources;
}

MachineRound readMachineRound(const MachineSource& source, const std::filesystem::path& study) {
  MachineRound round;
  const auto names = readQuietly(source.ofRun() ? study / "runs" / source.run / "plan.json" : source.folder / "classes.json");
  if (!names || (source.ofRun() && !names->contains("classes"))) return round;
  round.classes = classNames(source.ofRun() ? (*names)["classes"] : *names);
  for (const auto& file : caseFiles(source.folder)) {
    const auto json = readQuietly(file);
    if (!json || !json->is_object() || !json->contains("case") || !json->contains("classes") || !(*json)["classes"].is_array()) continue;
    MachineCase one{.name = json->value("case", std::string()), .file = file, .notes = {}};
    for (const auto& label : (*json)["classes"])
      if (label.is_object()) one.notes.push_back(noteOf(label));
    if (one.notes.size() == round.classes.size()) round.cases.push_back(std::move(one));
  }
  std::stable_sort(round.cases.begin(), round.cases.end(), [](const MachineCase& a, const MachineCase& b) {
    return a.estimatedDice().value_or(2.0) < b.estimatedDice().value_or(2.0);
  });
  return round;
}

std::vector<MachineLabel> readMachineLabels(const std::filesystem::path& file) {
  const Json json = readJson(file);
  return readDocument("machine's labels", [&] {
    const Size size = sizeFromJson(json.at("size"));
    std::vector<MachineLabel> labels;
    for (const auto& one : json.at("classes")) {
      MachineLabel label;
      label.mask = one.contains("mask") ? maskFromJson(one["mask"]) : Mask(size);
      label.cleaned = one.contains("cleaned") ? maskFromJson(one["cleaned"]) : Mask(size);
      for (const auto& prompt : one.at("prompts")) label.prompts.push_back(promptFromJson(prompt));
      label.estimatedDice = valueIn(one, "estimated_dice");
      label.agreement = valueIn(one, "agreement");
      label.verdict = verdictFromString(one.at("verdict").get<std::string>());
      label.moved = one.value("origin", std::string()) == "moved";
      labels.push_back(std::move(label));
    }
    return labels;
  });
}

int takeInPredictions(const std::filesystem::path& predictions, const std::filesystem::path& folder,
                      const std::function<PredictedCase(const std::string& image)>& caseOf) {
  const Json document = readJson(predictions);
  return readDocument("predictions", [&] {
    std::vector<LabelClass> classes;
    std::map<std::int64_t, std::size_t> classOfId;
    for (const auto& one : document.at("categories")) {
      classOfId[one.at("id").get<std::int64_t>()] = classes.size();
      classes.push_back({.id = one.at("id").get<std::int64_t>(), .name = one.at("name").get<std::string>(), .colour = {128, 128, 128}});
    }
    struct Taken {
      PredictedCase one;
      Size size;
      std::vector<Mask> masks;
    };
    std::map<std::int64_t, Taken> cases;
    for (const auto& image : document.at("images")) {
      const PredictedCase one = caseOf(image.at("file_name").get<std::string>());
      const Size size{image.at("width").get<std::int64_t>(), image.at("height").get<std::int64_t>(), 1};
      if (!one.name.empty()) cases[image.at("id").get<std::int64_t>()] = {one, size, std::vector<Mask>(classes.size(), Mask(size))};
    }
    for (const auto& one : document.at("annotations")) {
      const auto found = cases.find(one.at("image_id").get<std::int64_t>());
      const auto which = classOfId.find(one.at("category_id").get<std::int64_t>());
      if (found == cases.end() || which == classOfId.end()) continue;
      Size size;
      Mask mask = maskFromColumns(one.at("segmentation"), size);
      if (size == found->second.size) found->second.masks[which->second] = std::move(mask);
    }
    std::error_code code;
    std::filesystem::create_directories(folder, code);  // where this fails, the write says why
    writeJsonAtomically(folder / "classes.json", toJson(LabelSet(classes)));
    for (const auto& [number, taken] : cases) {
      Json list = Json::array();
      for (const Mask& mask : taken.masks) {
        Json entry = {{"prompts", Json::array()}, {"estimated_dice", nullptr}, {"agreement", nullptr}, {"verdict", "review"}};
        if (!mask.empty()) entry["mask"] = toJson(taken.one.mirrored ? mirrored(mask) : mask);
        list.push_back(std::move(entry));
      }
      std::string digits = std::to_string(number);
      digits.insert(0, digits.size() < 5 ? 5 - digits.size() : 0, '0');
      writeFileAtomically(
          folder / ("case-" + digits + ".json"),
          Json{{"case", taken.one.name}, {"size", Json::array({taken.size.x, taken.size.y, taken.size.z})}, {"classes", std::move(list)}}
              .dump());
    }
    return static_cast<int>(cases.size());
  });
}

}  // namespace roundel
