#include "service/request.h"

#include <algorithm>

#include "core/bounded_json.h"
#include "core/param_spec.h"
#include "service/message.h"

namespace roundel {
namespace {

constexpr JsonLimits kLineLimits{.depth = 16, .values = 600'000};
constexpr std::size_t kLongestId = 128;

std::optional<RequestId> idFrom(const RequestBody& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.empty() || text.size() > kLongestId) return std::nullopt;
    return RequestId{value.dump()};
  }
  if (value.is_number_unsigned()) return RequestId{value.dump()};
  return std::nullopt;
}

RequestBody objectFrom(std::string_view line) {
  try {
    auto body = parseForeignJson(line, "The line", kLineLimits);
    if (body.is_object()) return body;
  } catch (const Error& error) {
    throw BadRequest(Error(ErrorKind::BadInput, "bad-line", error.what(), {.remedy = "Send one JSON object a line."}), std::nullopt);
  }
  throw BadRequest(Error(ErrorKind::BadInput, "bad-line", "The line is no JSON object.", {.remedy = "Send one JSON object a line."}),
                   std::nullopt);
}

std::string nearHint(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearestName(word, known);
  if (!near.empty()) return "Did you mean " + near + "?";
  std::string list;
  for (const auto& one : known) list += (list.empty() ? "" : ", ") + one;
  return "Known: " + list + ".";
}

const Message& messageOf(const RequestBody& body, const RequestId& id) {
  const auto type = member(body, "type") != nullptr && body["type"].is_string() ? body["type"].get<std::string>() : std::string();
  std::vector<std::string> known;
  for (const auto& message : builtinMessages()) {
    if (message.type == type) return message;
    known.push_back(message.type);
  }
  throw BadRequest(Error(ErrorKind::Usage, "unknown-message",
                         type.empty() ? "The request says no type." : "There is no message of the type " + type.substr(0, kLongestId) + ".",
                         {.remedy = nearHint(type.substr(0, kLongestId), known)}),
                   id);
}

void requireKnownFields(const RequestBody& body, const Message& message, const RequestId& id) {
  std::vector<std::string> known{"id", "type"};
  for (const auto& field : message.fields) known.push_back(field.name);
  for (const auto& item : body.items()) {
    const std::string name = item.key().substr(0, kLongestId);
    if (std::find(known.begin(), known.end(), item.key()) == known.end())
      throw BadRequest(Error(ErrorKind::Usage, "unknown-field", "The message " + message.type + " has no field " + name + ".",
                             {.remedy = nearHint(name, known)}),
                       id);
  }
}

}  // namespace

Request parseRequest(std::string_view line) {
  RequestBody body = objectFrom(line);
  const auto* given = member(body, "id");
  auto id = given == nullptr ? std::nullopt : idFrom(*given);
  if (!id)
    throw BadRequest(Error(ErrorKind::Usage, "bad-id", given == nullptr ? "The request has no id." : "The request's id cannot be used.",
                           {.remedy = "Give a text of 1 to 128 bytes or a whole number from 0."}),
                     std::nullopt);
  const Message& message = messageOf(body, *id);
  requireKnownFields(body, message, *id);
  Request request{.id = *id, .message = &message};
  try {
    if (message.lane) request.lane = message.lane(body);
    request.caseId = request.lane == Lane::Open ? request.id : idField(body, "case_id");
  } catch (const Error& error) {
    throw BadRequest(error, *id);
  }
  request.body = std::move(body);
  return request;
}

void refuseField(const std::string& name, const std::string& what) {
  throw Error(ErrorKind::Usage, "bad-field", "The field " + name + " " + what + ".", {.remedy = "See docs/PROTOCOL.md."});
}

const RequestBody* fieldOf(const RequestBody& body, const std::string& name) {
  const auto* value = member(body, name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string> textField(const RequestBody& body, const std::string& name) {
  const auto* value = fieldOf(body, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string() || value->get_ref<const std::string&>().find('\0') != std::string::npos) refuseField(name, "is no text");
  if (value->get_ref<const std::string&>().empty()) refuseField(name, "is empty");
  return value->get<std::string>();
}

std::optional<std::int64_t> integerField(const RequestBody& body, const std::string& name, std::int64_t least, std::int64_t most) {
  const auto* value = fieldOf(body, name);
  if (value == nullptr) return std::nullopt;
  const auto number = asInteger(*value);
  if (!number || *number < least || *number > most)
    refuseField(name, "is no whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return number;
}

std::optional<RequestId> idField(const RequestBody& body, const std::string& name) {
  const auto* value = fieldOf(body, name);
  if (value == nullptr) return std::nullopt;
  auto id = idFrom(*value);
  if (!id) refuseField(name, "is no id");
  return id;
}

RequestId requiredId(const RequestBody& body, const std::string& name) {
  auto id = idField(body, name);
  if (!id) refuseField(name, "is missing");
  return *id;
}

}  // namespace roundel
