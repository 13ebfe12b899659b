#include "cli/plan_file.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "core/files.h"
#include "core/param_spec.h"

namespace roundel::cli {
namespace {

constexpr std::uintmax_t kLargestPlan = 1 << 26;

/// What a plan may hold: what is asked for, then what a run's own plan.json tells besides.
const std::vector<std::string> kEntries{
    "strategy",          "rounds", "preset", "seed",    "generalists", "control", "split", "set", "run_params", "train_params",
    "generalist_params", "schema", "id",     "classes", "width",       "height",  "cases", "kind"};

class PlanFile {
 public:
  explicit PlanFile(const std::filesystem::path& file) : m_shown(displayPath(file)), m_json(readJson(file, kLargestPlan)) {
    if (!m_json.is_object()) fail("is no JSON object");
    for (const auto& [name, value] : m_json.items())
      if (std::find(kEntries.begin(), kEntries.end(), name) == kEntries.end()) {
        const std::string near = nearestName(name, kEntries);
        fail("has an entry " + sanitisedUtf8(name) + ", which no plan has",
             near.empty() ? "See roundel run --help." : "Did you mean " + near + "?");
      }
  }

  template <class Value>
  void read(const char* name, const char* kind, Value& value) const {
    const auto found = m_json.find(name);
    if (found == m_json.end()) return;
    try {
      value = found->get<Value>();
    } catch (const Json::exception&) {
      fail(std::string("says of ") + name + " what is no " + kind);
    }
  }

  void readCount(const char* name, int& value) const {
    if (m_json.contains(name) && !m_json[name].is_number_integer()) fail(std::string("says of ") + name + " what is no whole number");
    std::int64_t wide = value;
    read(name, "whole number", wide);
    value = static_cast<int>(std::clamp<std::int64_t>(wide, -1, std::numeric_limits<int>::max()));
  }
  void readSeed(std::uint64_t& value) const {
    if (m_json.contains("seed") && !m_json["seed"].is_number_unsigned()) fail("says of seed what is no whole number from 0");
    read("seed", "whole number from 0", value);
  }
  void readControl(bool& value) const {
    std::string word = value ? "supervised" : "none";
    read("control", "text", word);
    if (word != "supervised" && word != "none") fail("says control " + sanitisedUtf8(word), "It is supervised or none.");
    value = word == "supervised";
  }
  Json settings() const {
    Json set = Json::object();
    for (const char* part : {"set", "run_params", "train_params"}) set.update(object(part));
    const Json generalists = object("generalist_params");
    for (const auto& [generalist, params] : generalists.items()) {
      if (!params.is_object()) fail("says of generalist_params what is no list of parameters");
      for (const auto& [name, value] : params.items()) set[generalist + "." + name] = value;
    }
    return set;
  }

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& remedy = "") const {
    throw Error(ErrorKind::BadInput, "bad-plan", "The plan " + m_shown + " " + what + ".", {.path = m_shown, .remedy = remedy});
  }
  Json object(const char* name) const {
    const Json value = m_json.value(name, Json::object());
    if (!value.is_object()) fail(std::string("says of ") + name + " what is no list of parameters");
    return value;
  }

  std::string m_shown;
  Json m_json;
};

}  // namespace

void applyPlanFile(const std::filesystem::path& file, const std::set<std::string>& saidByFlag, RunRequest& request) {
  const PlanFile plan(file);
  const auto open = [&](const char* name) { return !saidByFlag.contains(name); };
  if (open("strategy")) plan.read("strategy", "text", request.strategy);
  if (open("rounds")) plan.readCount("rounds", request.rounds);
  if (open("preset")) plan.read("preset", "text", request.preset);
  if (open("seed")) plan.readSeed(request.seed);
  if (open("control")) plan.readControl(request.control);
  if (open("split")) plan.read("split", "text", request.split);
  if (open("generalists")) plan.read("generalists", "list of names", request.generalists);
  Json set = plan.settings();
  set.update(request.set);
  request.set = set;
}

void requireSamePlan(const RunPlan& plan, const std::set<std::string>& saidByFlag, const RunRequest& request) {
  const auto refuse = [&](const std::string& what, const Json& own) {
    throw Error(
        ErrorKind::Usage, "other-plan",
        "The run " + plan.id + " goes on under its own plan, in which " + what + " is " + (own.is_null() ? "not set" : own.dump()) + ".",
        {.remedy =
             "Leave the flag out, or start a new run without --resume; it takes over what this one has trained under the same plan."});
  };
  const auto compare = [&](const char* entry, const Json& asked, const Json& own) {
    if (saidByFlag.contains(entry) && asked != own) refuse(entry, own);
  };
  compare("strategy", request.strategy, plan.strategy);
  compare("rounds", request.rounds, plan.rounds);
  compare("preset", request.preset, plan.preset);
  compare("seed", request.seed, plan.seed);
  compare("generalists", request.generalists, plan.generalists);
  compare("control", request.control, plan.control);
  for (const auto& [name, value] : request.set.items()) {
    const auto dot = name.find('.');
    const Json& of = dot != std::string::npos ? plan.generalistParams : plan.runParams.contains(name) ? plan.runParams : plan.trainParams;
    const Json own = dot == std::string::npos ? of.value(name, Json())
                                              : of.value(name.substr(0, dot), Json::object()).value(name.substr(dot + 1), Json());
    const bool byPreset = value == "preset" || (name == "size" && value == 0);  // the plan holds what the preset said
    if (!byPreset && value != own) refuse(name, own);
  }
}

}  // namespace roundel::cli
