#include <benchmark/benchmark.h>

#include <cmath>
#include <filesystem>

#include "project/project.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

constexpr int kTeeth = 32;
constexpr Size kPanorama{3000, 1500, 1};

/// A project folder of its own, gone afterwards.
struct Workplace {
  test::TemporaryFolder folder;
  std::filesystem::path study() const { return folder / "study"; }
};

std::vector<Case> manyCases(std::int64_t count) {
  std::vector<Case> cases;
  for (std::int64_t i = 0; i < count; ++i) {
    Case one{.name = "panorama " + std::to_string(i), .image = "/archive/radiographs/panorama " + std::to_string(i) + ".dcm"};
    one.geometry = {.size = kPanorama, .spacingMm = {0.1, 0.1, 1}, .spacingSource = SpacingSource::PixelSpacing};
    one.pixelPipeline = {{"voi", "window"}, {"center", 2048}, {"width", 4096}, {"polarity", "MONOCHROME2"}, {"mirror", false}};
    one.patient = "patient " + std::to_string(i / 2);
    one.facts = {{"modality", "PX"}, {"bits", 12}};
    cases.push_back(std::move(one));
  }
  return cases;
}

/// 32 overlapping ellipses in two rows: runs as a panorama's teeth have them.
Annotation teeth(int shift) {
  Annotation annotation = Annotation::empty(kPanorama, kTeeth);
  for (int tooth = 0; tooth < kTeeth; ++tooth) {
    const double centreX = 300 + tooth % 16 * 155 + shift % 7, centreY = tooth < 16 ? 550 : 950, radiusX = 85, radiusY = 190;
    std::vector<Mask::Run> runs;
    for (std::int64_t y = static_cast<std::int64_t>(centreY - radiusY) + 1; y < static_cast<std::int64_t>(centreY + radiusY); ++y) {
      const double away = (static_cast<double>(y) - centreY) / radiusY;
      const double half = radiusX * std::sqrt(std::max(0.0, 1 - away * away)) + 3 * std::sin(static_cast<double>(y) / 5);
      if (half >= 1) runs.push_back({y * kPanorama.x + static_cast<std::int64_t>(centreX - half), static_cast<std::int64_t>(2 * half)});
    }
    annotation.set(tooth, Mask(kPanorama, std::move(runs)));
  }
  return annotation;
}

/// A project with that many cases; the first `labelled` have labels.
Project filled(const Workplace& place, std::int64_t cases, int labelled) {
  Project project = Project::create(place.study());
  project.setClasses(paletteClasses("fdi"));
  const auto added = project.addCases(manyCases(cases));
  std::vector<NewAnnotation> labels;
  for (int i = 0; i < labelled; ++i) labels.push_back({added[static_cast<std::size_t>(i)].id, teeth(i), {.how = "import"}});
  project.addAnnotations(labels);
  return project;
}

void addCases(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    const Workplace place;
    Project project = Project::create(place.study());
    auto cases = manyCases(state.range(0));
    state.ResumeTiming();
    project.addCases(std::move(cases));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(addCases)->Arg(10000)->Unit(benchmark::kMillisecond)->UseRealTime();

void addAnnotations(benchmark::State& state) {
  const Workplace place;
  Project project = filled(place, state.range(0), 0);
  std::vector<NewAnnotation> labels;
  for (const auto& one : project.cases()) labels.push_back({one.id, teeth(static_cast<int>(one.id)), {.how = "import"}});
  for (auto _ : state) project.addAnnotations(labels);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(addAnnotations)->Arg(500)->Unit(benchmark::kMillisecond)->UseRealTime();

void readAnnotations(benchmark::State& state) {
  const Workplace place;
  const Project project = filled(place, state.range(0), static_cast<int>(state.range(0)));
  const auto cases = project.cases();
  for (auto _ : state)
    for (const auto& one : cases) benchmark::DoNotOptimize(project.latest(one.id));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["KB a version"] =
      static_cast<double>(std::filesystem::file_size(place.study() / "project.db")) / 1024.0 / static_cast<double>(state.range(0));
}
BENCHMARK(readAnnotations)->Arg(500)->Unit(benchmark::kMillisecond)->UseRealTime();

void openAndList(benchmark::State& state) {
  const Workplace place;
  { filled(place, state.range(0), 200); }
  for (auto _ : state) {
    const Project project = Project::open(place.study(), Access::ReadOnly);
    benchmark::DoNotOptimize(project.cases());
    benchmark::DoNotOptimize(project.latestVersions());
  }
}
BENCHMARK(openAndList)->Arg(10000)->Unit(benchmark::kMillisecond)->UseRealTime();

void drawAndSaveSplit(benchmark::State& state) {
  const Workplace place;
  Project project = filled(place, state.range(0), 200);
  using Kind = PartRequest::Kind;
  for (auto _ : state)
    project.saveSplit(drawSplit(project.splitCandidates(), {.labelled = {.kind = Kind::Count, .count = 50},
                                                            .unlabelled = {.kind = Kind::Rest},
                                                            .validation = {.kind = Kind::Count, .count = 20},
                                                            .test = {.kind = Kind::Count, .count = 50}})
                          .split);
}
BENCHMARK(drawAndSaveSplit)->Arg(10000)->Unit(benchmark::kMillisecond)->UseRealTime();

/// A stroke's worth of saving: one version, synced.
void saveOneVersion(benchmark::State& state) {
  const Workplace place;
  Project project = filled(place, 10, 0);
  const Annotation labels = teeth(1);
  const auto id = project.cases().front().id;
  for (auto _ : state) project.addAnnotation(id, labels, {.how = "brush"});
}
BENCHMARK(saveOneVersion)->Unit(benchmark::kMillisecond)->UseRealTime();

void verifyAll(benchmark::State& state) {
  const Workplace place;
  const Project project = filled(place, 10000, static_cast<int>(state.range(0)));
  for (auto _ : state)
    if (!project.verifyAudit().faults.empty()) state.SkipWithError("the project is not sound");
}
BENCHMARK(verifyAll)->Arg(500)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace roundel
