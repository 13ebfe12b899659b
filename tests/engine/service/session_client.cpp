#include "engine/service/session_client.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "imaging/image_writer.h"

namespace roundel::test {
namespace {

constexpr int kPatienceMs = 10'000;

bool isTerminal(const Json& message) {
  const auto type = message.value("type", "");
  return type == "result" || type == "error" || type == "cancelled" || type == "superseded";
}

void closeEnd(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

Registry<Generalist> fakes(const std::shared_ptr<FakeControl>& control) {
  RegistryEntry<Generalist> fake{.name = "fake", .sentence = "A fake."};
  fake.params = {{.name = "takes_mask", .type = ParamType::Flag, .defaultValue = true}};
  fake.create = [control](const Params& params) { return std::make_unique<FakeGeneralist>(control, params.at("takes_mask").get<bool>()); };
  return {"generalist", {fake}};
}

}  // namespace

SessionClient::SessionClient(const std::function<void(ServiceOptions&)>& change) {
  m_image = (m_folder / "picture.png").string();
  writeGreyPng(m_image, 64, 32, std::vector<std::uint8_t>(64 * 32, 100));
  EXPECT_EQ(::pipe2(m_toSession, O_CLOEXEC), 0);
  EXPECT_EQ(::pipe2(m_fromSession, O_CLOEXEC), 0);
  const auto control = m_control;
  ServiceOptions options{.version = "test",
                         .input = m_toSession[0],
                         .output = m_fromSession[1],
                         .device = "cpu",
                         .threads = 1,
                         .stopRequested = [this] { return m_stop.load(); },
                         .generalists = [control] { return fakes(control); },
                         .facts = [] { return std::vector<GeneralistFacts>{{.name = "fake"}}; },
                         .decoder = {.command = {IMAGING_WORKER}},
                         .folderParent = m_folder.path()};
  if (change) change(options);
  m_session = std::make_unique<Session>(std::move(options));
  m_thread = std::thread([this] {
    try {
      m_end = m_session->run();
    } catch (const Error& error) {
      m_failure = error.code();
    }
    closeEnd(m_fromSession[1]);
  });
}

SessionClient::~SessionClient() {
  m_control->letGo();
  closeInput();
  closeOutput();
  if (m_thread.joinable()) m_thread.join();
  m_session.reset();
  closeEnd(m_toSession[0]);
}

void SessionClient::sendText(const std::string& text) const {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(m_toSession[1], text.data() + done, text.size() - done);
    ASSERT_GT(count, 0);
    done += static_cast<std::size_t>(count);
  }
}

std::string SessionClient::imageOf(std::uint8_t grey) const {
  const std::string path = (m_folder / (std::to_string(grey) + ".png")).string();
  writeGreyPng(path, 64, 32, std::vector<std::uint8_t>(64 * 32, grey));
  return path;
}

void SessionClient::closeInput() { closeEnd(m_toSession[1]); }

void SessionClient::closeOutput() { closeEnd(m_fromSession[0]); }

Json SessionClient::next() {
  if (m_fromSession[0] < 0) return nullptr;
  while (m_buffer.find('\n') == std::string::npos) {
    pollfd in{m_fromSession[0], POLLIN, 0};
    if (::poll(&in, 1, kPatienceMs) <= 0) {
      ADD_FAILURE() << "the session says nothing";
      return nullptr;
    }
    char bytes[65536];
    const ssize_t count = ::read(m_fromSession[0], bytes, sizeof bytes);
    if (count <= 0) return nullptr;
    m_buffer.append(bytes, static_cast<std::size_t>(count));
  }
  const auto end = m_buffer.find('\n');
  m_seen.push_back(Json::parse(m_buffer.substr(0, end)));
  m_buffer.erase(0, end + 1);
  return m_seen.back();
}

Json SessionClient::answerTo(const Json& id) {
  for (const auto& message : m_seen)
    if (message.at("id") == id && isTerminal(message)) return message;
  while (true) {
    Json message = next();
    if (message.is_null()) {
      ADD_FAILURE() << "no answer to " << id;
      return {{"type", "nothing"}, {"error", {{"code", "nothing"}}}};
    }
    if (message.at("id") == id && isTerminal(message)) return message;
  }
}

Json SessionClient::resultOf(const Json& message) {
  send(message);
  const Json answer = answerTo(message.at("id"));
  EXPECT_EQ(answer.at("type"), "result") << answer;
  return answer.contains("result") ? answer["result"] : Json::object();
}

std::string SessionClient::errorOf(const Json& message) {
  send(message);
  const Json answer = answerTo(message.at("id"));
  EXPECT_EQ(answer.at("type"), "error") << answer;
  return answer.contains("error") ? answer["error"].at("code").get<std::string>() : "";
}

void SessionClient::open() { resultOf({{"id", "case"}, {"type", "open"}, {"image", m_image}, {"generalist", "fake"}}); }

int SessionClient::terminalsOf(const Json& id) const {
  int count = 0;
  for (const auto& message : m_seen) count += message.at("id") == id && isTerminal(message) ? 1 : 0;
  return count;
}

SessionEnd SessionClient::end() {
  while (!next().is_null()) {
  }
  return endUnread();
}

bool SessionClient::full() const {
  pollfd out{m_fromSession[1], POLLOUT, 0};
  return ::poll(&out, 1, 0) == 0;
}

SessionEnd SessionClient::endUnread() {
  if (m_thread.joinable()) m_thread.join();
  return m_end;
}

}  // namespace roundel::test
