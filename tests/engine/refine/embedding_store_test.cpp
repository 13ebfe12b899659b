#include "models/embedding_store.h"

#include <gtest/gtest.h>

#include "refine/builtin_generalists.h"

namespace roundel {
namespace {

Image flat(std::int64_t width, float grey) {
  Image image{.geometry = {.size = {width, 8, 1}}};
  image.values.assign(static_cast<std::size_t>(width * 8), grey);
  return image;
}

TEST(EmbeddingStore, KeepsWhatWasMadeByContentAndGeneralist) {
  EmbeddingStore store;
  Job job;
  const auto registry = generalistRegistry();
  const auto walker = registry.create("random-walker"), other = registry.create("random-walker", {{"beta", 7}});
  const auto first = store.embedding(*walker, flat(8, 0.5F), job);
  EXPECT_EQ(store.embedding(*walker, flat(8, 0.5F), job), first);
  EXPECT_EQ(store.hits(), 1);
  EXPECT_NE(store.embedding(*walker, flat(8, 0.25F), job), first);
  EXPECT_NE(store.embedding(*other, flat(8, 0.5F), job), first);
  EXPECT_EQ(store.count(), 3U);
  // The same bytes on another grid are another image.
  EXPECT_NE(contentHash(flat(8, 0.5F)), contentHash([] {
              Image image = flat(8, 0.5F);
              image.geometry.size = {4, 16, 1};
              return image;
            }()));
}

TEST(EmbeddingStore, ForgetsTheLeastRecentlyUsedFirst) {
  EmbeddingStore store(2 * 64);
  Job job;
  const auto walker = generalistRegistry().create("random-walker");
  const auto a = store.embedding(*walker, flat(8, 0.1F), job);
  store.embedding(*walker, flat(8, 0.2F), job);
  store.embedding(*walker, flat(8, 0.1F), job);
  store.embedding(*walker, flat(8, 0.3F), job);
  EXPECT_EQ(store.count(), 2U);
  EXPECT_EQ(store.embedding(*walker, flat(8, 0.1F), job), a) << "used again, so kept";
  store.embedding(*walker, flat(1000, 0.4F), job);
  EXPECT_EQ(store.count(), 1U) << "one that is too large by itself is kept alone";
}

}  // namespace
}  // namespace roundel
