#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "models/generalist.h"

namespace roundel {

/// What an embedding belongs to: the image's content after the pixel pipeline (whose settings are thereby part of it) and the
/// generalist's weights, preprocessing and precision.
struct EmbeddingKey {
  std::string image;       ///< contentHash(image)
  std::string generalist;  ///< Generalist::contentHash()

  auto operator<=>(const EmbeddingKey&) const = default;
};

/// Embeddings on disk, one safetensors file each, named after the hash of its key: `FOLDER/ab/abcd….safetensors`.
///
/// Safe against other processes and a kill at any moment: a file appears whole under its name or not at all, and one that is
/// read is checked against the key and the hash of its values in its header; a damaged one is removed and counts as missing.
/// The folder stays below `maximumBytes`, whoever writes to it: the least recently used files go first. A cache: that the disk is full or
/// not writable is said by `failure()` and else no error.
class EmbeddingFolder {
 public:
  explicit EmbeddingFolder(std::filesystem::path folder, std::uint64_t maximumBytes = std::uint64_t{20} << 30);

  /// The parts of that embedding; empty where there is none that is sound.
  std::vector<EmbeddingPart> read(const EmbeddingKey& key) const;
  /// Where nothing can be written, false.
  bool write(const EmbeddingKey& key, const std::vector<EmbeddingPart>& parts);
  bool has(const EmbeddingKey& key) const;

  std::uint64_t bytes() const;  ///< of all files, counted now
  /// The first failure to write.
  const std::optional<Error>& failure() const { return m_failure; }

 private:
  std::filesystem::path fileOf(const EmbeddingKey& key) const;
  void makeRoom(std::uint64_t needed);

  std::filesystem::path m_folder;
  std::uint64_t m_maximumBytes;
  /// Bytes that may be written before all files are counted anew: a part of the room that was left, because others write as well.
  std::uint64_t m_free = 0;
  std::optional<Error> m_failure;
};

}  // namespace roundel
