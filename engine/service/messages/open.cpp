#include "service/message.h"
#include "service/open_cases.h"

namespace roundel {
namespace {

constexpr std::size_t kMostSettings = 100;

Json settingsFrom(const RequestBody& body) {
  const auto* given = fieldOf(body, "set");
  if (given == nullptr) return Json::object();
  if (!given->is_object() || given->size() > kMostSettings) refuseField("set", "is no object of the generalist's parameters");
  return Json(*given);
}

Json classesOf(const OpenCase& one) {
  Json classes = Json::array();
  for (const auto& each : one.classes.classes()) classes.push_back(each.name);
  return classes;
}

}  // namespace

Message openMessage() {
  return {.type = "open",
          .sentence = "Decode an image and make its embedding; the request's id then names the case",
          .fields = {{"image", "An image file, or a folder with one DICOM series"},
                     {"project", "A project's folder, with case"},
                     {"case", "The name of a case in it"},
                     {"generalist", "Whom prompts will ask"},
                     {"set", "The generalist's parameters"}},
          .answer = [](const Request& request, Workplace& place, Job& job) -> std::optional<Json> {
            const auto& body = request.body;
            const CaseReference what{
                .image = textField(body, "image"), .project = textField(body, "project"), .caseName = textField(body, "case")};
            const OpenCase& one =
                place.cases.open(request.id, what, textField(body, "generalist").value_or("random-walker"), settingsFrom(body), job);
            Json warnings = Json::array();
            for (const auto& warning : one.warnings) warnings.push_back({{"code", warning.code}, {"message", warning.message}});
            const auto& grid = one.geometry;
            return Json{{"case_id", request.id.json()},
                        {"size", {grid.size.x, grid.size.y, grid.size.z}},
                        {"spacing_mm", grid.hasSpacing() ? Json(grid.spacingMm) : Json(nullptr)},
                        {"classes", classesOf(one)},
                        {"generalist", one.generalist->name()},
                        {"generalist_sha256", one.generalist->contentHash()},
                        {"pixel_pipeline", toJson(one.pipeline)},
                        {"warnings", std::move(warnings)},
                        {"milliseconds", {{"decode", one.decodeMs}, {"embed", one.embedMs}}}};
          },
          .lane = [](const RequestBody&) { return Lane::Open; }};
}

}  // namespace roundel
