#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/copied_cases.h"
#include "cli/commands/decode_access.h"
#include "core/error.h"
#include "core/files.h"
#include "core/series_list.h"
#include "exchange/format.h"
#include "exchange/study_mapping.h"
#include "project/project.h"
#include "raster/pixel_pipeline.h"

namespace roundel::cli {
namespace {

constexpr std::size_t kBatch = 500;

struct ImportFlags {
  std::string project, source, format = "auto", images, labels, missing = "absent", mirror = "none", classes = "auto";
  std::string newClasses = "leave-out", patientFrom;
  std::vector<std::string> set, pixels;
  bool copy = false;
};

ClassChoice classChoice(const std::string& word) {
  return word == "all"      ? ClassChoice::All
         : word == "fdi"    ? ClassChoice::Fdi
         : word == "carpal" ? ClassChoice::Carpal
                            : ClassChoice::Automatic;
}

/// Brings a data set into a project, batch by batch.
class Importer {
 public:
  Importer(Project& project, const ImportFlags& flags, std::string format)
      : m_project(project), m_flags(flags), m_format(std::move(format)), m_folder(std::filesystem::absolute(project.folder())) {
    m_pipeline = pixelPipelineFromJson(resolveParams(pixelPipelineParams(), parseSettings(flags.pixels, pixelPipelineParams())));
    if (!flags.patientFrom.empty()) m_pattern = std::make_unique<PatientPattern>(flags.patientFrom);
  }

  Outcome run(ImportedStudy study, Job& job) {
    if (study.cases.empty()) refuseAll(study, job);
    m_copied.emplace(m_project, study);
    m_outcome.warnings = std::move(study.warnings);
    mapStudyClasses(study);
    for (std::size_t start = 0; start < study.cases.size(); start += kBatch) {
      job.throwIfStopped();
      const std::size_t end = std::min(study.cases.size(), start + kBatch);
      store(study.cases, start, end);
      job.progress(static_cast<std::int64_t>(end), static_cast<std::int64_t>(study.cases.size()), "storing cases");
    }
    finish(study);
    return std::move(m_outcome);
  }

 private:
  /// Nothing came of it: why, case by case, stands in the warnings.
  [[noreturn]] static void refuseAll(const ImportedStudy& study, Job& job) {
    for (const auto& one : study.warnings) job.warning(one);
    std::string message = "There is no case to import.";
    if (study.refused == 1) message = "The only case was refused, so that nothing was imported.";
    if (study.refused > 1) message = "All " + std::to_string(study.refused) + " cases were refused, so that nothing was imported.";
    const std::string first = study.warnings.empty() ? "" : study.warnings.front().message;
    throw Error(ErrorKind::BadInput, "nothing-imported",
                message + (first.empty() ? "" : (study.refused > 1 ? " The first: " : " ") + first),
                {.remedy = "The warnings say what is wrong with each of them; the study is as it was."});
  }

  void mapStudyClasses(const ImportedStudy& study) {
    const LabelSet existing = m_project.classes();
    m_mapping = mapClasses(study.classes, existing, classChoice(m_flags.classes),
                           m_flags.newClasses == "add" ? NewClasses::Add : NewClasses::LeaveOut);
    if (!m_mapping.leftOut.empty()) {
      std::string list;
      for (std::size_t i = 0; i < m_mapping.leftOut.size() && i < 40; ++i) list += (i == 0 ? "" : ", ") + m_mapping.leftOut[i];
      if (m_mapping.leftOut.size() > 40) list += " and " + std::to_string(m_mapping.leftOut.size() - 40) + " more";
      m_outcome.warnings.push_back(
          {"classes-left-out", "",
           "Classes that the study does not have were left out: " + list + ". " +
               (existing.empty() ? "Import with --classes all to keep them." : "Import with --new-classes add to keep them.")});
    }
    if (!(m_mapping.classes == existing) && !m_mapping.classes.empty()) m_project.setClasses(m_mapping.classes);
  }

