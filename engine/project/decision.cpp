#include "project/decision.h"

#include <algorithm>
#include <map>

#include "core/csv_line.h"
#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

[[noreturn]] void failLine(int line, const std::string& why) {
  throw Error(ErrorKind::BadInput, "bad-decisions", "Line " + std::to_string(line) + " of the decisions: " + why + ".",
              {.remedy = "Write case,class,decision[,note] with accept, review or reject as the decision; an empty class means all."});
}

std::vector<std::string> cellsOf(const std::string& line, int number) {
  const auto cells = csvCells(line);
  if (!cells) failLine(number, "a quotation mark is not closed");
  return *cells;
}

std::vector<Decision> decisionsFromCsv(const std::string& text) {
  std::vector<Decision> decisions;
  std::vector<std::string> header;
  std::size_t at = 0;
  for (int number = 1; at < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    at = end + 1;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    const auto cells = cellsOf(line, number);
    if (header.empty()) {
      header = cells;
      for (const char* needed : {"case", "decision"})
        if (std::find(header.begin(), header.end(), needed) == header.end())
          failLine(number, std::string("the header has no column named ") + needed);
      continue;
    }
    if (cells.size() != header.size())
      failLine(number, "it has " + std::to_string(cells.size()) + " cells, the header has " + std::to_string(header.size()));
    const auto cell = [&](const char* column) {
      const auto found = std::find(header.begin(), header.end(), column);
      return found == header.end() ? std::string() : cells[static_cast<std::size_t>(found - header.begin())];
    };
    if (cell("case").empty()) failLine(number, "it names no case");
    try {
      decisions.push_back(
          {.caseName = cell("case"), .className = cell("class"), .verdict = verdictFromString(cell("decision")), .note = cell("note")});
    } catch (const Error& problem) {
      failLine(number, "\"" + sanitisedUtf8(cell("decision")) + "\" is no decision");
    }
  }
  return decisions;
}

}  // namespace

std::string toString(Verdict verdict) {
  switch (verdict) {
    case Verdict::Accept: return "accept";
    case Verdict::Review: return "review";
    case Verdict::Reject: return "reject";
  }
  return "";
}

Verdict verdictFromString(const std::string& text) {
  for (const Verdict verdict : {Verdict::Accept, Verdict::Review, Verdict::Reject})
    if (toString(verdict) == text) return verdict;
  throw Error(ErrorKind::BadInput, "bad-decision", "Unknown decision: " + sanitisedUtf8(text) + ".",
              {.remedy = "Known: accept, review, reject."});
}

Json toJson(const MovedLabel& label) {
  Json prompts = Json::array();
  for (const auto& one : label.prompts) prompts.push_back(toJson(one));
  return {{"mask", toJson(label.mask)}, {"prompts", std::move(prompts)}};
}

MovedLabel movedLabelFromJson(const Json& json) {
  MovedLabel label{.mask = maskFromJson(json.at("mask"))};
  if (json.contains("prompts"))
    for (const auto& one : json["prompts"]) label.prompts.push_back(promptFromJson(one));
  return label;
}

Json toJson(const Decision& decision) {
  Json json = {{"case", decision.caseName},
               {"class", decision.className.empty() ? Json(nullptr) : Json(decision.className)},
               {"decision", toString(decision.verdict)},
               {"who", decision.who},
               {"when", decision.when}};
  if (!decision.note.empty()) json["note"] = decision.note;
  if (decision.label) json["label"] = toJson(*decision.label);
  return json;
}

Decision decisionFromJson(const Json& json) {
  const auto text = [&](const char* key) {
    const auto found = json.find(key);
    return found == json.end() || found->is_null() ? std::string() : found->get<std::string>();
  };
  Decision decision{.caseName = json.at("case").get<std::string>(),
                    .className = text("class"),
                    .verdict = verdictFromString(json.at("decision").get<std::string>()),
                    .who = text("who"),
                    .when = text("when"),
                    .note = text("note")};
  if (json.contains("label") && !json["label"].is_null()) decision.label = movedLabelFromJson(json["label"]);
  return decision;
}

std::vector<Decision> decisionsFromText(const std::string& given) {
  const std::string text = given.starts_with("\xEF\xBB\xBF") ? given.substr(3) : given;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  if (text[first] != '[') return decisionsFromCsv(text);
  try {
    std::vector<Decision> decisions;
    for (const auto& one : Json::parse(text)) decisions.push_back(decisionFromJson(one));
    return decisions;
  } catch (const Json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-decisions", "The decisions are not of the expected form.",
                {.remedy = "Write a JSON list such as [{\"case\": \"a\", \"class\": \"Radius\", \"decision\": \"accept\"}]."});
  }
}

std::vector<Decision> newestDecisions(const std::vector<Decision>& inOrder) {
  std::map<std::string, std::map<std::string, Decision>> newest;  // case -> class -> decision
  for (const auto& one : inOrder) {
    auto& ofCase = newest[one.caseName];
    if (one.className.empty()) ofCase.clear();  // about the whole case: replaces what was said of its classes
    ofCase[one.className] = one;
  }
  std::vector<Decision> decisions;
  for (auto& [caseName, ofCase] : newest)
    for (auto& [className, one] : ofCase) decisions.push_back(std::move(one));
  return decisions;
}

std::vector<Decision> readDecisions(const std::filesystem::path& runFolder) {
  const std::filesystem::path folder = runFolder / "decisions";
  std::vector<std::filesystem::path> files;
  std::error_code code;
  for (std::filesystem::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code))
    if (entry->path().extension() == ".json") files.push_back(entry->path());
  std::sort(files.begin(), files.end());  // numbered with leading zeros: the oldest first
  std::vector<Decision> all;
  for (const auto& file : files) {
    const Json document = readJson(file);
    try {
      for (const auto& one : document.at("decisions")) all.push_back(decisionFromJson(one));
    } catch (const Json::exception&) {
      throw Error(ErrorKind::BadInput, "bad-document", displayPath(file) + " is no file of decisions.", {.path = displayPath(file)});
    }
  }
  return newestDecisions(all);
}

}  // namespace roundel
