#include "project/project_check.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/series_list.h"

namespace roundel {
namespace {

std::string shown(Size size) {
  return std::to_string(size.x) + " x " + std::to_string(size.y) + (size.z > 1 ? " x " + std::to_string(size.z) : "");
}

class Check {
 public:
  Check(const Project& project, HashCheck hashes, Job& job, const CaseOpener& open)
      : m_project(project), m_hashes(hashes), m_job(job), m_open(open) {}

  std::vector<Finding> run() {
    for (const auto& fault : m_project.databaseFaults()) problem("damaged-project", "", "The database is damaged: " + fault + ".");
    if (!m_findings.empty()) return std::move(m_findings);  // what a damaged database says of the rest is not to be trusted
    m_cases = m_project.cases();
    m_versions = m_project.latestVersions();
    if (m_cases.empty()) notice("no-cases", "", "", "The project has no cases yet.");
    checkImages();
    checkVolumes();
    checkLabels();
    checkClasses();
    for (const auto& split : m_project.splits()) checkSplit(split);
    checkModel();
    return std::move(m_findings);
  }

 private:
  void checkImages();
  void checkImage(const Case& one);
  void openImage(const Case& one);
  bool slicesAreThere(const Case& one, const std::filesystem::path& list);
  void checkVolumes();
  void checkLabels();
  void checkClasses();
  void checkSplit(const Split& split);
  void checkModel();
  void problem(const std::string& code, const std::string& caseName, const std::string& message) {
    m_findings.push_back({.level = FindingLevel::Problem, .code = code, .caseName = caseName, .message = message});
  }
  void notice(const std::string& code, const std::string& caseName, const std::string& className, const std::string& message) {
    m_findings.push_back({.level = FindingLevel::Notice, .code = code, .caseName = caseName, .className = className, .message = message});
  }

