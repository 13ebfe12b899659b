#include "service/judged_cases.h"

#include "core/error.h"
#include "core/files.h"
#include "imaging/image_source.h"

namespace roundel {

JudgedCases::JudgedCases(const ServiceOptions& options) : m_options(options), m_client(options.decoder) {}

const JudgedCase& JudgedCases::open(const std::filesystem::path& project, const std::string& run, int round, const std::string& caseName,
                                    Job& job) {
  const auto folder = project / "runs" / run;
  if (run.empty() || run.find('/') != std::string::npos || !std::filesystem::exists(folder / "plan.json"))
    throw Error(ErrorKind::BadInput, "unknown-run", "The study has no run " + sanitisedUtf8(run) + ".", {.path = displayPath(project)});
  // A run that was resumed may have written its files anew.
  std::error_code code;
  const auto written = std::filesystem::last_write_time(folder / "events.jsonl", code);
  const std::string which =
      folder.native() + '\n' + std::to_string(round) + '\n' + caseName + '\n' + std::to_string(written.time_since_epoch().count());
  if (m_case && which == m_which) return *m_case;
  m_case.reset();
  // Called while the case is made and never after.
  const ImageLoader loader = [this, &job](const PlannedCase& planned) {
    return loadImage(m_client, {.files = {std::filesystem::path(planned.imagePath)}}, pixelPipelineFromJson(planned.pixelPipeline),
                     stopOf(job))
        .image;
  };
  m_case = std::make_unique<const JudgedCase>(JudgedCase::Place{.runFolder = folder, .round = round, .caseName = caseName}, loader,
                                              m_options.device, m_options.threads, job);
  m_which = which;
  return *m_case;
}

}  // namespace roundel
