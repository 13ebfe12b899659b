#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "models/embedding_store.h"
#include "models/generalist.h"

namespace roundel {

/// An image that wants an embedding; it is loaded when its turn comes.
struct EmbeddingWish {
  std::string caseName;
  std::function<Image()> load;
};

struct EmbeddingBatchReport {
  MemoryPlan plan = {};
  int made = 0;
  int known = 0;                 ///< were in the store already
  std::vector<Warning> refused;  ///< one a case whose image could not be read
};

/// Makes the embeddings that the store does not have, in the given order, with progress. Looks first whether the memory will do and
/// throws Error(Resource, "out-of-memory") with the plan where it will not. Ends early where the store cannot keep them (its failure()).
/// What was made stays, so that a batch that was stopped goes on where it stopped. A case whose image cannot be read is left out and named.
/// Throws Cancelled and what Generalist::embed throws beside Error(BadInput).
EmbeddingBatchReport embedAll(const Generalist& generalist, std::span<const EmbeddingWish> wishes, EmbeddingStore& store, Job& job);

/// 0 ... count - 1, the open one first and then those beside it, the next before the one before: the order in which a person
/// is likely to want them.
std::vector<std::size_t> nearestFirst(std::size_t count, std::size_t open);

}  // namespace roundel
