#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "models/generalist.h"

namespace roundel::test {

/// What a test sees of a fake generalist, and holds in its hands.
class FakeControl {
 public:
  /// From now on segment() does not return until it is let go or its job is stopped.
  void hold();
  /// The same for embed().
  void holdEmbedding();
  /// As hold(), and its job is not heard: work that knows no steps.
  void holdDeaf();
  void letGo();
  /// Waits until segment() was called so often. Whether it was.
  bool waitForCalls(int count);
  /// The same of embed().
  bool waitForEmbeddings(int count);
  /// segment() warns of this, every time.
  void warnOf(const std::string& message);
  int calls() const;
  int embedded() const;
  /// The prompts of the call, from 0.
  std::vector<Prompt> promptsOf(int call) const;

 private:
  friend class FakeGeneralist;
  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  bool m_held = false, m_deaf = false, m_embeddingHeld = false;
  int m_embedded = 0;
  std::string m_warning;
  std::vector<std::vector<Prompt>> m_calls;
};

/// Answers a box with the pixels in it, a point with the square of 5 pixels around it. Its score is 0.5; the logits it hands out
/// hold the number of calls so far, so that a test knows them again.
class FakeGeneralist : public Generalist {
 public:
  explicit FakeGeneralist(std::shared_ptr<FakeControl> control, bool takesMask = true)
      : m_control(std::move(control)), m_takesMask(takesMask) {}

  std::string name() const override { return "fake"; }
  GeneralistTraits traits() const override { return {.takesMask = m_takesMask}; }
  std::string contentHash() const override { return "fake/1"; }
  std::shared_ptr<const Embedding> embed(const Image& image, Job& job) const override;
  std::vector<GeneralistMask> segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft, Job& job) const override;
  FeatureMap features(const Embedding&) const override { return {}; }
  LowResLogits maskPrompt(const Embedding& embedding, std::span<const float> probability) const override;

 private:
  std::shared_ptr<FakeControl> m_control;
  bool m_takesMask;
};

}  // namespace roundel::test
