#include "models/embedding_store.h"

#include "core/error.h"
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
  // Read and made without the lock: it may take seconds, and others may be asked for meanwhile.
  auto embedding = fromFolder(key, generalist);
  if (!embedding) embedding = toFolder(key, generalist, generalist.embed(image, job));
  return keep(key, std::move(embedding));
}

std::shared_ptr<const Embedding> EmbeddingStore::fromFolder(const EmbeddingKey& key, const Generalist& generalist) {
  if (!m_folder) return nullptr;
  const auto parts = m_folder->read(key);
  if (parts.empty()) return nullptr;
  try {
    auto embedding = generalist.unpack(parts);
    const std::lock_guard lock(m_mutex);
    ++m_read;
    return embedding;
  } catch (const Error& error) {
    if (error.code() != "bad-embedding") throw;
    return nullptr;  // another version's form: made anew
  }
}

std::shared_ptr<const Embedding> EmbeddingStore::toFolder(const EmbeddingKey& key, const Generalist& generalist,
                                                          std::shared_ptr<const Embedding> made) {
  if (!m_folder) return made;
  const auto parts = generalist.pack(*made);
  if (parts.empty()) return made;
  {
    const std::lock_guard lock(m_writing);
    m_folder->write(key, parts);
  }
  return generalist.unpack(parts);
}

std::shared_ptr<const Embedding> EmbeddingStore::find(const EmbeddingKey& key) {
  const std::lock_guard lock(m_mutex);
  const auto found = m_index.find(key);
  if (found == m_index.end()) return nullptr;
  m_entries.splice(m_entries.begin(), m_entries, found->second);
  ++m_hits;
  return found->second->embedding;
}

std::shared_ptr<const Embedding> EmbeddingStore::keep(const EmbeddingKey& key, std::shared_ptr<const Embedding> embedding) {
  const std::uint64_t bytes = embedding->bytes();
  const std::lock_guard lock(m_mutex);
  if (const auto found = m_index.find(key); found != m_index.end()) return found->second->embedding;
  m_entries.push_front({key, embedding, bytes});
  m_index[key] = m_entries.begin();
  m_bytes += bytes;
  while (m_bytes > m_maximumBytes && m_entries.size() > 1) {
    m_bytes -= m_entries.back().bytes;
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

std::int64_t EmbeddingStore::readFromDisk() const {
  const std::lock_guard lock(m_mutex);
  return m_read;
}

std::optional<Error> EmbeddingStore::failure() const {
  const std::lock_guard lock(m_writing);
  return m_folder ? m_folder->failure() : std::nullopt;
}

std::string EmbeddingStore::trouble() const {
  const auto why = failure();
  return why ? std::string("Embeddings are not kept on disk: ") + why->what() : std::string();
}

}  // namespace roundel
