#include "models/generalists/model_folder.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>

#include "core/atomic_file.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/param_spec.h"
#include "models/generalists/architectures.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = "model.json";
constexpr const char* kSchema = "roundel.model/1";
constexpr const char* kAdding = ".adding-";

/// Letters, digits, '.', '_' and '-', beginning with a letter or digit: a folder's name on every system.
bool isGoodName(const std::string& name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 100 && name[0] != '.' && name[0] != '-' && std::all_of(name.begin(), name.end(), good);
}

InstalledModel modelOf(const fs::path& folder) {
  const Json json = readJson(folder / kManifest, std::uintmax_t{1} << 20);
  const std::string shown = displayPath(folder / kManifest);
  if (!json.is_object() || json.value("schema", "") != kSchema)
    throw Error(ErrorKind::BadInput, "bad-document", shown + " describes no model of this version.", {.path = shown});
  InstalledModel model;
  try {
    model = {.name = folder.filename().string(),
             .architecture = json.at("architecture").get<std::string>(),
             .recognised = json.at("recognised").is_null() ? "" : json.at("recognised").get<std::string>(),
             .sha256 = json.at("sha256").get<std::string>(),
             .bytes = json.at("bytes").get<std::uint64_t>(),
             .original = json.value("original", ""),
             .added = json.value("added", ""),
             .linked = json.value("linked", false),
             .modified = json.value("modified", std::int64_t{0}),
             .unexpected = json.value("unexpected", std::vector<std::string>()),
             .weights = folder / fs::path(json.at("file").get<std::string>()).filename(),
             .licenceShown = json.value("licence_shown", false),
             .licence = json.value("own_licence", ""),
             .saidNonCommercial = json.value("own_non_commercial", false)};
  } catch (const Json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", shown + " is damaged.", {.path = shown});
  }
  return model;
}

/// Copies or only reads, hashing on the way.
std::string hashed(const fs::path& from, AtomicFile* to, std::uint64_t bytes, const std::string& phase, Job& job) {
  const std::string shown = displayPath(from);
  std::ifstream in(from, std::ios::binary);
  if (!in) throw Error(ErrorKind::BadInput, "unreadable-file", shown + " cannot be opened.", {.path = shown});
  Sha256 hash;
  std::vector<char> piece(std::size_t{8} << 20);
  std::uint64_t done = 0;
  while (in) {
    job.throwIfStopped();
    job.progress(static_cast<std::int64_t>(done >> 20), static_cast<std::int64_t>(bytes >> 20), phase);
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto count = static_cast<std::size_t>(in.gcount());
    hash.update(piece.data(), count);
    if (to != nullptr) to->write(piece.data(), count);
    done += count;
  }
  if (in.bad() || done != bytes)
    throw Error(ErrorKind::BadInput, "unreadable-file", shown + " could not be read to its end.", {.path = shown});
  return hash.hex();
}

/// What the folder of an addition that is going on begins with: it says on which machine, because the models may lie on a share.
std::string addingHere() {
  char host[65] = "";
  ::gethostname(host, sizeof(host) - 1);
  return kAdding + std::string(host) + "-";
}

/// Folders of additions whose process has died; of another machine's that is known after a day.
void removeAbandoned(const fs::path& path) {
  std::error_code failure;
  const std::string here = addingHere();
  const auto dayAgo = fs::file_time_type::clock::now() - std::chrono::hours(24);
  for (const auto& entry : fs::directory_iterator(path, failure)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kAdding)) continue;
    char* end = nullptr;
    long process = name.starts_with(here) ? std::strtol(name.c_str() + here.size(), &end, 10) : 0;
    if (end != nullptr && *end != '\0') process = 0;  // a machine whose name only begins like this one's
    const bool died = process > 0 && ::kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH;
    std::error_code ignored;
    if (died || (process <= 0 && entry.last_write_time(ignored) < dayAgo)) fs::remove_all(entry.path(), ignored);
  }
}

std::int64_t modifiedAt(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return 0;
  return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

[[noreturn]] void refuseWeightsOf(const InstalledModel& model, const std::string& what) {
  throw Error(ErrorKind::BadInput, "bad-weights", "The weights of " + model.name + " " + what,
              {.path = displayPath(model.weights), .remedy = "Remove the model and take the file in again from where it came."});
}

std::uint64_t sizeOf(const InstalledModel& model) {
  std::error_code failure;
  const auto bytes = fs::file_size(model.weights, failure);
  if (failure) refuseWeightsOf(model, model.linked ? "are not where they lay when they were linked." : "are gone.");
  return bytes;
}

constexpr const char* kOtherFile = "are not the file that was taken in.";

std::string recognisedName(const std::string& sha256) {
  for (const auto& known : publishedWeights())
    if (known.sha256 == sha256) return known.name;
  return {};
}

std::string architectureOf(const Recognition& found, const std::string& wanted, const std::string& sha256) {
  if (!wanted.empty()) return wanted;
  for (const auto& known : publishedWeights())
    if (known.sha256 == sha256) return known.architecture;
  return found.architecture->name;
}

}  // namespace

