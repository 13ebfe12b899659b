#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exchange/study.h"

namespace roundel {

/// Which classes a study without classes takes from a data set.
enum class ClassChoice {
  Automatic,  ///< the 17 wrist structures of ALGORITHMS.md 6.6 where the data set names all of them, else all
  All,        ///< every class of the data set
  Fdi,        ///< the palette "fdi"
  Carpal      ///< the palette "carpal"
};
/// What happens to a class that the study does not have.
enum class NewClasses { LeaveOut, Add };

/// How a data set's classes become the study's.
struct ClassMapping {
  LabelSet classes;                  ///< the study's classes afterwards
  std::vector<int> from;             ///< for each of them the data set's class; -1: the data set does not know it
  std::vector<std::string> leftOut;  ///< classes of the data set that the study does not take
};

/// Classes are the same where their names are, or the name of one is the other's code without its system ("FDI 11", "11").
/// `existing`: the study's classes; empty: none yet.
ClassMapping mapClasses(const LabelSet& imported, const LabelSet& existing, ClassChoice choice, NewClasses newClasses);

/// The annotation in the study's order. A class that the data set does not know is not annotated.
Annotation remapped(const Annotation& annotation, const ClassMapping& mapping);
/// What a data set says of a case, and for the classes it says nothing of (not annotated in it) what was known before: labels of one
/// structure do not take away those of another. Both on the same grid with the same classes; of another size, `said` alone.
Annotation completedBy(Annotation said, const Annotation& before);

/// Pixels of every class and of the ignored region, left and right exchanged; classes keep their places.
Annotation mirrored(const Annotation& annotation);

/// What a file name of GRAZPEDWRI-DX says (doi 10.1038/s41597-022-01328-z): "0001_1297860395_01_WRI-L1_M014" is patient 1, time
/// stamp, study 1, left wrist in projection 1, a boy of 14 years.
struct WristName {
  std::string patient;  ///< "0001"
  char side = 'L';      ///< L or R
  int projection = 1;   ///< 1 frontal, 2 lateral
  char sex = 'M';       ///< M or F
  int ageYears = 0;
};
std::optional<WristName> wristNameOf(const std::string& stem);

/// The side of a case: of its GRAZPEDWRI-DX name, else as the file states it. "L", "R", another word of DICOM, or empty: unknown.
std::string sideOf(const std::string& name, const std::string& stated);
/// Whether pictures of this side are turned where `mirror` (left, right, none) are.
bool mirrorsSide(const std::string& mirror, const std::string& side);

/// The key of a patient from a case's name: the first group of the pattern (ECMAScript), or the whole match. Empty: no match.
/// Throws Error(Usage, "bad-pattern") where the pattern cannot be read.
class PatientPattern {
 public:
  explicit PatientPattern(const std::string& pattern);
  ~PatientPattern();
  std::string patientOf(const std::string& name) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> m_compiled;
};

}  // namespace roundel
