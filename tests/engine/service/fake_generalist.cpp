#include "engine/service/fake_generalist.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace roundel::test {

using std::chrono::milliseconds;

void FakeControl::hold() {
  const std::lock_guard lock(m_mutex);
  m_held = true;
}

void FakeControl::holdEmbedding() {
  const std::lock_guard lock(m_mutex);
  m_embeddingHeld = true;
}

void FakeControl::holdDeaf() {
  const std::lock_guard lock(m_mutex);
  m_held = m_deaf = true;
}

void FakeControl::letGo() {
  {
    const std::lock_guard lock(m_mutex);
    m_held = m_embeddingHeld = false;
  }
  m_changed.notify_all();
}

void FakeControl::warnOf(const std::string& message) {
  const std::lock_guard lock(m_mutex);
  m_warning = message;
}

bool FakeControl::waitForCalls(int count) {
  std::unique_lock lock(m_mutex);
  return m_changed.wait_for(lock, milliseconds(10'000), [&] { return static_cast<int>(m_calls.size()) >= count; });
}

bool FakeControl::waitForEmbeddings(int count) {
  std::unique_lock lock(m_mutex);
  return m_changed.wait_for(lock, milliseconds(10'000), [&] { return m_embedded >= count; });
}

int FakeControl::calls() const {
  const std::lock_guard lock(m_mutex);
  return static_cast<int>(m_calls.size());
}

int FakeControl::embedded() const {
  const std::lock_guard lock(m_mutex);
  return m_embedded;
}

std::vector<Prompt> FakeControl::promptsOf(int call) const {
  const std::lock_guard lock(m_mutex);
  return m_calls.at(static_cast<std::size_t>(call));
}

std::shared_ptr<const Embedding> FakeGeneralist::embed(const Image& image, Job& job) const {
  std::unique_lock lock(m_control->m_mutex);
  ++m_control->m_embedded;
  m_control->m_changed.notify_all();
  while (m_control->m_embeddingHeld) {
    m_control->m_changed.wait_for(lock, milliseconds(5));
    job.throwIfStopped();
  }
  auto made = std::make_shared<Embedding>();
  made->imageSize = image.geometry.size;
  return made;
}

std::vector<GeneralistMask> FakeGeneralist::segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks,
                                                    Job& job) const {
  std::unique_lock lock(m_control->m_mutex);
  m_control->m_calls.emplace_back(prompts.begin(), prompts.end());
  if (!m_control->m_warning.empty()) job.warning({.code = "fake-warning", .caseName = {}, .message = m_control->m_warning});
  const auto number = static_cast<float>(m_control->m_calls.size());
  m_control->m_changed.notify_all();
  while (m_control->m_held) {
    m_control->m_changed.wait_for(lock, milliseconds(5));
    if (!m_control->m_deaf) job.throwIfStopped();
  }
  const Size size = embedding.imageSize;
  std::vector<GeneralistMask> answers;
  for (const auto& prompt : prompts) {
    PromptBox box = prompt.box.value_or(PromptBox{});
    if (!prompt.box && !prompt.points.empty()) {
      const auto& point = prompt.points.front();
      box = {point.x - 2, point.y - 2, point.x + 3, point.y + 3};
    }
    std::vector<Mask::Run> runs;
    const auto x0 = std::max<std::int64_t>(0, static_cast<std::int64_t>(box.x0)), x1 = std::min(size.x, static_cast<std::int64_t>(box.x1));
    for (auto y = std::max<std::int64_t>(0, static_cast<std::int64_t>(box.y0)); y < std::min(size.y, static_cast<std::int64_t>(box.y1));
         ++y)
      if (x1 > x0) runs.push_back({y * size.x + x0, x1 - x0});
    answers.push_back({.mask = Mask(size, std::move(runs)), .score = 0.5, .lowRes = {.width = 1, .height = 1, .values = {number}}});
  }
  return answers;
}

LowResLogits FakeGeneralist::maskPrompt(const Embedding&, std::span<const float> probability) const {
  if (!m_takesMask) return {};
  return {.width = 1, .height = 1, .values = {-std::accumulate(probability.begin(), probability.end(), 0.0F)}};
}

}  // namespace roundel::test
