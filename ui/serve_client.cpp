#include "ui/serve_client.h"

#include <cstring>

#include "core/document.h"
#include "core/files.h"
#include "ui/engine_command.h"
#include "ui/texts.h"

namespace roundel {

Mask maskOfAnswer(const Json& json) {
  if (!json.contains("runs") || !json["runs"].is_object()) return maskFromJson(json);
  const Size size = sizeFromJson(json.at("size"));
  const auto rows = json["runs"].at("shape").at(0).get<std::size_t>();
  const std::string bytes = readFile(json["runs"].at("path").get<std::string>());
  const auto offset = json["runs"].at("offset").get<std::size_t>();
  if (offset > bytes.size() || (bytes.size() - offset) / 16 < rows)
    throw Error(ErrorKind::BadInput, "bad-mask", "The engine's answer was cut short.");
  std::vector<Mask::Run> runs(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    std::int64_t pair[2];
    std::memcpy(pair, bytes.data() + offset + 16 * i, 16);
    runs[i] = {pair[0], pair[1]};
  }
  return Mask(size, std::move(runs));
}

QString errorOfAnswer(const Json& message) {
  const Json& error = message.at("error");
  QString text = textOf(error.value("message", std::string()));
  if (error.contains("remedy") && error["remedy"].is_string()) text += QLatin1Char(' ') + textOf(error["remedy"].get<std::string>());
  return text;
}

ServeClient::ServeClient(QObject* parent) : QObject(parent) {
  connect(&m_process, &QProcess::readyReadStandardOutput, this, &ServeClient::read);
  connect(&m_process, &QProcess::finished, this, &ServeClient::died);
  connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) died();
  });
  m_process.setStandardErrorFile(QProcess::nullDevice());
}

ServeClient::~ServeClient() {
  m_process.disconnect(this);
  if (!running()) return;
  m_process.closeWriteChannel();  // it ends when its input ends
  if (m_process.waitForFinished(1000)) return;
  m_process.terminate();
  if (!m_process.waitForFinished(1500)) m_process.kill(), m_process.waitForFinished(500);
}

void ServeClient::start() {
  m_buffer.clear();
  m_ready = false;
  m_process.start(engineProgram(), {QStringLiteral("serve")});
}

std::string ServeClient::send(Json request, Then then) {
  if (!running()) start();
  if (!request.contains("id")) request["id"] = "studio-" + std::to_string(m_next++);
  const auto id = request["id"].get<std::string>();
  m_waiting[id] = std::move(then);
  m_process.write(QByteArray::fromStdString(request.dump() + "\n"));
  return id;
}

void ServeClient::cancel(const std::string& id) {
  if (running() && m_waiting.count(id) > 0) send({{"type", "cancel"}, {"request", id}}, {});
}

void ServeClient::read() {
  m_buffer += m_process.readAllStandardOutput();
  qsizetype from = 0;
  for (qsizetype end = m_buffer.indexOf('\n', from); end >= 0; end = m_buffer.indexOf('\n', from)) {
    const Json message = Json::parse(m_buffer.constData() + from, m_buffer.constData() + end, nullptr, false);
    from = end + 1;
    if (message.is_object()) handle(message);
  }
  m_buffer.remove(0, from);
}

void ServeClient::handle(const Json& message) {
  const std::string type = message.value("type", std::string());
  if (type == "ready") {
    const std::string stage = message.value("stage", std::string());
    const auto text = [&](const char* key) {
      return message.contains(key) && message[key].is_string() ? textOf(message[key].get<std::string>()) : QString();
    };
    if (stage == "device") Q_EMIT deviceKnown(text("device"), text("device_name"), text("why_not_cuda"));
    if (stage == "prompts") {
      m_ready = true;
      Q_EMIT readyForPrompts();
    }
    return;
  }
  if (type != "result" && type != "error" && type != "cancelled" && type != "superseded") return;
  if (!message.contains("id") || !message["id"].is_string()) return;
  const auto found = m_waiting.find(message["id"].get<std::string>());
  if (found == m_waiting.end()) return;
  const Then then = std::move(found->second);
  m_waiting.erase(found);
  if (then) then(message);
}

void ServeClient::died() {
  const auto waiting = std::move(m_waiting);
  m_waiting.clear();
  m_ready = false;
  const Json message{{"type", "error"},
                     {"error",
                      {{"code", "engine-ended"},
                       {"message", bytesOf(engineProgram().isEmpty() ? tr("The program roundel is not beside this one.")
                                                                     : tr("The engine ended unexpectedly."))},
                       {"remedy", bytesOf(tr("Your labels are safe. Try again: it is started anew."))}}}};
  for (const auto& [id, then] : waiting)
    if (then) then(message);
  Q_EMIT ended();
}

}  // namespace roundel
