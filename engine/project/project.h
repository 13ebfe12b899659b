#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/annotation.h"
#include "core/label_set.h"
#include "project/annotation_version.h"
#include "project/audit.h"
#include "project/case.h"
#include "project/decision.h"
#include "project/reading.h"
#include "project/run_record.h"
#include "project/split.h"

namespace roundel {

enum class Access { ReadOnly, Edit };

/// What addCases does where a name is taken: refuse the batch, or append a number ("wrist-2").
enum class NameClash { Refuse, Number };

/// A study: a folder with `project.db` (cases, label versions, classes, splits, runs, decisions, audit log), `journal/`,
/// `images/`, `embeddings/` and `runs/`.
///
/// One writer at a time holds the project's lock (Access::Edit); readers need none. Every change is one transaction, synced
/// before the call returns, with its entry in the hash-chained audit log; a kill at any moment leaves the state before or
/// after. One object per thread.
///
/// Throws Error(Locked, "locked" | "schema-newer" | "read-only"), Error(BadInput, "no-project" | "damaged-project"),
/// Error(Resource, "disk-full" | "disk-error") besides what single functions name. Changing calls on a project opened
/// ReadOnly throw Error(Locked, "read-only").
class Project {
 public:
  /// Makes the folder and an empty project in it, opened for editing. `who` is named in the audit log; empty: the account.
  /// Throws Error(BadInput, "project-exists" | "folder-not-empty").
  static Project create(const std::filesystem::path& folder, const std::string& who = {});
  /// A project of an older version is brought up to date, after a copy of project.db beside it.
  static Project open(const std::filesystem::path& folder, Access access, const std::string& who = {});

  Project(Project&& other) noexcept;
  Project& operator=(Project&& other) noexcept;
  ~Project();

  const std::filesystem::path& folder() const;
  Access access() const;
  std::filesystem::path runFolder(const std::string& runId) const;  ///< Throws Error(BadInput, "bad-run-id") on a path.
  std::filesystem::path embeddingsFolder() const;
  std::filesystem::path imagesFolder() const;
  int schemaVersion() const;

  // Classes -----------------------------------------------------------------------------------------------------------
  /// In the study's order: index in this set = index in every Annotation read.
  LabelSet classes() const;
  /// A class is its id. Names, colours, mirrors, codes and the order may change and classes may be added at any time. A class
  /// that the newest labels of some case say something about can neither go ("class-in-use") nor hand its name to another id
  /// ("class-swapped"). One that only old versions know is archived: its id can come back under its old name alone
  /// ("class-archived"). All Error(BadInput, ...). Returns one sentence for each class renamed that has labels.
  std::vector<std::string> setClasses(const LabelSet& classes);

  // Cases -------------------------------------------------------------------------------------------------------------
  /// All or none, in one transaction; returns them with id and final name. Images are not opened.
  /// Throws Error(BadInput, "duplicate-case" | "bad-case").
  std::vector<Case> addCases(std::vector<Case> cases, NameClash clash = NameClash::Refuse);
  /// Changes everything but id and name. Throws Error(BadInput, "unknown-case").
  void updateCase(const Case& changed);
  std::vector<Case> cases() const;  ///< by name, bytewise
  std::int64_t caseCount() const;
  std::optional<Case> findCase(const std::string& name) const;
  std::optional<Case> findCaseById(std::int64_t id) const;
  /// The case whose image reference is byte for byte this path.
  std::optional<Case> findCaseByImage(const std::filesystem::path& image) const;
  /// By name, else by the image file's name, else by that without its extension. Throws Error(BadInput, "unknown-case" with the
  /// nearest name | "ambiguous-case").
  Case resolveCase(const std::string& nameOrFile) const;
  /// Where the image lies: absolute.
  std::filesystem::path imagePath(const Case& one) const;
  /// A key for a patient's identifier that cannot be turned back without this project (salted SHA-256). Empty for empty.
  std::string patientKey(std::string_view identifier) const;

  // Labels ------------------------------------------------------------------------------------------------------------
  /// Adds a version; returns its id. The annotation has one entry a class of classes(), on the case's grid.
  /// Throws Error(BadInput, "unknown-case" | "size-mismatch" | "bad-annotation").
  std::int64_t addAnnotation(std::int64_t caseId, const Annotation& annotation, const Provenance& provenance);
  /// Many in one transaction: all or none.
  std::vector<std::int64_t> addAnnotations(const std::vector<NewAnnotation>& annotations);
  /// The newest labels, in the order of classes(); classes unknown when they were stored are not annotated.
  std::optional<Annotation> latest(std::int64_t caseId) const;
  std::optional<AnnotationVersion> latestVersion(std::int64_t caseId) const;
  /// For all cases that have one, by case id; without unpacking a mask.
  std::map<std::int64_t, AnnotationVersion> latestVersions() const;
  std::vector<AnnotationVersion> history(std::int64_t caseId) const;  ///< oldest first
  Annotation annotation(std::int64_t versionId) const;                ///< Throws Error(BadInput, "unknown-version").

  // Readings ----------------------------------------------------------------------------------------------------------
  /// Adds a blind re-reading of a case; its labels stay as they are. Throws as addAnnotation, and Error(BadInput, "unknown-version") where it
  /// is not against a version of that case.
  std::int64_t addReading(const NewReading& reading);
  std::vector<Reading> readings() const;  ///< oldest first
  Annotation readingLabels(std::int64_t readingId) const;

  // Splits ------------------------------------------------------------------------------------------------------------
  std::vector<SplitCandidate> splitCandidates() const;
  /// Saves, replacing one of the same name. Throws Error(BadInput, "unknown-case" | "case-twice").
  void saveSplit(const Split& split);
  std::optional<Split> split(const std::string& name = "main") const;
  std::vector<Split> splits() const;  ///< by name

  // Runs --------------------------------------------------------------------------------------------------------------
  void saveRun(const RunRecord& run);  ///< replaces what is known of that run; used by project/ingest.h
  std::optional<RunRecord> run(const std::string& id) const;
  std::vector<RunRecord> runs() const;  ///< in the order of taking in, without rounds
  /// Saves decisions about a run's pseudo-labels, and as a file in runs/<id>/decisions for the run to read.
  /// Throws Error(BadInput, "unknown-run" | "unknown-case" | "unknown-class").
  void addDecisions(const std::string& runId, std::vector<Decision> decisions);
  std::vector<Decision> decisions(const std::string& runId) const;  ///< the newest for each case and class
  void promote(PromotedModel model);  ///< The newest is *the* model of the study; `who` and `when` are filled in.
  std::optional<PromotedModel> promotedModel() const;

  // Audit -------------------------------------------------------------------------------------------------------------
  std::vector<AuditEntry> auditLog() const;
  /// Recomputes the chain and the hashes of all label versions, and compares cases, classes and splits with their last entries.
  AuditReport verifyAudit() const;
  /// Sentences of the database's own check; empty: sound.
  std::vector<std::string> databaseFaults() const;

 private:
  struct Store;
  explicit Project(std::unique_ptr<Store> store);
  std::unique_ptr<Store> m_store;
};

}  // namespace roundel
