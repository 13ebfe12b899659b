#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exchange/format.h"
#include "exchange/label_grid.h"

namespace roundel {

/// Finds the image that a data set means: as the path is written below one of the folders, else by file name, else by name
/// without extension, anywhere below them. A path is never followed out of the folders.
class ImageFinder {
 public:
  explicit ImageFinder(std::vector<std::filesystem::path> folders) : m_folders(std::move(folders)) {}

  struct Answer {
    std::filesystem::path file;  ///< empty: none
    bool ambiguous = false;      ///< several files have the name
  };
  Answer find(const std::string& reference);

 private:
  void index();

  std::vector<std::filesystem::path> m_folders;
  bool m_indexed = false;
  std::map<std::string, std::vector<std::filesystem::path>> m_byName, m_byStem;
};

/// Collects cases and refusals into a study: names are made unique, images found and probed, sizes compared.
class StudyBuilder {
 public:
  StudyBuilder(const ImportRequest& request, std::vector<std::filesystem::path> imageFolders, ImageAccess& images);

  /// The image that the data set calls `reference`, found and probed. Nothing, and a warning, where it is absent, ambiguous or
  /// unreadable. `size` is what the data set says of it; a different size of the image refuses it (an unstated one is {0, 0}).
  std::optional<ImportedCase> openCase(const std::string& reference, Size size);
  /// The same for a file that is known.
  std::optional<ImportedCase> openFile(const std::filesystem::path& file, const std::string& reference, Size size);
  /// The slices of one series that share their folder with other files, as the case `name`.
  std::optional<ImportedCase> openSeries(const std::vector<std::filesystem::path>& slices, const std::string& name);
  /// Brings a label map onto the grid of the case that it belongs to (see fitToImage). Where it does not fit, the case is refused
  /// and the answer is false. `shown`: what the data set calls the image.
  bool fit(LabelMap& map, const ImportedCase& one, const std::string& shown, LabelGrid by);
  /// Gives a case that was opened another name than its file's; returns the name, made unique.
  std::string renamed(const std::string& name, const std::string& wanted);
  void add(ImportedCase one);
  /// Leaves a case out and says why.
  void refuse(const std::string& caseName, const std::string& code, const std::string& message);
  /// Leaves an object out of a case that is imported otherwise; its class is then not annotated there.
  void refuseObject(const std::string& caseName, const std::string& code, const std::string& className, const std::string& reason);
  /// The same where nobody knows which class the object is of.
  void leaveOutObject(const std::string& caseName, const std::string& code, const std::string& message);
  void warn(const std::string& caseName, const std::string& code, const std::string& message);
  /// An image of a labelled data set that has no labels. Told one by one, and beyond fifty as a number.
  void warnOfMissingLabels(const std::string& caseName);
  /// Warnings of which a file may cause thousands: told once with a count, at the end.
  void count(const std::string& code, const std::string& message);
  void setClasses(LabelSet classes) { m_study.classes = std::move(classes); }

  std::size_t caseCount() const { return m_study.cases.size(); }
  /// Ends the study; it may hold refusals alone. Throws Error(BadInput, "nothing-imported") where there was nothing to refuse.
  ImportedStudy finish();

 private:
  std::optional<ImportedCase> probed(const std::filesystem::path& file, const std::vector<std::filesystem::path>& slices,
                                     const std::string& shown);
  void tellOf(const ImportedCase& one, const std::string& shown);
  std::string uniqueName(const std::filesystem::path& file);

  ImageAccess& m_images;
  ImageFinder m_finder;
  ImportedStudy m_study;
  std::set<std::string> m_names;
  std::set<std::filesystem::path> m_used;
  std::map<std::pair<std::string, std::string>, int> m_counts;
  std::filesystem::path m_source;
  int m_withoutLabels = 0;
};

/// Sets every class without an object to absent or not annotated.
void settleMissing(Annotation& annotation, MissingClass missing);

}  // namespace roundel
