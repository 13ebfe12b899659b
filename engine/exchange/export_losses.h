#pragma once
#include <string>

#include "exchange/study.h"

namespace roundel {

/// What a format can hold besides masks; the rest is reported as a loss.
struct FormatAbility {
  enum class Overlap { Kept, Lost };
  enum class NotAnnotated { Kept, BecomesBackground };
  enum class Ignore { Kept, Lost };
  Overlap overlap = Overlap::Kept;
  NotAnnotated notAnnotated = NotAnnotated::Kept;
  Ignore ignore = Ignore::Kept;
};

/// Writes into the report what `format` does not hold of this case: pixels of several classes (`overlapPixels`, of which the
/// first class kept them), classes not annotated, ignored regions.
void reportLosses(ExportReport& report, const std::string& format, FormatAbility ability, const ExportedCase& one, const LabelSet& classes,
                  std::int64_t overlapPixels);

/// How labels name the picture of the case.
std::string imageReference(const ExportedCase& one);

/// Names of the classes that are not annotated in the case.
std::vector<std::string> notAnnotatedNames(const Annotation& annotation, const LabelSet& classes);

/// The text as a file name: what some system refuses in one (control characters, / \\ : * ? " < > |) becomes _, all else stays, so
/// that a case keeps the name of its image: "scan (1)". Never empty.
std::string fileNameOf(const std::string& text);

}  // namespace roundel
