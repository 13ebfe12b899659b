#include "models/generalist.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "core/error.h"

namespace roundel {

namespace {

[[noreturn]] void refuse(const std::string& code, const Prompt& prompt, const std::string& what) {
  throw Error(ErrorKind::BadInput, code, "The prompt for class " + std::to_string(prompt.classIndex) + " " + what,
              {.remedy = "Give a box, a positive point or a mask."});
}

}  // namespace

void requireUsable(const Prompt& prompt, int dimensions) {
  bool positive = false;
  for (const auto& point : prompt.points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y) || !std::isfinite(point.z))
      refuse("bad-prompt", prompt, "has a point whose place is no number.");
    positive = positive || point.positive;
  }
  if (prompt.box) {
    const auto& box = *prompt.box;
    if (!std::isfinite(box.x0) || !std::isfinite(box.y0) || !std::isfinite(box.x1) || !std::isfinite(box.y1) || !std::isfinite(box.z0) ||
        !std::isfinite(box.z1))
      refuse("bad-prompt", prompt, "has a box whose corners are no numbers.");
    if (box.x1 <= box.x0 || box.y1 <= box.y0 || box.z1 <= box.z0) refuse("bad-prompt", prompt, "has a box without any area.");
  }
  if (prompt.mask) {
    const auto& mask = *prompt.mask;
    if (dimensions == 2 && mask.depth != 1) refuse("bad-prompt", prompt, "has a mask prompt that is a volume.");
    if (mask.width < 1 || mask.height < 1 || mask.depth < 1 ||
        mask.values.size() !=
            static_cast<std::size_t>(mask.width) * static_cast<std::size_t>(mask.height) * static_cast<std::size_t>(mask.depth))
      refuse("bad-prompt", prompt, "has a mask prompt whose values do not fit its size.");
  }
  if (!prompt.box && !prompt.mask && !positive) refuse("empty-prompt", prompt, "says nowhere what to segment.");
}

void requireOnImage(const Prompt& prompt, Size size) {
  const std::string image =
      "the image of " + std::to_string(size.x) + " x " + std::to_string(size.y) + (size.z > 1 ? " x " + std::to_string(size.z) : "") + ".";
  const auto within = [](double place, std::int64_t length) { return place >= -0.5 && place < static_cast<double>(length) - 0.5; };
  for (const auto& point : prompt.points)
    if (point.positive && !(within(point.x, size.x) && within(point.y, size.y) && within(point.z, size.z)))
      refuse("bad-prompt", prompt, "has a positive point outside of " + image);
  const auto meets = [](double from, double to, std::int64_t length) { return from < static_cast<double>(length) && to > 0; };
  if (prompt.box && !(meets(prompt.box->x0, prompt.box->x1, size.x) && meets(prompt.box->y0, prompt.box->y1, size.y) &&
                      meets(prompt.box->z0, prompt.box->z1, size.z)))
    refuse("bad-prompt", prompt, "has a box outside of " + image);
}

void requireForPictures(const Generalist& generalist) {
  if (generalist.traits().dimensions == 2) return;
  throw Error(ErrorKind::Usage, "not-2d", "The generalist " + generalist.name() + " looks at volumes only; a study's images are pictures.",
              {.remedy = "Ask it about one volume at a time: roundel segment --generalist " + generalist.name()});
}

void Generalist::requireRoom(Job&) const {
  const MemoryPlan plan = memoryPlan();
  if (!plan.fits())
    throw Error(ErrorKind::Resource, "out-of-memory", "The generalist " + name() + " " + plan.sentence() + ".",
                {.remedy = "Close other programs, or take a smaller model."});
}

std::string MemoryPlan::sentence() const {
  const auto gigabytes = [](std::uint64_t bytes) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f GB", static_cast<double>(bytes) / 1e9);
    return std::string(text.data());
  };
  return "needs " + gigabytes(neededBytes) + " of " + gigabytes(availableBytes) + " that are free";
}

std::vector<EmbeddingPart> Generalist::pack(const Embedding&) const { return {}; }

std::shared_ptr<const Embedding> Generalist::unpack(const std::vector<EmbeddingPart>&) const {
  throw Error(ErrorKind::BadInput, "bad-embedding", "The generalist " + name() + " keeps no embeddings on disk.");
}

Image Generalist::view(const Embedding&, const Image& image) const { return image; }

LowResLogits Generalist::maskPrompt(const Embedding&, std::span<const float>) const { return {}; }

}  // namespace roundel