fs::path ModelFolder::defaultPath() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return fs::path(value == nullptr ? "" : value);
  };
  if (const fs::path given = variable("ROUNDEL_MODELS"); !given.empty()) return given;
  if (const fs::path data = variable("XDG_DATA_HOME"); data.is_absolute()) return data / "roundel/models";
  return variable("HOME") / ".local/share/roundel/models";
}

std::vector<InstalledModel> ModelFolder::list(std::vector<Warning>* warnings) const {
  std::vector<InstalledModel> models;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(m_path, failure)) {
    if (!isGoodName(entry.path().filename().string()) || !fs::exists(entry.path() / kManifest, failure)) continue;
    try {
      models.push_back(modelOf(entry.path()));
    } catch (const Error& error) {
      if (warnings != nullptr) warnings->push_back({error.code(), "", error.what()});
    }
  }
  std::sort(models.begin(), models.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return models;
}

InstalledModel ModelFolder::find(const std::string& name) const {
  std::vector<std::string> names;
  for (const auto& model : list()) {
    if (model.name == name) return model;
    names.push_back(model.name);
  }
  const std::string near = nearestName(name, names);
  throw Error(ErrorKind::Usage, "unknown-model", "No weights named " + name + " were taken in.",
              {.remedy = near.empty() ? "Take a file in with: roundel models add FILE" : "Did you mean " + near + "?"});
}

InstalledModel ModelFolder::add(const fs::path& file, const AddOptions& options, Job& job) {
  const StateDict content = readStateDict(file);
  const Recognition found =
      options.architecture.empty() ? recognise(content) : requireArchitecture(content, findArchitecture(options.architecture));
  const std::uint64_t bytes = fs::file_size(file);

  std::error_code failure;
  fs::create_directories(m_path, failure);
  removeAbandoned(m_path);
  const fs::path working = m_path / (addingHere() + std::to_string(::getpid()));
  fs::remove_all(working, failure);
  if (!fs::create_directory(working, failure))
    throw Error(ErrorKind::Locked, "not-writable", "Nothing can be written to the folder of models, " + displayPath(m_path) + ".",
                {.path = displayPath(m_path), .remedy = "Set ROUNDEL_MODELS to a folder of yours."});
  struct Cleaning {
    const fs::path& folder;
    ~Cleaning() {
      std::error_code ignored;
      fs::remove_all(folder, ignored);
    }
  } cleaning{working};

  InstalledModel model{.bytes = bytes,
                       .original = displayPath(file.filename()),
                       .added = utcNow(),
                       .linked = options.takeIn == TakeIn::Link,
                       .licence = options.licence,
                       .saidNonCommercial = options.nonCommercial};
  model.weights = working / (content.format == "safetensors" ? "weights.safetensors" : "weights.pth");
  if (model.linked) {
    model.modified = modifiedAt(file);
    model.sha256 = hashed(file, nullptr, bytes, "reading the weights", job);
    fs::create_symlink(fs::canonical(file), model.weights);
  } else {
    AtomicFile copy(model.weights);
    model.sha256 = hashed(file, &copy, bytes, "copying the weights", job);
    copy.finish();
  }
  model.architecture = architectureOf(found, options.architecture, model.sha256);
  model.recognised = recognisedName(model.sha256);
  model.unexpected = found.unexpected;
  if (model.unexpected.size() > 20) model.unexpected.resize(20);
  // Again where another process brought a model of that name, or of that content, meanwhile.
  while (true) {
    for (const auto& known : list())
      if (known.sha256 == model.sha256 && known.architecture == model.architecture && (options.name.empty() || options.name == known.name))
        return underLicence(known, options);
    model.name = !options.name.empty() ? options.name : model.recognised.empty() ? found.name : model.recognised;
    if (!isGoodName(model.name))
      throw Error(ErrorKind::Usage, "bad-name", "The name " + model.name + " cannot be used.",
                  {.remedy = "Use letters, digits, '.', '_' and '-', beginning with a letter or digit."});
    const bool clashes = options.name.empty() && fs::exists(m_path / model.name, failure);
    if (clashes) model.name += "-" + model.sha256.substr(0, 6);
    write(working, model);
    if (::rename(working.c_str(), (m_path / model.name).c_str()) == 0) break;
    const bool taken = errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR;
    if (!taken)
      throw Error(ErrorKind::Locked, "not-writable", "The model " + model.name + " cannot be put into " + displayPath(m_path) + ".",
                  {.path = displayPath(m_path), .remedy = "Set ROUNDEL_MODELS to a folder of yours."});
    if (!options.name.empty() || clashes)
      throw Error(ErrorKind::Usage, "model-exists", "There is a model named " + model.name + " already.",
                  {.remedy = "Give another --name, or remove it first: roundel models remove " + model.name});
  }
  model.weights = m_path / model.name / model.weights.filename();
  return model;
}

