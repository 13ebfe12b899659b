#pragma once
#include <QObject>
#include <QProcess>
#include <functional>
#include <map>

#include "core/json.h"
#include "core/mask.h"

namespace roundel {

/// A mask of an answer: run lengths in the message, or in a file of the session's folder. Throws Error(BadInput, ...).
Mask maskOfAnswer(const Json& json);
/// What a message of the type error says, and what can be done about it.
QString errorOfAnswer(const Json& message);

/// A session of `roundel serve`: JSON lines over a child's standard input and output (docs/PROTOCOL.md). Started when it is first needed;
/// where it dies, everything that waits is told so, and the next request starts another.
class ServeClient : public QObject {
  Q_OBJECT

 public:
  /// The terminal message of a request: type result, error, cancelled or superseded.
  using Then = std::function<void(const Json& message)>;

  explicit ServeClient(QObject* parent = nullptr);
  ~ServeClient() override;

  /// Gives the request an id of its own, or keeps the one it has; returns it.
  std::string send(Json request, Then then);
  void cancel(const std::string& id);
  bool running() const { return m_process.state() != QProcess::NotRunning; }
  bool ready() const { return m_ready; }

 Q_SIGNALS:
  /// What computes is known: {"device", "device_name", "why_not_cuda", ...}.
  void deviceKnown(const QString& device, const QString& name, const QString& whyNotCuda);
  void readyForPrompts();
  void ended();

 private:
  void start();
  void read();
  void handle(const Json& message);
  void died();

  QProcess m_process;
  QByteArray m_buffer;
  std::map<std::string, Then> m_waiting;
  int m_next = 1;
  bool m_ready = false;
};

}  // namespace roundel
