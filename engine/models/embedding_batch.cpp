#include "models/embedding_batch.h"

#include "core/error.h"

namespace roundel {
std::vector<std::size_t> nearestFirst(std::size_t count, std::size_t open) {
  std::vector<std::size_t> order;
  if (count == 0) return order;
  if (open >= count) open = 0;
  order.push_back(open);
  for (std::size_t away = 1; order.size() < count; ++away) {
    if (open + away < count) order.push_back(open + away);
    if (away <= open) order.push_back(open - away);
  }
  return order;
}

EmbeddingBatchReport embedAll(const Generalist& generalist, std::span<const EmbeddingWish> wishes, EmbeddingStore& store, Job& job) {
  generalist.requireRoom(job);
  EmbeddingBatchReport report{.plan = generalist.memoryPlan()};
  if (report.plan.neededBytes > 0) job.log(generalist.name() + " " + report.plan.sentence());
  const auto total = static_cast<std::int64_t>(wishes.size());
  for (std::int64_t done = 0; const auto& wish : wishes) {
    job.throwIfStopped();
    job.progress(done++, total, "embedding images with " + generalist.name());
    try {
      const Image image = wish.load();
      const auto hits = store.found();
      store.embedding(generalist, image, job);
      ++(store.found() > hits ? report.known : report.made);
      if (store.failure()) return report;  // what is made now would only be made again
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::BadInput) throw;
      report.refused.push_back({error.code(), wish.caseName, error.what()});
    }
  }
  job.progress(total, total, "embedding images with " + generalist.name());
  return report;
}

}  // namespace roundel
