#include "models/embedding_store.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "engine/models/remembering_generalist.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

using test::flatImage;
using test::RememberingGeneralist;

TEST(EmbeddingStore, KeepsWhatWasMadeByContentAndGeneralist) {
  EmbeddingStore store;
  Job job;
  const RememberingGeneralist one("one"), other("other");
  const auto first = store.embedding(one, flatImage(8, 0.5F), job);
  EXPECT_EQ(store.embedding(one, flatImage(8, 0.5F), job), first);
  EXPECT_EQ(store.hits(), 1);
  EXPECT_NE(store.embedding(one, flatImage(8, 0.25F), job), first);
  EXPECT_NE(store.embedding(other, flatImage(8, 0.5F), job), first);
  EXPECT_EQ(store.count(), 3U);
  // The same bytes on another grid are another image.
  Image turned = flatImage(8, 0.5F);
  turned.geometry.size = {4, 16, 1};
  EXPECT_NE(contentHash(flatImage(8, 0.5F)), contentHash(turned));
}

TEST(EmbeddingStore, ForgetsTheLeastRecentlyUsedFirst) {
  EmbeddingStore store(2 * 64 * sizeof(float));
  Job job;
  const RememberingGeneralist one;
  const auto a = store.embedding(one, flatImage(8, 0.1F), job);
  store.embedding(one, flatImage(8, 0.2F), job);
  store.embedding(one, flatImage(8, 0.1F), job);
  store.embedding(one, flatImage(8, 0.3F), job);
  EXPECT_EQ(store.count(), 2U);
  EXPECT_EQ(store.embedding(one, flatImage(8, 0.1F), job), a) << "used again, so kept";
  store.embedding(one, flatImage(1000, 0.4F), job);
  EXPECT_EQ(store.count(), 1U) << "one that is too large by itself is kept alone";
}

TEST(EmbeddingStore, WhatEmbeddingsHoldCountsAndNotTheSizeOfTheirPictures) {
  EmbeddingStore store(10'000);
  Job job;
  RememberingGeneralist large;
  large.bytes = 4'000;  // of small pictures: a network's embedding has one size
  for (int i = 0; i < 10; ++i) store.embedding(large, flatImage(8, 0.05F * static_cast<float>(i)), job);
  EXPECT_EQ(store.count(), 2U);
}

TEST(EmbeddingStore, ASecondProcessReadsWhatTheFirstMade) {
  const test::TemporaryFolder folder;
  Job job;
  const RememberingGeneralist one;
  {
    EmbeddingStore store(EmbeddingFolder(folder.path()));
    store.embedding(one, flatImage(8, 0.5F), job);
  }
  EmbeddingStore store(EmbeddingFolder(folder.path()));
  const auto read = store.embedding(one, flatImage(8, 0.5F), job);
  EXPECT_EQ(one.embedded, 1);
  EXPECT_EQ(store.readFromDisk(), 1);
  EXPECT_EQ(dynamic_cast<const RememberingGeneralist::Remembered&>(*read).values, flatImage(8, 0.5F).values);
  store.embedding(RememberingGeneralist("other"), flatImage(8, 0.5F), job);
  EXPECT_EQ(store.readFromDisk(), 1) << "other weights, another embedding";
}

TEST(EmbeddingStore, SaysOnceWhyNothingIsKeptAndGoesOn) {
  const test::TemporaryFolder folder;
  Job job;
  const RememberingGeneralist one;
  const auto file = folder / "a file";
  writeFileAtomically(file, "in the way");
  EmbeddingStore store(EmbeddingFolder{file});
  EXPECT_NE(store.embedding(one, flatImage(8, 0.5F), job), nullptr);
  EXPECT_NE(store.trouble(), "");
}

}  // namespace
}  // namespace roundel
