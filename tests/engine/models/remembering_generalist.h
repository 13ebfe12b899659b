#pragma once
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "models/generalist.h"

namespace roundel::test {

/// A generalist that only remembers: its embedding is the image's values, and it counts how often it was asked for one.
class RememberingGeneralist : public Generalist {
 public:
  struct Remembered : Embedding {
    std::vector<float> values;
    std::uint64_t held = 0;
    std::uint64_t bytes() const override { return held > 0 ? held : Embedding::bytes(); }
  };

  explicit RememberingGeneralist(std::string hash = "one", bool packs = true) : m_hash(std::move(hash)), m_packs(packs) {}

  std::string name() const override { return "remembering"; }
  GeneralistTraits traits() const override { return {}; }
  std::string contentHash() const override { return m_hash; }
  std::shared_ptr<const Embedding> embed(const Image& image, Job&) const override {
    ++embedded;
    auto made = std::make_shared<Remembered>();
    made->imageSize = image.geometry.size;
    made->values = image.values;
    made->held = bytes;
    return made;
  }
  std::vector<EmbeddingPart> pack(const Embedding& embedding) const override {
    if (!m_packs) return {};
    const auto& values = dynamic_cast<const Remembered&>(embedding).values;
    EmbeddingPart part{.name = "values", .dtype = "F32", .shape = {static_cast<std::int64_t>(values.size())}, .bytes = {}};
    part.bytes.resize(values.size() * sizeof(float));
    std::memcpy(part.bytes.data(), values.data(), part.bytes.size());
    return {part};
  }
  std::shared_ptr<const Embedding> unpack(const std::vector<EmbeddingPart>& parts) const override {
    if (parts.size() != 1 || parts.front().name != "values") throw Error(ErrorKind::BadInput, "bad-embedding", "Not one of these.");
    auto read = std::make_shared<Remembered>();
    read->values.resize(parts.front().bytes.size() / sizeof(float));
    std::memcpy(read->values.data(), parts.front().bytes.data(), parts.front().bytes.size());
    return read;
  }
  std::vector<GeneralistMask> segment(const Embedding&, std::span<const Prompt>, SoftMasks, Job&) const override { return {}; }
  FeatureMap features(const Embedding&) const override { return {}; }

  mutable int embedded = 0;
  std::uint64_t bytes = 0;  ///< that an embedding says it holds; 0: four a pixel

 private:
  std::string m_hash;
  bool m_packs;
};

inline Image flatImage(std::int64_t width, float grey) {
  Image image{.geometry = {.size = {width, 8, 1}}};
  image.values.assign(static_cast<std::size_t>(width * 8), grey);
  return image;
}

}  // namespace roundel::test