  void store(std::vector<ImportedCase>& cases, std::size_t start, std::size_t end) {
    std::vector<Case> added;
    std::vector<std::size_t> addedFrom;
    std::vector<NewAnnotation> annotations;
    for (std::size_t i = start; i < end; ++i) {
      const auto image = cases[i].slices.empty() ? std::filesystem::weakly_canonical(std::filesystem::absolute(cases[i].image))
                                                 : seriesListOf(cases[i].slices);
      std::string content;
      if (auto known = knownCase(image, cases[i], content)) {
        ++m_known;
        if (!takesChangedImage(*known, cases[i])) continue;
        if (!m_flags.pixels.empty()) changePipeline(*known);
        if (m_pattern) changePatient(*known, cases[i].name);
        addLabels(*known, cases[i], annotations);
      } else {
        added.push_back(caseOf(cases[i], image, content));
        addedFrom.push_back(i);
      }
    }
    added = m_project.addCases(std::move(added), NameClash::Number);
    m_added += added.size();
    for (std::size_t k = 0; k < added.size(); ++k) addLabels(added[k], cases[addedFrom[k]], annotations);
    if (!annotations.empty()) m_project.addAnnotations(annotations);
  }

  /// A known case whose file holds another picture now takes what it says of itself. Not where the picture has another size, the case has
  /// labels, and none come with it: they would lie somewhere else. Whether the case can be used.
  bool takesChangedImage(Case& known, const ImportedCase& imported) {
    std::error_code code;
    const auto bytes = std::filesystem::file_size(m_project.imagePath(known), code);
    const bool isMirrored = pixelPipelineFromJson(known.pixelPipeline).mirror == MirrorChoice::Yes;
    const Geometry now = isMirrored ? mirrored(imported.facts.geometry) : imported.facts.geometry;
    const bool otherSize = now.size != known.geometry.size, otherFile = !code && known.fileBytes && *known.fileBytes != bytes;
    if (!otherSize && !otherFile) return true;
    const auto latest = m_project.latestVersion(known.id);
    const bool bringsLabels = !imported.annotation.classes.empty() && remapped(imported.annotation, m_mapping).anyAnnotated();
    if (otherSize && latest && latest->anyAnnotated() && !bringsLabels) {
      ++m_refused;
      m_outcome.warnings.push_back({"size-mismatch", known.name,
                                    "The image of " + known.name +
                                        " has another size than when it was imported, and the study's labels of it do not fit any more. "
                                        "Import it together with labels of the new size."});
      return false;
    }
    known.geometry = now;
    known.fileBytes = code ? std::nullopt : std::optional<std::uint64_t>(bytes);
    known.contentHash.clear();
    m_project.updateCase(known);
    m_outcome.warnings.push_back({"image-changed", known.name,
                                  "The image file of " + known.name + " has changed since it was imported; it was taken as it is now."});
    return true;
  }

  /// The patient that the pattern finds in a case's name; empty: none.
  std::string patientByPattern(const std::string& name) {
    std::string found = m_pattern->patientOf(name);
    m_patientsFound += found.empty() ? 0 : 1;
    return found;
  }

  /// A known case takes the patient that the pattern finds in its name now.
  void changePatient(Case known, const std::string& name) {
    const std::string found = patientByPattern(name), key = found.empty() ? "" : m_project.patientKey(found);
    if (key.empty() || key == known.patient) return;
    known.patient = key;
    m_project.updateCase(known);
  }

  /// A known case takes the pixel pipeline that is asked for now; its mirror stays, because its labels are mirrored too.
  void changePipeline(Case known) {
    PixelPipelineSettings wanted = m_pipeline;
    const PixelPipelineSettings before = pixelPipelineFromJson(known.pixelPipeline);
    wanted.mirror = before.mirror;
    if (wanted == before) return;
    known.pixelPipeline = toJson(wanted);
    m_project.updateCase(known);
    ++m_repainted;
  }

