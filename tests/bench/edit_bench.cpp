// Painting on 3000 x 2000 with 40 classes that overlap: what a dab costs with the rectangle that a texture needs, and what the rest of a
// stroke costs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>

#include "core/random.h"
#include "edit/edit_session.h"
#include "edit/label_overlay.h"
#include "edit/livewire.h"

namespace roundel {
namespace {

constexpr Size kPicture{3000, 2000, 1};
constexpr int kClasses = 40;

Geometry geometryOf(Size size) { return {.size = size}; }

/// 40 blobs of a wavy outline, 250 to 450 pixels in radius: each pixel in the middle lies in several.
Annotation overlapping() {
  Random random(3, "labels");
  Annotation labels = Annotation::empty(kPicture, kClasses);
  for (int i = 0; i < kClasses; ++i) {
    const double cx = random.uniform(500, 2500), cy = random.uniform(500, 1500), radius = random.uniform(250, 450),
                 phase = random.uniform(0, 6);
    std::vector<Mask::Run> runs;
    for (std::int64_t y = 0; y < kPicture.y; ++y) {
      const double dy = static_cast<double>(y) - cy, wave = radius + 30 * std::sin(dy / 15 + phase);
      if (std::abs(dy) >= wave) continue;
      const double half = std::sqrt(wave * wave - dy * dy);
      const auto x0 = static_cast<std::int64_t>(std::max(0.0, cx - half)), x1 = static_cast<std::int64_t>(std::min(2999.0, cx + half));
      if (x0 < x1) runs.push_back({y * kPicture.x + x0, x1 - x0});
    }
    labels.set(i, Mask(kPicture, std::move(runs)));
  }
  return labels;
}

OverlayStyle styleOf() {
  OverlayStyle style;
  for (int i = 0; i < kClasses; ++i) style.classes.push_back({.colour = {static_cast<std::uint8_t>(6 * i), 90, 200}});
  return style;
}

PaintPolicy policyOf(PaintOver over) {
  PaintPolicy policy{.over = over};
  for (int i = 0; i < kClasses; ++i) {
    policy.hidden.push_back(i % 3 == 0);
    policy.exclusiveGroup.push_back(i % 2);
  }
  return policy;
}

/// Dabs one after another along a wandering stroke. `texture`: with the colours of each dab's rectangle.
void dabs(benchmark::State& state, PaintOver over, bool texture) {
  using Clock = std::chrono::steady_clock;
  Annotation labels = overlapping();
  const OverlayStyle style = styleOf();
  std::vector<double> times;
  std::vector<std::array<std::uint8_t, 4>> pixels;
  PaintSurface surface(labels, geometryOf(kPicture));
  Random random(4, "stroke");
  EditPoint at{1500, 1000, 0};
  int count = 0;
  for (auto _ : state) {
    if (count++ % 200 == 0) {
      state.PauseTiming();
      if (surface.strokeUnderWay()) applyEdit(labels, surface.endStroke());
      surface.beginStroke({.classIndex = count / 200 % kClasses, .brush = {.radius = 30}, .policy = policyOf(over)});
      at = {random.uniform(600, 2400), random.uniform(600, 1400), 0};
      state.ResumeTiming();
    }
    at.x = std::clamp(at.x + random.uniform(-25, 25), 0.0, 2999.0);
    at.y = std::clamp(at.y + random.uniform(-25, 25), 0.0, 1999.0);
    const auto begin = Clock::now();
    const SliceBox dirty = grownByOne(shownBy(surface.strokeTo(at), {}), kPicture, {});
    if (texture && !dirty.empty()) {
      pixels.resize(static_cast<std::size_t>(dirty.width() * dirty.height()));
      drawOverlay(surface, {}, dirty, style, pixels);
    }
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  state.counters["p95_us"] = times[times.size() * 95 / 100];
  state.counters["max_us"] = times.back();
}
BENCHMARK_CAPTURE(dabs, all, PaintOver::All, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(dabs, all_with_texture, PaintOver::All, true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(dabs, visible_with_texture, PaintOver::Visible, true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(dabs, empty_with_texture, PaintOver::Empty, true)->Unit(benchmark::kMicrosecond);

void firstDabOnFreshSurface(benchmark::State& state) {
  const Annotation labels = overlapping();
  for (auto _ : state) {
    PaintSurface surface(labels, geometryOf(kPicture));
    surface.beginStroke({.classIndex = 3, .brush = {.radius = 30}});
    benchmark::DoNotOptimize(surface.strokeTo({1500, 1000, 0}));
  }
}
BENCHMARK(firstDabOnFreshSurface)->Unit(benchmark::kMicrosecond);

void wholeTexture(benchmark::State& state) {
  const Annotation labels = overlapping();
  PaintSurface surface(labels, geometryOf(kPicture));
  std::vector<std::array<std::uint8_t, 4>> pixels(static_cast<std::size_t>(kPicture.count()));
  for (auto _ : state) drawOverlay(surface, {}, extentOf(kPicture, {}), styleOf(), pixels);
}
BENCHMARK(wholeTexture)->Unit(benchmark::kMillisecond);

/// From the button's release: the edit, the run lengths, the history, and what the view hands to the journal.
void endOfStroke(benchmark::State& state) {
  const auto folder = std::filesystem::temp_directory_path() / "roundel-edit-bench";
  std::filesystem::create_directories(folder);
  JournalSubject subject{.caseId = 1, .version = "bench", .size = kPicture, .classIds = {}};
  for (int i = 0; i < kClasses; ++i) subject.classIds.push_back(i + 1);
  EditSession session(overlapping(), geometryOf(kPicture), nullptr, std::make_unique<StrokeJournal>(folder, subject));
  Random random(9, "ends");
  double waited = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto begin = std::chrono::steady_clock::now();
    session.beginStroke(
        {.classIndex = static_cast<int>(random.below(kClasses)), .brush = {.radius = 30}, .policy = policyOf(PaintOver::All)});
    waited += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    EditPoint at{random.uniform(0, 3000), random.uniform(0, 2000), 0};
    for (int i = 0; i < 40; ++i) {
      session.strokeTo(at);
      at.x += 12;
      at.y += random.uniform(-8, 8);
    }
    state.ResumeTiming();
    benchmark::DoNotOptimize(session.endStroke());
  }
  state.counters["sync_ms"] = waited / static_cast<double>(state.iterations());
  std::error_code code;
  std::filesystem::remove_all(folder, code);
}
BENCHMARK(endOfStroke)->Unit(benchmark::kMicrosecond);

void undoAndRedo(benchmark::State& state) {
  EditSession session(overlapping(), geometryOf(kPicture));
  session.beginStroke({.classIndex = 3, .brush = {.radius = 30}, .policy = policyOf(PaintOver::All)});
  session.strokeTo({200, 300});
  session.strokeTo({2800, 1700});
  if (session.endStroke().empty()) state.SkipWithError("the stroke changed nothing");
  for (auto _ : state) {
    benchmark::DoNotOptimize(session.undo());
    benchmark::DoNotOptimize(session.redo());
  }
}
BENCHMARK(undoAndRedo)->Unit(benchmark::kMicrosecond);

Image edges(Size size) {
  Random random(2, "edges");
  Image image{.geometry = geometryOf(size), .values = {}};
  for (std::int64_t y = 0; y < size.y; ++y)
    for (std::int64_t x = 0; x < size.x; ++x) {
      const double wave = std::sin(static_cast<double>(x) / 60) * std::cos(static_cast<double>(y) / 45);
      image.values.push_back(static_cast<float>((wave > 0 ? 0.7 : 0.3) + 0.03 * random.normal()));
    }
  return image;
}

void livewireCosts(benchmark::State& state) {
  const Image image = edges(kPicture);
  for (auto _ : state) benchmark::DoNotOptimize(Livewire(image.values, kPicture.x, kPicture.y));
}
BENCHMARK(livewireCosts)->Unit(benchmark::kMillisecond);

/// The mouse wanders up to `range` pixels from the last corner; the paths it passed are known.
void livewirePath(benchmark::State& state) {
  const Image image = edges(kPicture);
  Livewire wire(image.values, kPicture.x, kPicture.y);
  Random random(5, "mouse");
  double slowest = 0;
  int count = 0;
  for (auto _ : state) {
    if (count++ % 100 == 0) wire.setSeed(1500, 1000);
    const auto begin = std::chrono::steady_clock::now();
    const auto range = static_cast<double>(state.range(0));
    benchmark::DoNotOptimize(
        wire.pathTo(1500 + std::llround(random.uniform(-range, range)), 1000 + std::llround(random.uniform(-range, range))));
    slowest = std::max(slowest, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  state.counters["slowest_ms"] = slowest;
}
BENCHMARK(livewirePath)->Arg(100)->Arg(400)->Unit(benchmark::kMicrosecond);

/// Tools on the picture, each with its defaults, as a person waits for them.
void tool(benchmark::State& state, const char* name) {
  const Annotation labels = overlapping();
  const Image image = edges(kPicture);
  const Geometry geometry = geometryOf(kPicture);
  const EditRequest request{.annotation = labels,
                            .geometry = geometry,
                            .image = &image,
                            .classIndex = 3,
                            .slice = SlicePlane{},
                            .points = {{1400, 900}, {1600, 900}, {1600, 1100}, {1400, 1100}}};
  for (auto _ : state) benchmark::DoNotOptimize(useEditTool(findEditTool(name), request));
}
BENCHMARK_CAPTURE(tool, threshold, "threshold")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(tool, magic_wand, "magic-wand")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(tool, flood_fill, "flood-fill")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(tool, grow_from_seeds, "grow-from-seeds")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(tool, fill_holes, "fill-holes")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(tool, margin, "margin")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(tool, smooth, "smooth")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(tool, polygon, "polygon")->Unit(benchmark::kMillisecond);

/// A ball of radius 12 through 256 slices of 256 x 256 with 10 classes.
void ballInVolume(benchmark::State& state) {
  const Size size{256, 256, 256};
  Annotation labels = Annotation::empty(size, 10);
  Random random(3, "balls");
  for (int i = 0; i < 10; ++i)
    labels.set(i, strokeMask({.radius = 60}, {{random.uniform(60, 190), random.uniform(60, 190), random.uniform(60, 190)}},
                             geometryOf(size), std::nullopt));
  PaintSurface surface(labels, geometryOf(size));
  surface.beginStroke({.classIndex = 2, .brush = {.radius = 12}, .slice = std::nullopt});
  for (auto _ : state)
    benchmark::DoNotOptimize(surface.strokeTo({random.uniform(30, 226), random.uniform(30, 226), random.uniform(30, 226)}));
}
BENCHMARK(ballInVolume)->Iterations(100)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace roundel
