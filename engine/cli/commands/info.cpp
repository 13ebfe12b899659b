#include <CLI/CLI.hpp>
#include <set>

#include "cli/commands/commands.h"
#include "cli/commands/text_table.h"
#include "core/files.h"
#include "project/project.h"
#include "project/project_lock.h"

namespace roundel::cli {
namespace {

/// How many cases say what about a class.
struct ClassCount {
  int annotated = 0;
  int present = 0;
};

std::map<std::int64_t, ClassCount> countClasses(const std::map<std::int64_t, AnnotationVersion>& versions) {
  std::map<std::int64_t, ClassCount> counts;
  for (const auto& [ignored, version] : versions)
    for (const auto& one : version.classes) {
      ++counts[one.classId].annotated;
      counts[one.classId].present += one.state == ClassState::Present;
    }
  return counts;
}

Json casesJson(const std::vector<Case>& cases, const std::map<std::int64_t, AnnotationVersion>& versions) {
  std::set<std::string> patients;
  std::size_t excluded = 0, withoutPatient = 0, annotated = 0, volumes = 0;
  for (const auto& one : cases) {
    excluded += one.excluded;
    volumes += one.geometry.size.z > 1;
    if (one.patient.empty()) ++withoutPatient;
    else patients.insert(one.patient);
    const auto version = versions.find(one.id);
    annotated += version != versions.end() && version->second.anyAnnotated();
  }
  return {{"total", cases.size()}, {"annotated", annotated},      {"excluded", excluded},
          {"volumes", volumes},    {"patients", patients.size()}, {"patient_unknown", withoutPatient}};
}

struct InfoFlags {
  std::string folder;
  bool cases = false;
};

/// Every case on its own, by name; "parts": where each split has it.
Json caseListJson(const Project& project, const std::map<std::int64_t, AnnotationVersion>& versions) {
  std::map<std::string, Json> parts;
  for (const auto& split : project.splits())
    for (const SplitPart part : {SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test})
      for (const auto& name : split.part(part)) parts[name][split.name] = toString(part);
  Json list = Json::array();
  for (const auto& one : project.cases()) {
    const auto version = versions.find(one.id);
    const Size size = one.geometry.size;
    list.push_back({{"name", one.name},
                    {"image", displayPath(project.imagePath(one))},
                    {"size", {size.x, size.y, size.z}},
                    {"spacing_mm", one.geometry.hasSpacing() ? Json(one.geometry.spacingMm) : Json(nullptr)},
                    {"patient", one.patient.empty() ? Json(nullptr) : Json(one.patient)},
                    {"annotated", version != versions.end() && version->second.anyAnnotated()},
                    {"excluded", one.excluded},
                    {"parts", parts.contains(one.name) ? parts[one.name] : Json::object()}});
  }
  return list;
}

Json classesJson(const LabelSet& classes, const std::map<std::int64_t, AnnotationVersion>& versions) {
  auto counts = countClasses(versions);
  Json list = Json::array();
  for (const auto& one : classes.classes()) {
    const ClassCount count = counts[one.id];
    list.push_back({{"id", one.id},
                    {"name", one.name},
                    {"annotated", count.annotated},
                    {"present", count.present},
                    {"absent", count.annotated - count.present}});
  }
  return list;
}

Json splitsJson(const Project& project) {
  Json list = Json::array();
  for (const auto& split : project.splits())
    list.push_back({{"name", split.name},
                    {"seed", split.seed},
                    {"grouping", split.grouping == SplitGrouping::ByPatient ? "patient" : "none"},
                    {"labelled", split.labelled.size()},
                    {"unlabelled", split.unlabelled.size()},
                    {"validation", split.validation.size()},
                    {"test", split.test.size()}});
  return list;
}

/// What the folder of a run says of it, which nobody has taken in yet (it still runs, or no verb that edits came after it).
Json runInFolder(const std::filesystem::path& folder) {
  Json run = {{"id", displayPath(folder.filename())}, {"strategy", nullptr}, {"state", nullptr}, {"rounds", nullptr}, {"taken_in", false}};
  try {
    std::error_code code;
    if (std::filesystem::exists(folder / "plan.json", code)) run["strategy"] = readJson(folder / "plan.json").value("strategy", Json());
    if (!std::filesystem::exists(folder / "run.json", code)) return run;
    const Json document = readJson(folder / "run.json");
    run["state"] = document.value("state", Json());
    run["rounds"] = document.value("rounds", Json::array()).size();
  } catch (const std::exception&) {
    // A damaged run is no reason to say nothing of the study; what could be read stands.
  }
  return run;
}

/// Runs taken in, then folders of runs that are not.
Json runsJson(const Project& project) {
  Json list = Json::array();
  std::set<std::string> known;
  for (const auto& run : project.runs()) {
    known.insert(run.id);
    list.push_back({{"id", run.id},
                    {"strategy", run.strategy},
                    {"state", run.state},
                    {"rounds", project.run(run.id)->rounds.size()},
                    {"taken_in", true}});
  }
  std::set<std::filesystem::path> folders;
  std::error_code code;
  for (std::filesystem::directory_iterator entry(project.folder() / "runs", code), end; !code && entry != end; entry.increment(code))
    if (entry->is_directory(code) && !known.contains(displayPath(entry->path().filename()))) folders.insert(entry->path());
  for (const auto& folder : folders) list.push_back(runInFolder(folder));
  return list;
}

Json modelJson(const Project& project) {
  const auto model = project.promotedModel();
  if (!model) return nullptr;
  return {{"run", model->run},       {"round", model->round}, {"arm", model->arm},  {"path", model->path},
          {"sha256", model->sha256}, {"who", model->who},     {"when", model->when}};
}

Json lockJson(const std::filesystem::path& folder) {
  const auto holder = currentLockHolder(folder);
  if (!holder) return nullptr;
  return {{"owner", holder->owner}, {"host", holder->host}, {"process", holder->process}, {"since", holder->since}};
}

std::string textOfCell(const Json& value) {
  if (value.is_null()) return "-";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// The objects of a list as a table; nothing for an empty list.
std::string section(const std::string& title, const Json& list, const std::vector<std::string>& columns) {
  if (list.empty()) return {};
  TextTable table(columns);
  for (const auto& one : list) {
    std::vector<std::string> row;
    for (const auto& column : columns) row.push_back(textOfCell(one.at(column)));
    table.add(std::move(row));
  }
  return "\n" + title + "\n" + table.text();
}

std::string overviewText(const Json& result) {
  const Json& cases = result["cases"];
  std::string text = "Project " + result["folder"].get<std::string>() + " (schema " + result["schema"].dump() + ")\n";
  text += cases["total"].dump() + " cases, " + cases["annotated"].dump() + " with labels, " + cases["excluded"].dump() + " excluded" +
          (cases["volumes"] == 0 ? "; " : ", " + cases["volumes"].dump() + " volumes; ") + cases["patients"].dump() + " patients known";
  text += cases["patient_unknown"] == 0 ? "\n" : ", " + cases["patient_unknown"].dump() + " cases without\n";
  if (const Json& lock = result["locked_by"]; !lock.is_null())
    text +=
        "Being changed by " + textOfCell(lock["owner"]) + " on " + textOfCell(lock["host"]) + " since " + textOfCell(lock["since"]) + "\n";
  text += section("Classes", result["classes"], {"id", "name", "annotated", "present", "absent"});
  text += section("Splits", result["splits"], {"name", "labelled", "unlabelled", "validation", "test", "seed", "grouping"});
  text += section("Runs", result["runs"], {"id", "strategy", "state", "rounds"});
  if (const Json& model = result["model"]; !model.is_null())
    text += "\nThe study's model: run " + textOfCell(model["run"]) + ", round " + textOfCell(model["round"]) + ", " +
            textOfCell(model["arm"]) + " arm (promoted by " + textOfCell(model["who"]) + ", " + textOfCell(model["when"]) + ")\n";
  return text;
}

std::string caseListText(const Json& list) {
  TextTable table({"case", "size", "labels", "part"});
  for (const auto& one : list) {
    std::string size = one["size"][0].dump() + " x " + one["size"][1].dump(), part;
    if (one["size"][2] > 1) size += " x " + one["size"][2].dump();
    for (const auto& [split, name] : one["parts"].items())
      part += (part.empty() ? "" : ", ") + name.get<std::string>() + (split == "main" ? "" : " (" + split + ")");
    if (one["excluded"] == true) part = "excluded";
    table.add({one["name"], size, one["annotated"] == true ? "yes" : "-", part.empty() ? "-" : part});
  }
  return table.empty() ? std::string() : "\nCases\n" + table.text();
}

Outcome info(const InfoFlags& flags) {
  const Project project = Project::open(flags.folder, Access::ReadOnly);
  const auto versions = project.latestVersions();
  Outcome outcome;
  outcome.result = {{"folder", displayPath(project.folder())},
                    {"schema", project.schemaVersion()},
                    {"cases", casesJson(project.cases(), versions)},
                    {"classes", classesJson(project.classes(), versions)},
                    {"splits", splitsJson(project)},
                    {"runs", runsJson(project)},
                    {"model", modelJson(project)},
                    {"locked_by", lockJson(project.folder())}};
  outcome.text = overviewText(outcome.result);
  if (flags.cases) {
    outcome.result["case_list"] = caseListJson(project, versions);
    outcome.text += caseListText(outcome.result["case_list"]);
  }
  return outcome;
}

}  // namespace

Command infoCommand() {
  return {.name = "info",
          .sentence = "Say what is in a project: cases, classes, splits, runs",
          .examples = {"info wrists", "info wrists --cases", "--json info wrists"},
          .declare = [](CLI::App& app) {
            auto flags = std::make_shared<InfoFlags>();
            app.add_option("project", flags->folder, "Folder of the project")->required();
            app.add_flag("--cases", flags->cases, "Every case too: its size, whether it has labels, where the split has it");
            return [flags](Context&) { return info(*flags); };
          }};
}

}  // namespace roundel::cli
