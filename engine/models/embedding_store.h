#pragma once
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "models/embedding_folder.h"
#include "models/generalist.h"

namespace roundel {

/// SHA-256 over size and grey values: two images with the same one give the same embedding.
std::string contentHash(const Image& image);

/// Embeddings that were made once and are asked often: in memory, the least recently used ones forgotten first, and, where a
/// folder is given, on disk for the next process (what the generalist packs; embedding_folder.h).
///
/// The bound is on what they hold in memory (Embedding::bytes), on a GPU's too where they lie there. Safe to use from several threads; two
/// that ask for the same missing embedding at the same time may both make it, and the first one stays.
class EmbeddingStore {
 public:
  static constexpr std::uint64_t kMaximumBytes = std::uint64_t{1} << 29;

  explicit EmbeddingStore(std::uint64_t maximumBytes = kMaximumBytes) : m_maximumBytes(maximumBytes) {}
  explicit EmbeddingStore(EmbeddingFolder folder, std::uint64_t maximumBytes = kMaximumBytes)
      : m_maximumBytes(maximumBytes), m_folder(std::move(folder)) {}

  /// The stored embedding, or the one that `generalist.embed` makes now. Throws what it throws. One that came from the folder
  /// has half precision; so has one that was just made and packed, so that a second run gives the numbers of the first.
  std::shared_ptr<const Embedding> embedding(const Generalist& generalist, const Image& image, Job& job);

  std::size_t count() const;
  std::int64_t hits() const;          ///< found in memory
  std::int64_t readFromDisk() const;  ///< found in the folder
  std::int64_t found() const { return hits() + readFromDisk(); }
  std::optional<Error> failure() const;  ///< why nothing is kept on disk although it was asked; none: all is well
  std::string trouble() const;           ///< the same as a sentence; empty: all is well

 private:
  struct Entry {
    EmbeddingKey key;
    std::shared_ptr<const Embedding> embedding;
    std::uint64_t bytes = 0;
  };

  std::shared_ptr<const Embedding> find(const EmbeddingKey& key);
  std::shared_ptr<const Embedding> fromFolder(const EmbeddingKey& key, const Generalist& generalist);
  std::shared_ptr<const Embedding> toFolder(const EmbeddingKey& key, const Generalist& generalist, std::shared_ptr<const Embedding> made);
  std::shared_ptr<const Embedding> keep(const EmbeddingKey& key, std::shared_ptr<const Embedding> embedding);

  mutable std::mutex m_mutex;    ///< of everything but the folder
  mutable std::mutex m_writing;  ///< of what changes the folder: a disk takes its time, and whoever asks for what is known does not wait
  std::uint64_t m_maximumBytes;
  std::uint64_t m_bytes = 0;
  std::int64_t m_hits = 0;
  std::int64_t m_read = 0;
  std::optional<EmbeddingFolder> m_folder;
  std::list<Entry> m_entries;  ///< most recently used first
  std::map<EmbeddingKey, std::list<Entry>::iterator> m_index;
};

}  // namespace roundel