  /// By where the image lies, else by its content, which is given back where it was read.
  std::optional<Case> knownCase(const std::filesystem::path& image, const ImportedCase& one, std::string& content) const {
    if (auto known = m_project.findCaseByImage(image)) return known;
    if (!one.slices.empty() && m_flags.copy) content = contentOf(one.slices);
    else if (one.slices.empty() && (m_flags.copy || m_copied->mayHold(image))) content = contentOf(image);
    return content.empty() ? std::nullopt : m_copied->find(content, one.name);
  }

  Case caseOf(const ImportedCase& one, const std::filesystem::path& image, const std::string& content) {
    Case result{.name = one.name, .image = image, .geometry = one.facts.geometry, .contentHash = content, .facts = one.facts.facts};
    const std::string side = sideOf(one.name, one.facts.laterality);
    std::string patient = one.patient;
    if (!one.facts.modality.empty()) result.facts["modality"] = one.facts.modality;
    if (const auto wrist = wristNameOf(one.name)) {
      patient = "GRAZPEDWRI-DX " + wrist->patient;
      result.facts["projection"] = wrist->projection == 1 ? "frontal" : "lateral";
      result.facts["sex"] = std::string(1, wrist->sex);
      result.facts["age_years"] = wrist->ageYears;
    }
    if (m_pattern)
      if (const std::string found = patientByPattern(one.name); !found.empty()) patient = found;
    if (!side.empty()) result.facts["laterality"] = side;
    result.patient = m_project.patientKey(patient);
    if (!one.split.empty()) result.facts["data_set_part"] = one.split;
    PixelPipelineSettings pipeline = m_pipeline;
    if (side != "L" && side != "R") ++m_sideUnknown;
    if (mirrorsSide(m_flags.mirror, side)) {
      pipeline.mirror = MirrorChoice::Yes;
      result.geometry = mirrored(result.geometry);
      ++m_mirrored;
    }
    result.pixelPipeline = toJson(pipeline);
    if (!one.slices.empty()) result.image = m_flags.copy ? copiedSeries(result.name, one.slices) : image;
    else if (m_flags.copy) result.image = copied(result.name, image);
    if (!one.slices.empty() && !m_flags.copy) keepSeriesList(image, one.slices);
    return result;
  }

  void keepSeriesList(const std::filesystem::path& list, const std::vector<std::filesystem::path>& slices) {
    SeriesList series;
    for (const auto& slice : slices) series.files.push_back(std::filesystem::weakly_canonical(std::filesystem::absolute(slice)));
    std::filesystem::create_directories((m_folder / list).parent_path());
    writeSeriesList(m_folder / list, series);
  }

  /// A folder of its own for the slices, in images/.
  std::filesystem::path copiedSeries(const std::string& name, const std::vector<std::filesystem::path>& slices) {
    const std::string safe = safeCaseName(name);
    auto target = m_project.imagesFolder() / safe;
    for (int number = 2; std::filesystem::exists(target); ++number)
      target = m_project.imagesFolder() / (safe + "-" + std::to_string(number));
    std::filesystem::create_directories(target);
    for (const auto& slice : slices) std::filesystem::copy_file(slice, target / slice.filename());
    return std::filesystem::absolute(target).lexically_normal().lexically_relative(m_folder.lexically_normal());
  }

  /// Into the project's images/, under the case's name, numbered where another file has it.
  std::filesystem::path copied(const std::string& name, const std::filesystem::path& image) {
    const std::string safe = safeCaseName(name);
    auto target = m_project.imagesFolder() / (safe + image.extension().native());
    for (int number = 2; std::filesystem::exists(target); ++number)
      target = m_project.imagesFolder() / (safe + "-" + std::to_string(number) + image.extension().native());
    std::filesystem::create_directories(target.parent_path());
    std::filesystem::copy(image, target, std::filesystem::copy_options::recursive);
    return std::filesystem::absolute(target).lexically_normal().lexically_relative(m_folder.lexically_normal());
  }

