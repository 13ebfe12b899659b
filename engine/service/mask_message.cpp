#include "service/mask_message.h"

#include "core/error.h"

namespace roundel {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorKind::BadInput, "bad-mask", "The mask " + what + ".",
              {.remedy = R"(Give {"size": [x, y, z], "runs": [start, length, ...]} on the image's own grid.)"});
}

std::int64_t number(const RequestBody& value, std::int64_t most) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > static_cast<std::uint64_t>(most))
    refuse("holds a number that leaves the image");
  return value.get<std::int64_t>();
}

}  // namespace

Json maskMessage(const Mask& mask, std::size_t& inlineBytes, SessionFolder& folder, const RequestId& caseId) {
  Json message = {{"size", {mask.size().x, mask.size().y, mask.size().z}}, {"runs", Json::array()}};
  std::vector<std::int64_t> flat;
  flat.reserve(2 * mask.runs().size());
  std::size_t text = 2;
  for (const auto& run : mask.runs()) {
    for (const auto value : {run.start, run.length}) {
      flat.push_back(value);
      text += std::to_string(value).size() + 1;
    }
  }
  if (text <= inlineBytes) {
    inlineBytes -= text;
    message["runs"] = flat;
  } else {
    message["runs"] = folder.keep(caseId, flat, {static_cast<std::int64_t>(mask.runs().size()), 2});
  }
  return message;
}

Mask maskFromMessage(const RequestBody& message, Size imageSize) {
  if (!message.is_object()) refuse("is no object");
  const auto* size = fieldOf(message, "size");
  const auto* runs = fieldOf(message, "runs");
  if (size == nullptr || !size->is_array() || size->size() != 3) refuse("has no size of three numbers");
  if (*size != RequestBody{imageSize.x, imageSize.y, imageSize.z}) refuse("is not of the image's size");
  if (runs == nullptr || !runs->is_array() || runs->size() % 2 != 0) refuse("has no list of starts and lengths");
  const std::int64_t pixels = imageSize.count();
  std::vector<Mask::Run> list;
  list.reserve(runs->size() / 2);
  for (std::size_t i = 0; i < runs->size(); i += 2) list.push_back({number((*runs)[i], pixels), number((*runs)[i + 1], pixels)});
  return Mask(imageSize, std::move(list));
}

}  // namespace roundel
