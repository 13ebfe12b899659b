#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/json.h"

namespace roundel {

struct Message;

/// A request's or an open case's name, chosen by the client: a text of 1 to 128 bytes or a whole number from 0.
struct RequestId {
  std::string text;  ///< as JSON, so that 7 and "7" are two

  Json json() const { return Json::parse(text); }
  auto operator<=>(const RequestId&) const = default;
};

/// Unlike roundel::Json its keys are sorted, so that an object with very many keys is no trap.
using RequestBody = nlohmann::json;

/// In which order requests are computed.
enum class Lane {
  Open,    ///< of a case: one after the other, beside the prompts of other cases
  InTurn,  ///< one after the other
  Click,   ///< a person's prompt: in turn, and hover prompts make way for it
  Hover,   ///< a preview: when nothing else waits; the latest wins
  Leave    ///< of a case: in turn, and the hover prompt that waits on it makes way
};

/// One request, understood as far as any message can be.
struct Request {
  RequestId id;
  const Message* message = nullptr;
  RequestBody body;
  Lane lane = Lane::InTurn;
  std::optional<RequestId> caseId = {};  ///< the open case it is about; of an Open the one that it names
};

/// Why a line is no request; with the id where it has one, so that the client learns which request it was.
class BadRequest : public Error {
 public:
  BadRequest(const Error& error, std::optional<RequestId> id) : Error(error), m_id(std::move(id)) {}
  const std::optional<RequestId>& id() const { return m_id; }

 private:
  std::optional<RequestId> m_id;
};

/// Throws BadRequest with "bad-line" (no JSON, or too deep), "bad-id", "unknown-message" or "unknown-field".
Request parseRequest(std::string_view line);

// Reading a request's fields. All throw Error(Usage, "bad-field") that names the field.
const RequestBody* fieldOf(const RequestBody& body, const std::string& name);  ///< null where it is missing or null
std::optional<std::string> textField(const RequestBody& body, const std::string& name);
std::optional<std::int64_t> integerField(const RequestBody& body, const std::string& name, std::int64_t least, std::int64_t most);
std::optional<RequestId> idField(const RequestBody& body, const std::string& name);
/// Throws where the field is missing.
RequestId requiredId(const RequestBody& body, const std::string& name);
[[noreturn]] void refuseField(const std::string& name, const std::string& what);

}  // namespace roundel