  void addLabels(const Case& one, const ImportedCase& imported, std::vector<NewAnnotation>& annotations) {
    if (imported.annotation.classes.empty() || m_mapping.classes.empty()) return;
    Annotation annotation = remapped(imported.annotation, m_mapping);
    if (!annotation.anyAnnotated() && annotation.ignore.empty()) return;
    if (pixelPipelineFromJson(one.pixelPipeline).mirror == MirrorChoice::Yes) annotation = mirrored(annotation);
    ++m_annotated;
    for (const auto& label : annotation.classes) m_objects += label.state == ClassState::Present ? 1 : 0;
    if (const auto latest = m_project.latest(one.id)) {
      annotation = completedBy(std::move(annotation), *latest);
      if (contentHash(annotation) == contentHash(*latest)) return;
    }
    annotations.push_back({.caseId = one.id, .annotation = std::move(annotation), .provenance = {.how = "import", .tool = m_format}});
  }

  void finish(const ImportedStudy& study) {
    if (m_flags.mirror != "none" && m_sideUnknown > 0)
      m_outcome.warnings.push_back({"side-unknown", "",
                                    std::to_string(m_sideUnknown) + " of " + std::to_string(m_added) +
                                        " new cases do not say whether they are of the left or the right side; they were not mirrored."});
    if (m_pattern && m_patientsFound < study.cases.size())
      m_outcome.warnings.push_back({"patient-unknown", "",
                                    "The pattern of --patient-from finds no patient in " +
                                        std::to_string(study.cases.size() - m_patientsFound) + " of " + std::to_string(study.cases.size()) +
                                        " names; each of these cases counts as a patient of its own."});
    Json classes = Json::array();
    for (const auto& one : m_mapping.classes.classes()) classes.push_back(one.name);
    m_outcome.result = {{"format", m_format},
                        {"cases", study.cases.size()},
                        {"added", m_added},
                        {"known", m_known},
                        {"annotated", m_annotated},
                        {"masks", m_objects},
                        {"mirrored", m_mirrored},
                        {"pixels_changed", m_repainted},
                        {"refused", study.refused + m_refused},
                        {"refused_objects", study.refusedObjects},
                        {"classes", std::move(classes)}};
    m_outcome.text = "Imported " + std::to_string(study.cases.size()) + " cases (" + m_format + "): " + std::to_string(m_annotated) +
                     " with labels, " + std::to_string(m_objects) + " masks of " + std::to_string(m_mapping.classes.size()) + " classes.\n";
    if (m_known > 0)
      m_outcome.text += std::to_string(m_known) +
                        " were in the study already; new labels became their newest version, where other classes keep theirs.\n";
    if (m_repainted > 0) m_outcome.text += std::to_string(m_repainted) + " of them took the new pixel pipeline.\n";
    if (m_mirrored > 0) m_outcome.text += std::to_string(m_mirrored) + " are mirrored (undone at export).\n";
    const int refused = study.refused + m_refused;
    if (refused > 0) m_outcome.text += std::to_string(refused) + " were refused:\n";
    if (refused > 0 || study.refusedObjects > 0) m_outcome.exitCode = 6;
  }

