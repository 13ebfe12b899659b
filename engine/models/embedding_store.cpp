#include "models/embedding_store.h"

#include "core/hash.h"

namespace roundel {

std::string contentHash(const Image& image) {
  Sha256 hash;
  const std::int64_t size[3] = {image.geometry.size.x, image.geometry.size.y, image.geometry.size.z};
  hash.update(size, sizeof(size));
  hash.update(image.values.data(), image.values.size() * sizeof(float));
  return hash.hex();
}

std::shared_ptr<const Embedding> EmbeddingStore::embedding(const Generalist& generalist, const Image& image, Job& job) {
  const EmbeddingKey key{.image = contentHash(image), .generalist = generalist.contentHash()};
  if (auto known = find(key)) return known;
  // Made without the lock: an embedding may take seconds, and others may be asked for meanwhile.
  return keep(key, generalist.embed(image, job), image.geometry.size.count());
}

std::shared_ptr<const Embedding> EmbeddingStore::find(const EmbeddingKey& key) {
  const std::lock_guard lock(m_mutex);
  const auto found = m_index.find(key);
  if (found == m_index.end()) return nullptr;
  m_entries.splice(m_entries.begin(), m_entries, found->second);
  ++m_hits;
  return found->second->embedding;
}

std::shared_ptr<const Embedding> EmbeddingStore::keep(const EmbeddingKey& key, std::shared_ptr<const Embedding> embedding,
                                                      std::int64_t pixels) {
  const std::lock_guard lock(m_mutex);
  if (const auto found = m_index.find(key); found != m_index.end()) return found->second->embedding;
  m_entries.push_front({key, embedding, pixels});
  m_index[key] = m_entries.begin();
  m_pixels += pixels;
  while (m_pixels > m_maximumPixels && m_entries.size() > 1) {
    m_pixels -= m_entries.back().pixels;
    m_index.erase(m_entries.back().key);
    m_entries.pop_back();
  }
  return embedding;
}

std::size_t EmbeddingStore::count() const {
  const std::lock_guard lock(m_mutex);
  return m_entries.size();
}

std::int64_t EmbeddingStore::hits() const {
  const std::lock_guard lock(m_mutex);
  return m_hits;
}

}  // namespace roundel
