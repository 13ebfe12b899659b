#include "service/answers.h"

namespace roundel {

Json errorMessage(const Error& error) {
  const auto& remedy = error.details().remedy;
  return {{"code", error.code()}, {"message", error.what()}, {"remedy", remedy.empty() ? Json(nullptr) : Json(remedy)}};
}

bool Answers::begin(const RequestId& id) {
  const std::lock_guard lock(m_mutex);
  return m_unanswered.insert(id).second;
}

void Answers::finish(const RequestId& id, const std::string& type, const std::string& key, Json value) {
  const std::lock_guard lock(m_mutex);
  if (m_unanswered.erase(id) == 0) return;
  m_outbox.forgetProgress(id.text);
  Json message = {{"id", id.json()}, {"type", type}};
  message[key] = std::move(value);
  m_outbox.send(message);
}

void Answers::result(const RequestId& id, Json result) { finish(id, "result", "result", std::move(result)); }

void Answers::error(const RequestId& id, const Error& error) { finish(id, "error", "error", errorMessage(error)); }

void Answers::cancelled(const RequestId& id, const std::string& reason) { finish(id, "cancelled", "reason", reason); }

void Answers::superseded(const RequestId& id, const RequestId& by) { finish(id, "superseded", "by", by.json()); }

void Answers::progress(const RequestId& id, std::int64_t done, std::int64_t total, const std::string& phase) {
  const std::lock_guard lock(m_mutex);
  if (!m_unanswered.contains(id)) return;
  m_outbox.progress(id.text, {{"id", id.json()}, {"type", "progress"}, {"done", done}, {"total", total}, {"phase", phase}});
}

void Answers::complain(std::uint64_t line, const Error& error) {
  m_outbox.send({{"id", nullptr}, {"type", "error"}, {"line", line}, {"error", errorMessage(error)}});
}

void Answers::notice(const std::string& type, const Json& more) {
  Json message = {{"id", nullptr}, {"type", type}};
  message.update(more);
  m_outbox.send(message);
}

std::vector<RequestId> Answers::unanswered() const {
  const std::lock_guard lock(m_mutex);
  return {m_unanswered.begin(), m_unanswered.end()};
}

}  // namespace roundel
