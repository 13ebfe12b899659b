#include "cli/report_support.h"

#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "imaging/image_writer.h"
#include "report/run_report.h"

namespace roundel::cli {

std::vector<std::filesystem::path> writeReport(const std::filesystem::path& runFolder, const std::filesystem::path& out,
                                               const std::string& format, Job& job) {
  if (format == "pdf")
    throw Error(ErrorKind::Usage, "no-pdf", "This version writes no PDF.",
                {.remedy = "Write the report as html and print the page to a PDF file."});
  const RunReport report = readRunReport(runFolder);
  std::filesystem::create_directories(out);
  std::vector<std::filesystem::path> written;
  const auto write = [&](const char* name, const std::string& text) {
    writeFileAtomically(out / name, text);
    written.push_back(out / name);
  };
  if (format == "html")
    write("report.html", reportHtml(
                             report, runFolder, decodingLoader(job),
                             [](const RgbPicture& picture) { return encodeRgbPng(picture.width, picture.height, picture.rgb); }, job));
  if (format != "csv") write("report.json", reportJson(report).dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
  if (format != "json") write("scores.csv", reportCsv(report));
  return written;
}

}  // namespace roundel::cli
