#include "exchange/study_builder.h"

#include <algorithm>

#include "core/error.h"
#include "core/files.h"
#include "exchange/image_names.h"

namespace roundel {

ImageFacts ImageAccess::probeSeries(const std::vector<std::filesystem::path>& slices) {
  throw Error(
      ErrorKind::Usage, "no-series",
      "The slices beside " + displayPath(slices.empty() ? std::filesystem::path() : slices.front()) + " cannot be read as a series here.");
}

void ImageFinder::index() {
  if (m_indexed) return;
  m_indexed = true;
  std::set<std::filesystem::path> seen;
  for (const auto& folder : m_folders) {
    std::error_code code;
    if (!std::filesystem::is_directory(folder, code)) continue;
    for (const auto& file : filesUnder(folder)) {
      if (!isImageName(file) || !seen.insert(std::filesystem::weakly_canonical(file, code)).second) continue;
      m_byName[file.filename().string()].push_back(file);
      m_byStem[imageStem(file)].push_back(file);
    }
  }
}

ImageFinder::Answer ImageFinder::find(const std::string& reference) {
  std::string written = reference;
  std::replace(written.begin(), written.end(), '\\', '/');
  if (written.find('\0') != std::string::npos || written.empty()) return {};
  const std::filesystem::path path = std::filesystem::path(written).lexically_normal();
  const bool leaves = path.is_absolute() || (!path.empty() && *path.begin() == "..");
  std::error_code code;
  if (!leaves)
    for (const auto& folder : m_folders)
      if (std::filesystem::is_regular_file(folder / path, code)) return {.file = folder / path};
  index();
  for (const auto* names : {&m_byName, &m_byStem}) {
    const auto found = names->find(names == &m_byName ? path.filename().string() : imageStem(path));
    if (found == names->end()) continue;
    // Of several files of the name, those whose folder is written in the reference too.
    std::vector<std::filesystem::path> matching;
    for (const auto& file : found->second)
      if (path.has_parent_path() && file.parent_path().filename() == path.parent_path().filename()) matching.push_back(file);
    const auto& candidates = matching.empty() ? found->second : matching;
    if (candidates.size() == 1) return {.file = candidates.front()};
    return {.file = {}, .ambiguous = true};
  }
  return {};
}

StudyBuilder::StudyBuilder(const ImportRequest& request, std::vector<std::filesystem::path> imageFolders, ImageAccess& images)
    : m_images(images), m_finder(std::move(imageFolders)), m_source(request.source) {}

std::optional<ImportedCase> StudyBuilder::openCase(const std::string& reference, Size size) {
  const std::string shown = sanitisedUtf8(reference);
  const auto answer = m_finder.find(reference);
  if (answer.ambiguous) {
    refuse(shown, "ambiguous-image",
           "There are several images named " + shown + "; name the folder in the label file, or import the folders one by one.");
    return std::nullopt;
  }
  if (answer.file.empty()) {
    refuse(shown, "missing-image", "The image " + shown + " is not there; name its folder with --images.");
    return std::nullopt;
  }
  return openFile(answer.file, reference, size);
}

/// The case of an image that nobody else has taken, with what its header says. Nothing, and a warning, where it cannot be read.
std::optional<ImportedCase> StudyBuilder::probed(const std::filesystem::path& file, const std::vector<std::filesystem::path>& slices,
                                                 const std::string& shown) {
  std::error_code code;
  if (!m_used.insert(std::filesystem::weakly_canonical(file, code)).second) {
    refuse(shown, "image-twice", "The image " + shown + " is named twice, or a link to another; it was taken once.");
    return std::nullopt;
  }
  ImportedCase one{.image = file, .slices = slices};
  try {
    one.facts = slices.empty() ? m_images.probe(file) : m_images.probeSeries(slices);
  } catch (const Error& error) {
    // One volume that is too large for this machine is no reason to leave the others.
    const bool tooLarge = error.kind() == ErrorKind::Resource && error.code() == "out-of-memory";
    if ((error.kind() == ErrorKind::Resource && !tooLarge) || error.kind() == ErrorKind::Defect) throw;
    refuse(shown, error.code(), error.what());
    return std::nullopt;
  }
  one.patient = one.facts.patientKey;
  return one;
}

std::optional<ImportedCase> StudyBuilder::openFile(const std::filesystem::path& file, const std::string& reference, Size size) {
  const std::string shown = sanitisedUtf8(reference);
  auto one = probed(file, {}, shown);
  if (!one) return std::nullopt;
  const Size found = one->facts.geometry.size;
  if (size.x != 0 && size != found) {
    const auto text = [](Size of) {
      return std::to_string(of.x) + " x " + std::to_string(of.y) + (of.z > 1 ? " x " + std::to_string(of.z) : "");
    };
    refuse(shown, "size-mismatch",
           "The labels of " + shown + " are for an image of " + text(size) + " pixels, but the image has " + text(found) + ".");
    return std::nullopt;
  }
  one->name = uniqueName(file);
  if (one->facts.turned)
    warn(one->name, "rotation-ignored",
         shown + " asks viewers to turn it; its pixels are taken as they are stored, and so must its labels be.");
  if (const int pages = one->facts.pages; pages > 1)
    warn(one->name, "more-pages", shown + " holds " + std::to_string(pages) + " pages or volumes; only the first one is imported.");
  tellOf(*one, shown);
  return one;
}

std::optional<ImportedCase> StudyBuilder::openSeries(const std::vector<std::filesystem::path>& slices, const std::string& name) {
  auto one = probed(slices.front(), slices, name);
  if (!one) return std::nullopt;
  one->name = uniqueName(std::filesystem::path(name));
  tellOf(*one, name);
  return one;
}

void StudyBuilder::tellOf(const ImportedCase& one, const std::string& shown) {
  for (const auto& warning : one.facts.warnings)
    if (warning.code != "several-volumes") warn(one.name, warning.code, shown + ": " + warning.message);
}

bool StudyBuilder::fit(LabelMap& map, const ImportedCase& one, const std::string& shown, LabelGrid by) {
  const LabelFit fit = fitToImage(map, one.facts, shown, by);
  if (!fit.notice.empty()) warn(one.name, "labels-moved", fit.notice);
  if (fit.problem.empty()) return true;
  m_names.erase(one.name);
  refuse(shown, fit.code, fit.problem);
  return false;
}

void StudyBuilder::add(ImportedCase one) { m_study.cases.push_back(std::move(one)); }

void StudyBuilder::refuse(const std::string& caseName, const std::string& code, const std::string& message) {
  ++m_study.refused;
  warn(caseName, code, message);
}

void StudyBuilder::refuseObject(const std::string& caseName, const std::string& code, const std::string& className,
                                const std::string& reason) {
  ++m_study.refusedObjects;
  warn(caseName, code,
       "An object of " + className + " in " + caseName + " cannot be used, so that this class counts as not annotated there: " + reason);
}

void StudyBuilder::leaveOutObject(const std::string& caseName, const std::string& code, const std::string& message) {
  ++m_study.refusedObjects;
  warn(caseName, code, message);
}

void StudyBuilder::warn(const std::string& caseName, const std::string& code, const std::string& message) {
  m_study.warnings.push_back({code, caseName, message});
}

void StudyBuilder::warnOfMissingLabels(const std::string& caseName) {
  constexpr int kToldOneByOne = 50;
  if (++m_withoutLabels <= kToldOneByOne) warn(caseName, "no-labels", "The image " + caseName + " has no labels; it is imported without.");
  else count("no-labels", "A further image has no labels; it is imported without");
}

void StudyBuilder::count(const std::string& code, const std::string& message) { ++m_counts[{code, message}]; }

std::string StudyBuilder::uniqueName(const std::filesystem::path& file) {
  const std::string stem = sanitisedUtf8(imageStem(file));
  std::string name = stem;
  if (m_names.contains(name)) {
    const std::string folder = sanitisedUtf8(file.parent_path().filename().string());
    name = folder.empty() ? stem : folder + "-" + stem;
  }
  const std::string base = name;
  for (int number = 2; m_names.contains(name); ++number) name = base + "-" + std::to_string(number);
  m_names.insert(name);
  return name;
}

std::string StudyBuilder::renamed(const std::string& name, const std::string& wanted) {
  m_names.erase(name);
  std::string unique = wanted;
  for (int number = 2; m_names.contains(unique); ++number) unique = wanted + "-" + std::to_string(number);
  m_names.insert(unique);
  return unique;
}

ImportedStudy StudyBuilder::finish() {
  for (const auto& [what, times] : m_counts)
    m_study.warnings.push_back({what.first, "", what.second + " (" + std::to_string(times) + (times == 1 ? " time)" : " times)")});
  // Where every case was refused, the warnings say why of each one; an error could only name the first.
  if (!m_study.cases.empty() || m_study.refused > 0) return std::move(m_study);
  const std::string shown = displayPath(m_source);
  throw Error(ErrorKind::BadInput, "nothing-imported", "No image was found in " + shown + ".",
              {.path = shown, .remedy = "Name the folder of the images with --images, and the kind of data set with --format."});
}

void settleMissing(Annotation& annotation, MissingClass missing) {
  for (auto& one : annotation.classes)
    if (one.state == ClassState::NotAnnotated && missing == MissingClass::Absent) one.state = ClassState::Absent;
}

}  // namespace roundel
