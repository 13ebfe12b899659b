#include "cli/report_support.h"

#include "cli/run_support.h"
#include "core/files.h"
#include "imaging/image_writer.h"
#include "report/html.h"
#include "report/pdf.h"
#include "report/run_report.h"

namespace roundel::cli {

std::vector<std::filesystem::path> writeReport(const std::filesystem::path& runFolder, const std::filesystem::path& out,
                                               const std::string& format, Job& job) {
  const RunReport report = readRunReport(runFolder);
  std::filesystem::create_directories(out);
  std::vector<std::filesystem::path> written;
  const auto write = [&](const char* name, const std::string& text) {
    writeFileAtomically(out / name, text);
    written.push_back(out / name);
  };
  const auto document = [&] { return reportDocument(report, runFolder, decodingLoader(job), job); };
  if (format == "html")
    write("report.html",
          htmlPage(document(), [](const RgbPicture& picture) { return encodeRgbPng(picture.width, picture.height, picture.rgb); }));
  if (format == "pdf") {
    const PdfFile pdf = pdfOf(document());
    if (pdf.charactersLost > 0)
      job.warning({.code = "characters-lost",
                   .caseName = {},
                   .message = std::to_string(pdf.charactersLost) +
                              " characters are not in the fonts of the PDF and became question marks; the report as html has them."});
    write("report.pdf", pdf.bytes);
  }
  if (format != "csv") write("report.json", reportJson(report).dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
  if (format != "json") write("scores.csv", reportCsv(report));
  return written;
}

}  // namespace roundel::cli
