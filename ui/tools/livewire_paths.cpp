#include "ui/tools/livewire_paths.h"

#include <algorithm>
#include <cmath>

#include "edit/livewire.h"
#include "edit/work_grid.h"
#include "ui/seen_image.h"

namespace roundel {
namespace {

/// The costs of one slice, and what is needed to go there and back.
struct Wired {
  Wired(const LivewirePaths::Ground& where, std::shared_ptr<const Image> seen)
      : ground(where),
        image(std::move(seen)),
        annotation(Annotation::empty(image->geometry.size, 0)),
        request{.annotation = annotation, .geometry = image->geometry, .image = image.get(), .slice = where.slice},
        grid(request),
        wire(grid.values(), grid.size().x, grid.size().y, {.smoothingPx = where.smoothing, .sharpness = where.sharpness}) {}

  std::pair<std::int64_t, std::int64_t> pixel(const EditPoint& point) const {
    const EditPoint at = grid.toGrid(point);
    const auto kept = [](double value, std::int64_t extent) {
      return static_cast<std::int64_t>(std::floor(std::clamp(value + 0.5, 0.0, static_cast<double>(extent) - 1)));
    };
    return {kept(at.x, grid.size().x), kept(at.y, grid.size().y)};
  }

  /// A place of the slice in pixels of the case (WorkGrid: on Y the axes are x and z, on X y and z).
  EditPoint back(const EditPoint& at) const {
    if (!ground.slice || ground.slice->axis == SliceAxis::Z)
      return {at.x, at.y, ground.slice ? static_cast<double>(ground.slice->index) : 0.0};
    const auto index = static_cast<double>(ground.slice->index);
    return ground.slice->axis == SliceAxis::Y ? EditPoint{at.x, index, at.y} : EditPoint{index, at.x, at.y};
  }

  std::vector<EditPoint> path(const EditPoint& from, const EditPoint& to) {
    const auto begin = pixel(from), end = pixel(to);
    if (seed != begin) wire.setSeed(begin.first, begin.second);  // paths from the last seed are known already
    seed = begin;
    std::vector<EditPoint> path = wire.pathTo(end.first, end.second);
    for (EditPoint& point : path) point = back(point);
    return path;
  }

  LivewirePaths::Ground ground;
  std::shared_ptr<const Image> image;
  Annotation annotation;
  EditRequest request;
  WorkGrid grid;
  Livewire wire;
  std::optional<std::pair<std::int64_t, std::int64_t>> seed;
};

}  // namespace

LivewirePaths::LivewirePaths(QObject* parent) : QObject(parent), m_thread([this] { work(); }) {}

LivewirePaths::~LivewirePaths() {
  {
    const std::scoped_lock lock(m_mutex);
    m_ending = true;
  }
  m_wake.notify_all();
  m_thread.join();
}

void LivewirePaths::ask(Ground ground, std::vector<Way> ways) {
  if (!ground.image || ways.empty()) return;
  {
    const std::scoped_lock lock(m_mutex);
    m_question.emplace(std::move(ground), std::move(ways));
  }
  m_wake.notify_all();
}

void LivewirePaths::work() {
  std::unique_ptr<Wired> wired;
  for (;;) {
    std::optional<std::pair<Ground, std::vector<Way>>> question;
    {
      std::unique_lock lock(m_mutex);
      m_wake.wait(lock, [this] { return m_ending || m_question; });
      if (m_ending) return;
      question = std::move(m_question);
      m_question.reset();
    }
    try {
      if (!wired || !(wired->ground == question->first)) {
        wired.reset();
        wired = std::make_unique<Wired>(question->first, question->first.image->get());
      }
      for (const auto& [from, to] : question->second) {
        std::vector<EditPoint> path = wired->path(from, to);
        QMetaObject::invokeMethod(this, [this, from = from, to = to, path = std::move(path)] { Q_EMIT found(from, to, path); });
      }
    } catch (const std::exception&) {
      wired.reset();  // no preview; the tool itself says what is wrong
    }
  }
}

}  // namespace roundel
