#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/json.h"
#include "weights/state_dict.h"

namespace roundel {

/// A weight file that a person brought, as FOLDER/NAME/model.json says.
struct InstalledModel {
  std::string name;          ///< what --generalist calls it
  std::string architecture;  ///< architectures.h
  std::string recognised;    ///< the publisher's name of the file, where its content is known; empty: not known
  std::string sha256;        ///< of the whole file
  std::uint64_t bytes = 0;
  std::string original;                      ///< name of the file it came from
  std::string added;                         ///< UTC
  bool linked = false;                       ///< the folder holds a link to where the file lies
  std::int64_t modified = 0;                 ///< when a linked file was written last, in nanoseconds since 1970, as its system says
  std::vector<std::string> unexpected = {};  ///< tensors of the file that are not needed, at most 20 of them
  std::filesystem::path weights = {};        ///< the file, or the link to it
  bool licenceShown = false;                 ///< a person has seen that it is not for commercial use
  std::string licence = {};                  ///< as whoever took it in says; empty: the architecture's
  bool saidNonCommercial = false;            ///< likewise
};

/// Under which licence a model's weights may be used, and for what.
struct ModelLicence {
  std::string name;
  bool nonCommercial = false;
  std::string sentence() const;
};
ModelLicence licenceOf(const InstalledModel& model);

enum class TakeIn { Copy, Link };

struct AddOptions {
  std::string name = {};          ///< empty: the publisher's name or the Recognition's
  std::string architecture = {};  ///< empty: found from the tensors; else it must fit
  TakeIn takeIn = TakeIn::Copy;
  std::string licence = {};  ///< empty: the architecture's
  bool nonCommercial = false;
};

/// The weight files that were brought, one folder each. A model appears whole or not at all; nothing here is ever executed.
class ModelFolder {
 public:
  /// ROUNDEL_MODELS, else roundel/models in XDG_DATA_HOME or ~/.local/share.
  static std::filesystem::path defaultPath();
  explicit ModelFolder(std::filesystem::path path = defaultPath()) : m_path(std::move(path)) {}

  const std::filesystem::path& path() const { return m_path; }
  /// By name. A folder whose model.json cannot be read is left out and named in `warnings`.
  std::vector<InstalledModel> list(std::vector<Warning>* warnings = nullptr) const;
  /// Throws Error(Usage, "unknown-model") that names the nearest one.
  InstalledModel find(const std::string& name) const;

  /// Recognises, checks (every value a number) and takes in. A file whose content is there already gives the one that is there, under the
  /// licence that is said now. Two processes may add at the same time. Throws Error(BadInput, "bad-weights" | "unknown-architecture"),
  /// Error(Usage, "model-exists"), Error(Resource | Locked).
  InstalledModel add(const std::filesystem::path& file, const AddOptions& options, Job& job);
  /// Reads everything again. Throws Error(BadInput, "bad-weights") with what is wrong.
  InstalledModel verify(const std::string& name, Job& job) const;
  /// Forgets it, also one whose model.json is damaged; a linked file stays where it lies.
  void remove(const std::string& name);
  /// The weights, for use: their values are not looked at again. A linked file that was written to since is compared with what was taken
  /// in first, which reads all of it. Throws Error(BadInput, "bad-weights") where they are another file, or gone.
  static StateDict open(const InstalledModel& model);
  /// Has a person see, once, that weights of this folder are not for commercial use: a warning to `job` before their first use.
  void showLicence(const InstalledModel& model, Job& job);

 private:
  static void write(const std::filesystem::path& folder, const InstalledModel& model);
  InstalledModel underLicence(InstalledModel known, const AddOptions& options) const;

  std::filesystem::path m_path;
};

Json toJson(const InstalledModel& model);

}  // namespace roundel
