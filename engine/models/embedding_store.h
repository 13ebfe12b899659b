#pragma once
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "models/generalist.h"

namespace roundel {

/// What an embedding belongs to: the image's content and the generalist's weights and preprocessing.
struct EmbeddingKey {
  std::string image;       ///< contentHash(image)
  std::string generalist;  ///< Generalist::contentHash()

  auto operator<=>(const EmbeddingKey&) const = default;
};

/// SHA-256 over size and grey values: two images with the same one give the same embedding.
std::string contentHash(const Image& image);

/// Embeddings that were made once and are asked often, in memory, the least recently used ones forgotten first.
///
/// The bound is on what the images they were made from weigh (four bytes a pixel), because an embedding's own size is its
/// generalist's secret and grows with it. Safe to use from several threads; two that ask for the same missing embedding at the
/// same time may both make it, and the first one stays.
class EmbeddingStore {
 public:
  explicit EmbeddingStore(std::int64_t maximumPixels = std::int64_t{1} << 27) : m_maximumPixels(maximumPixels) {}

  /// The stored embedding, or the one that `generalist.embed` makes now. Throws what it throws.
  std::shared_ptr<const Embedding> embedding(const Generalist& generalist, const Image& image, Job& job);

  std::size_t count() const;
  std::int64_t hits() const;

 private:
  struct Entry {
    EmbeddingKey key;
    std::shared_ptr<const Embedding> embedding;
    std::int64_t pixels = 0;
  };

  std::shared_ptr<const Embedding> find(const EmbeddingKey& key);
  std::shared_ptr<const Embedding> keep(const EmbeddingKey& key, std::shared_ptr<const Embedding> embedding, std::int64_t pixels);

  mutable std::mutex m_mutex;
  std::int64_t m_maximumPixels;
  std::int64_t m_pixels = 0;
  std::int64_t m_hits = 0;
  std::list<Entry> m_entries;  ///< most recently used first
  std::map<EmbeddingKey, std::list<Entry>::iterator> m_index;
};

}  // namespace roundel