/// The model that is there, with what was said of its licence now.
InstalledModel ModelFolder::underLicence(InstalledModel known, const AddOptions& options) const {
  const bool other = !options.licence.empty() && options.licence != known.licence;
  if (!other && (!options.nonCommercial || known.saidNonCommercial)) return known;
  if (other) known.licence = options.licence;
  known.saidNonCommercial = known.saidNonCommercial || options.nonCommercial;
  known.licenceShown = false;
  write(m_path / known.name, known);
  return known;
}

InstalledModel ModelFolder::verify(const std::string& name, Job& job) const {
  const InstalledModel model = find(name);
  const std::uint64_t bytes = sizeOf(model);
  if (bytes != model.bytes || hashed(model.weights, nullptr, bytes, "reading the weights", job) != model.sha256)
    refuseWeightsOf(model, kOtherFile);
  requireArchitecture(readStateDict(model.weights), findArchitecture(model.architecture));
  return model;
}

StateDict ModelFolder::open(const InstalledModel& model) {
  const std::uint64_t bytes = sizeOf(model);
  if (bytes != model.bytes) refuseWeightsOf(model, kOtherFile);
  if (const std::int64_t modified = modifiedAt(model.weights); model.linked && modified != model.modified) {
    Job job;
    if (hashed(model.weights, nullptr, bytes, "reading the weights", job) != model.sha256) refuseWeightsOf(model, kOtherFile);
    try {
      InstalledModel now = model;
      now.modified = modified;
      now.licenceShown = modelOf(model.weights.parent_path()).licenceShown;
      write(model.weights.parent_path(), now);
    } catch (const Error&) {  // a folder of somebody else's: it is read again the next time
    }
  }
  return readStateDict(model.weights, Checksums::Trust);
}

void ModelFolder::remove(const std::string& name) {
  if (std::error_code none; !isGoodName(name) || !fs::is_directory(m_path / name, none)) find(name);  // throws with the nearest name
  // Out of the list first, so that a kill in between leaves no half model.
  const fs::path working = m_path / (addingHere() + std::to_string(::getpid()));
  std::error_code failure;
  fs::remove_all(working, failure);
  fs::rename(m_path / name, working, failure);
  if (failure)
    throw Error(ErrorKind::Locked, "not-writable", "The model " + name + " cannot be removed: " + failure.message() + ".",
                {.path = displayPath(m_path / name)});
  fs::remove_all(working, failure);
}

void ModelFolder::showLicence(const InstalledModel& model, Job& job) {
  const ModelLicence licence = licenceOf(model);
  if (!licence.nonCommercial) return;
  try {
    InstalledModel now = find(model.name);
    if (now.licenceShown) return;
    now.licenceShown = true;
    write(m_path / now.name, now);
  } catch (const Error&) {  // a folder of somebody else's, or gone: it is said again the next time
  }
  job.warning({"non-commercial", "", model.name + ": " + licence.sentence()});
}

std::string ModelLicence::sentence() const {
  return "Licence of the weights: " + name + "." +
         (nonCommercial ? " They are NOT for commercial use; ask before a hospital relies on them." : "");
}

ModelLicence licenceOf(const InstalledModel& model) {
  const Architecture& architecture = findArchitecture(model.architecture);
  return {.name = model.licence.empty() ? architecture.licence : model.licence,
          .nonCommercial = model.saidNonCommercial || (model.licence.empty() && architecture.nonCommercial)};
}

void ModelFolder::write(const fs::path& folder, const InstalledModel& model) {
  Json json = toJson(model);
  json["schema"] = kSchema;
  json["file"] = model.weights.filename().string();
  json["licence_shown"] = model.licenceShown;
  if (model.linked) json["modified"] = model.modified;
  if (!model.licence.empty()) json["own_licence"] = model.licence;
  if (model.saidNonCommercial) json["own_non_commercial"] = true;
  writeJsonAtomically(folder / kManifest, json);
}

Json toJson(const InstalledModel& model) {
  return {{"name", model.name},
          {"architecture", model.architecture},
          {"recognised", model.recognised.empty() ? Json(nullptr) : Json(model.recognised)},
          {"sha256", model.sha256},
          {"bytes", model.bytes},
          {"original", model.original},
          {"added", model.added},
          {"linked", model.linked},
          {"unexpected", model.unexpected}};
}

}  // namespace roundel
