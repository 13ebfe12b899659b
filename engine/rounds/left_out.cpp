#include "rounds/left_out.h"

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

std::filesystem::path leftOutPath(const std::filesystem::path& runFolder) { return runFolder / "left_out.json"; }

}  // namespace

void writeLeftOut(const std::filesystem::path& runFolder, const std::vector<LeftOutCase>& cases) {
  if (cases.empty()) {
    std::error_code code;
    std::filesystem::remove(leftOutPath(runFolder), code);
    return;
  }
  Json list = Json::array();
  for (const auto& one : cases)
    list.push_back({{"index", one.index}, {"case", one.name}, {"code", one.code}, {"message", sanitisedUtf8(one.message)}});
  writeJsonAtomically(leftOutPath(runFolder), {{"schema", "roundel.left-out/1"}, {"cases", std::move(list)}});
}

std::vector<LeftOutCase> readLeftOut(const std::filesystem::path& runFolder) {
  const auto path = leftOutPath(runFolder);
  std::vector<LeftOutCase> cases;
  if (!std::filesystem::exists(path)) return cases;
  const Json json = readJson(path);
  try {
    for (const auto& one : json.at("cases"))
      cases.push_back({.index = one.at("index").get<int>(),
                       .name = one.at("case").get<std::string>(),
                       .code = one.at("code").get<std::string>(),
                       .message = one.at("message").get<std::string>()});
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", "What the run leaves out is damaged: " + displayPath(path) + ".",
                {.path = displayPath(path), .remedy = "Start a new run."});
  }
  return cases;
}

Json toJson(const std::vector<LeftOutCase>& cases) {
  Json list = Json::array();
  for (const auto& one : cases) list.push_back({{"case", one.name}, {"code", one.code}, {"message", one.message}});
  return list;
}

Warning warningOf(const LeftOutCase& one) {
  return {.code = one.code,
          .caseName = one.name,
          .message = "The unlabelled case " + one.name + " is left out. " + one.message +
                     " Mend the file and start a new run, if it is to take part."};
}

RunPlan readRunPlan(const std::filesystem::path& runFolder) {
  RunPlan plan = runPlanFromJson(readJson(runFolder / "plan.json"));
  for (const auto& one : readLeftOut(runFolder)) plan.leftOut.insert(one.index);
  return plan;
}

}  // namespace roundel