  Project& m_project;
  const ImportFlags& m_flags;
  std::string m_format;
  std::filesystem::path m_folder;
  std::unique_ptr<PatientPattern> m_pattern;
  std::optional<CopiedCases> m_copied;
  ClassMapping m_mapping;
  std::size_t m_added = 0;
  int m_refused = 0;  ///< known cases
  std::size_t m_patientsFound = 0;
  std::int64_t m_known = 0, m_annotated = 0, m_objects = 0, m_mirrored = 0, m_repainted = 0, m_sideUnknown = 0;
  PixelPipelineSettings m_pipeline;
  Outcome m_outcome;
};

Outcome importData(const ImportFlags& flags, Context& context) {
  Project project = Project::open(flags.project, Access::Edit);
  ImportRequest request{.source = flags.source,
                        .classes = project.classes(),
                        .missing = flags.missing == "absent" ? MissingClass::Absent : MissingClass::NotAnnotated};
  if (!flags.images.empty()) request.images = flags.images;
  if (!flags.labels.empty()) request.labels = flags.labels;
  for (const auto& folder : {request.images, request.labels})
    if (folder && !std::filesystem::is_directory(*folder))
      throw Error(ErrorKind::BadInput, "unreadable-file", displayPath(*folder) + " is no folder.",
                  {.path = displayPath(*folder), .remedy = "Name the folder that holds the files, with its whole path if need be."});
  if (!std::filesystem::exists(request.source))
    throw Error(ErrorKind::BadInput, "unreadable-file", displayPath(request.source) + " is not there.",
                {.path = displayPath(request.source), .remedy = "Name a file or folder that is there; a share may not be mounted."});
  const std::string format = flags.format == "auto" ? recognisedFormat(request) : flags.format;
  const auto reader = importFormats().create(format, parseSettings(flags.set, importFormats().find(format).params));
  DecodeAccess images;
  return Importer(project, flags, format).run(reader->read(request, images, context.job), context.job);
}

}  // namespace

Command importCommand() {
  return {.name = "import",
          .sentence = "Bring images and labels into a study",
          .examples = {"import study radiographs", "import study teeth/annotations.json --format coco",
                       "import study labels --format masks --images radiographs",
                       "import study cvat.xml --images wrists --mirror right   (right hands as left ones, as in the paper)",
                       "import study radiographs --pixels local_contrast=clahe", "import study scans --patient-from '^([0-9]+)_'",
                       "import study hippocampus   (images/ and labels/ of NIfTI)", "import study left_atrium --format hdf5",
                       "import study series --format dicom --labels segmentations"},
          .declare = [](CLI::App& app) -> std::function<Outcome(Context&)> {
            auto flags = std::make_shared<ImportFlags>();
            std::vector<std::string> formats{"auto"};
            for (const auto& entry : importFormats().entries()) formats.push_back(entry.name);
            app.add_option("project", flags->project, "The study's folder")->required();
            app.add_option("source", flags->source, "A file or folder with images or labels")->required();
            app.add_option("--format", flags->format, "Kind of data; auto tells it by its content")->check(CLI::IsMember(formats));
            app.add_option("--images", flags->images, "Folder of the images, if not beside the labels");
            app.add_option("--labels", flags->labels, "Folder of the label maps or segmentation objects, if not beside the images");
            app.add_option("--missing", flags->missing, "What a class without an object is in an annotated case")
                ->check(CLI::IsMember({"absent", "not-annotated"}));
            app.add_option("--classes", flags->classes, "Classes of a study that has none: auto, all, fdi or carpal")
                ->check(CLI::IsMember({"auto", "all", "fdi", "carpal"}));
            app.add_option("--new-classes", flags->newClasses, "What to do with classes that the study does not have")
                ->check(CLI::IsMember({"leave-out", "add"}));
            app.add_option("--mirror", flags->mirror, "Mirror images of this side, so that all look the same way")
                ->check(CLI::IsMember({"none", "right", "left"}));
            app.add_option("--patient-from", flags->patientFrom, "Pattern whose first group in a case's name is its patient");
            app.add_option("--set", flags->set, "A parameter of the format, key=value (see describe)")->allow_extra_args(false);
            app.add_option("--pixels", flags->pixels, "key=value of the pixel pipeline for every case (see describe; show tries it)")
                ->allow_extra_args(false);
            app.add_flag("--copy", flags->copy, "Copy the images into the study instead of pointing to them");
            return [flags](Context& context) { return importData(*flags, context); };
          }};
}

}  // namespace roundel::cli