  const Project& m_project;
  HashCheck m_hashes;
  Job& m_job;
  const CaseOpener& m_open;
  std::vector<Case> m_cases;
  std::map<std::int64_t, AnnotationVersion> m_versions;
  std::vector<Finding> m_findings;
};

void Check::checkImage(const Case& one) {
  const std::filesystem::path path = m_project.imagePath(one);
  const std::string where = displayPath(path);
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    problem("image-missing", one.name, "The image of " + one.name + " is not where it was: " + where + ".");
    return;
  }
  if (one.fileBytes && (!S_ISREG(facts.st_mode) || static_cast<std::uint64_t>(facts.st_size) != *one.fileBytes)) {
    problem("image-changed", one.name,
            "The image file of " + one.name + " has changed since it was added: it had " + std::to_string(*one.fileBytes) +
                " bytes and now has " + std::to_string(facts.st_size) + ".");
    return;
  }
  if (S_ISREG(facts.st_mode) && path.extension() == ".json" && !slicesAreThere(one, path)) return;
  if (m_hashes == HashCheck::Compare && !one.contentHash.empty() && S_ISREG(facts.st_mode)) {
    try {
      if (sha256OfFile(path) != one.contentHash)
        problem("image-changed", one.name, "The image file of " + one.name + " has other content than when it was added.");
    } catch (const Error& unreadable) {
      return problem("image-missing", one.name, unreadable.what());
    }
  }
  if (m_open) openImage(one);
}

void Check::openImage(const Case& one) {
  try {
    if (const Size size = m_open(one); size != one.geometry.size)
      problem("size-mismatch", one.name,
              "The image of " + one.name + " has " + shown(size) + " pixels; it had " + shown(one.geometry.size) + " when it was added.");
  } catch (const Error& unreadable) {
    if (unreadable.kind() != ErrorKind::BadInput) throw;
    problem(unreadable.code(), one.name, "The image of " + one.name + " cannot be used: " + unreadable.what());
  }
}

/// A series that shares its folder with other files: a list of its slices lies in the study.
bool Check::slicesAreThere(const Case& one, const std::filesystem::path& list) {
  try {
    std::error_code code;
    std::size_t gone = 0;
    const SeriesList series = readSeriesList(list);
    for (const auto& slice : series.files) gone += std::filesystem::is_regular_file(slice, code) ? 0 : 1;
    if (gone > 0)
      problem("image-missing", one.name,
              std::to_string(gone) + " of the " + std::to_string(series.files.size()) + " slices of " + one.name +
                  " are not where they were, beside " + displayPath(series.files.front()) + ".");
    return gone == 0;
  } catch (const Error& damaged) {
    problem("image-missing", one.name, damaged.what());
    return false;
  }
}

/// What makes lengths in a volume wrong without making it unreadable.
void Check::checkVolumes() {
  constexpr double kThick = 8;
  for (const auto& one : m_cases) {
    if (one.geometry.size.z < 2) continue;
    const auto& spacing = one.geometry.spacingMm;
    if (!one.geometry.hasSpacing())
      notice("no-spacing", one.name, "",
             "The file of " + one.name + " states no spacing: its voxels are taken as cubes, and lengths are counted in voxels.");
    else if (std::max({spacing[0], spacing[1], spacing[2]}) > kThick * std::min({spacing[0], spacing[1], spacing[2]}))
      notice("anisotropic", one.name, "",
             "The voxels of " + one.name + " are more than " + std::to_string(static_cast<int>(kThick)) +
                 " times longer in one direction than in another; a network that looks at slices may do better than one of volumes.");
  }
}

void Check::checkImages() {
  const auto total = static_cast<std::int64_t>(m_cases.size());
  for (std::int64_t i = 0; i < total; ++i) {
    m_job.throwIfStopped();
    checkImage(m_cases[static_cast<std::size_t>(i)]);
    m_job.progress(i + 1, total, "looking for the images");
  }
}

void Check::checkLabels() {
  std::size_t unlabelled = 0;
  for (const auto& one : m_cases) {
    const auto version = m_versions.find(one.id);
    if (version == m_versions.end() || !version->second.anyAnnotated()) {
      if (!one.excluded) ++unlabelled;
      continue;
    }
    if (version->second.size != one.geometry.size)
      problem("size-mismatch", one.name,
              "The labels of " + one.name + " are for an image of " + shown(version->second.size) + " pixels, but its image has " +
                  shown(one.geometry.size) + ".");
  }
  if (unlabelled > 0)
    notice("no-labels", "", "", std::to_string(unlabelled) + " of " + std::to_string(m_cases.size()) + " cases have no labels.");
}

void Check::checkClasses() {
  std::map<std::int64_t, int> present;
  for (const auto& [ignored, version] : m_versions)
    for (const auto& one : version.classes) present[one.classId] += one.state == ClassState::Present;
  const LabelSet classes = m_project.classes();
  if (classes.empty()) notice("no-classes", "", "", "The project has no classes yet.");
  if (m_versions.empty()) return;
  for (const auto& one : classes.classes())
    if (present[one.id] == 0)
      notice("class-unused", "", one.name, "The class " + one.name + " is in no case: nothing can be learnt about it.");
}

void Check::checkSplit(const Split& split) {
  std::map<std::string, const Case*> byName;
  for (const auto& one : m_cases) byName[one.name] = &one;
  std::map<std::string, std::pair<SplitPart, std::string>> sideOfPatient;
  std::set<std::string> told;
  for (const SplitPart part : {SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test})
    for (const auto& name : split.part(part)) {
      const Case& one = *byName.at(name);
      const auto version = m_versions.find(one.id);
      if (part != SplitPart::Unlabelled && (version == m_versions.end() || !version->second.anyAnnotated()))
        problem("not-annotated", name,
                "The case " + name + " is a " + toString(part) + " case of the split " + split.name + ", but has no labels.");
      if (one.excluded) problem("excluded-case", name, "The case " + name + " is excluded, but in the split " + split.name + ".");
      if (one.patient.empty()) continue;
      const auto [side, first] = sideOfPatient.try_emplace(one.patient, part, name);
      if (first || side->second.first == part || !told.insert(one.patient).second) continue;
      const std::string message = "In the split " + split.name + ", " + name + " is " + toString(part) + " and " + side->second.second +
                                  " is " + toString(side->second.first) + ", but both are of one patient.";
      // Drawn that way on purpose: worth knowing, not wrong.
      if (split.grouping == SplitGrouping::None) notice("patient-twice", name, "", message);
      else problem("patient-twice", name, message);
    }
}

void Check::checkModel() {
  const auto model = m_project.promotedModel();
  if (!model || model->path.empty()) return;
  const std::filesystem::path path = m_project.folder() / model->path;
  std::error_code code;
  if (!std::filesystem::exists(path, code))
    problem("model-missing", "", "The model of the study is not where it was: " + displayPath(path) + ".");
  else if (m_hashes == HashCheck::Compare && !model->sha256.empty() && std::filesystem::is_regular_file(path, code) &&
           sha256OfFile(path) != model->sha256)
    problem("model-changed", "", "The file of the study's model has other content than when it was promoted: " + displayPath(path) + ".");
}

}  // namespace

std::vector<Finding> checkProject(const Project& project, HashCheck hashes, Job& job, const CaseOpener& open) {
  return Check(project, hashes, job, open).run();
}

}  // namespace roundel
