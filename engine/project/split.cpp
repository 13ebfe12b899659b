#include "project/split.h"

#include "core/error.h"

namespace roundel {

std::string toString(SplitPart part) {
  switch (part) {
    case SplitPart::Labelled: return "labelled";
    case SplitPart::Unlabelled: return "unlabelled";
    case SplitPart::Validation: return "validation";
    case SplitPart::Test: return "test";
  }
  return "";
}

SplitPart splitPartFromString(const std::string& text) {
  for (const SplitPart part : {SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test})
    if (toString(part) == text) return part;
  throw Error(ErrorKind::Usage, "unknown-split", "There is no part of a split named " + text + ".",
              {.remedy = "Known: labelled, unlabelled, validation, test."});
}

const std::vector<std::string>& Split::part(SplitPart which) const { return const_cast<Split*>(this)->part(which); }

std::vector<std::string>& Split::part(SplitPart which) {
  switch (which) {
    case SplitPart::Labelled: return labelled;
    case SplitPart::Unlabelled: return unlabelled;
    case SplitPart::Validation: return validation;
    case SplitPart::Test: break;
  }
  return test;
}

Split labelledSubset(const Split& split, int count) {
  if (count < 1 || static_cast<std::size_t>(count) > split.labelled.size())
    throw Error(ErrorKind::BadInput, "not-enough-cases",
                "The split " + split.name + " has " + std::to_string(split.labelled.size()) + " labelled cases, so " +
                    std::to_string(count) + " of them cannot be taken.",
                {.remedy = "Draw the split with more labelled cases."});
  Split subset = split;
  subset.labelled.resize(static_cast<std::size_t>(count));
  return subset;
}

std::vector<std::string> caseListFromText(const std::string& text) {
  std::vector<std::string> names;
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    at = end + 1;
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos || line[first] == '#') continue;
    names.push_back(line.substr(first, line.find_last_not_of(" \t\r") - first + 1));
  }
  return names;
}

Json toJson(const Split& split) {
  return {{"name", split.name},
          {"seed", split.seed},
          {"grouping", split.grouping == SplitGrouping::ByPatient ? "patient" : "none"},
          {"labelled", split.labelled},
          {"unlabelled", split.unlabelled},
          {"validation", split.validation},
          {"test", split.test}};
}

Split splitFromJson(const Json& json) {
  try {
    const auto names = [&](const char* part) { return json.value(part, std::vector<std::string>{}); };
    return {.name = json.value("name", "main"),
            .seed = json.value("seed", std::uint64_t{0}),
            .grouping = json.value("grouping", "patient") == "none" ? SplitGrouping::None : SplitGrouping::ByPatient,
            .labelled = names("labelled"),
            .unlabelled = names("unlabelled"),
            .validation = names("validation"),
            .test = names("test")};
  } catch (const Json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", "The split is not of the expected form.");
  }
}

}  // namespace roundel
