// Every tool that changes labels keeps the same promises, whatever its parameters, the image's size and the rules of painting.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/error.h"
#include "edit/edit_tool.h"
#include "engine/edit/edit_support.h"

namespace roundel {
namespace {

constexpr int kClasses = 4;

/// A value that the spec allows, not too far from its default.
Json randomValue(const ParamSpec& spec, Random& random) {
  switch (spec.type) {
    case ParamType::Flag: return random.below(2) == 0;
    case ParamType::Choice: return spec.choices[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(spec.choices.size())))];
    case ParamType::Text: return spec.defaultValue;
    case ParamType::Integer: {
      if (spec.name == "other" || spec.name == "target") return random.below(kClasses);
      const auto usual = spec.defaultValue.get<std::int64_t>();
      return std::max(static_cast<std::int64_t>(spec.minimum.value_or(0)), random.below(2 * usual + 3));
    }
    case ParamType::Real: {
      const auto usual = spec.defaultValue.get<double>();
      return std::max(spec.minimum.value_or(-1), random.uniform(0.0, 1.5 * usual + 0.2));
    }
  }
  return spec.defaultValue;
}

/// A request with everything that it points to.
struct Drawn {
  Geometry geometry;
  Image image;
  Annotation annotation;
  Mask region;
  Json params = Json::object();
  EditRequest request;

  Drawn(const Drawn&) = delete;
  Drawn(const EditTool& tool, Size size, std::uint64_t seed)
      : geometry(test::geometryOf(size, {0.5, 0.8, 2.0})),
        image(test::randomImage(geometry, seed)),
        annotation(test::randomAnnotation(size, kClasses, seed)),
        request{.annotation = annotation, .geometry = geometry, .image = &image} {
    Random random(seed, tool.name);
    request.classIndex = static_cast<int>(random.below(kClasses + 1)) - 1;
    const std::array<std::int64_t, 3> extent{size.x, size.y, size.z};
    if (tool.extent != ToolExtent::SliceOrVolume || random.below(2) == 0) {
      const auto axis = static_cast<std::size_t>(size.z == 1 ? 2 : random.below(3));
      request.slice = SlicePlane{static_cast<SliceAxis>(axis), random.below(extent[axis])};
    }
    for (std::int64_t i = random.below(4) + 3; i > 0; --i) request.points.push_back(test::randomPoint(size, random));
    if (random.below(2) == 0) {
      region = test::randomAnnotation(size, 1, seed + 1).ignore;
      request.region = &region;
    }
    request.policy = {.over = random.below(2) == 0 ? PaintOver::All : static_cast<PaintOver>(random.below(4)),
                      .onlyClass = static_cast<int>(random.below(kClasses))};
    for (int i = 0; i < kClasses; ++i) {
      request.policy.hidden.push_back(random.below(3) == 0);
      request.policy.locked.push_back(i != request.classIndex && random.below(3) == 0);
      request.policy.exclusiveGroup.push_back(static_cast<int>(random.below(3)));
    }
    for (const auto& spec : tool.params) params[spec.name] = randomValue(spec, random);
  }
};

/// Pixels of a class that differ.
Mask changeOfClass(const Annotation& before, const Annotation& after, int index) {
  const Mask &a = maskOf(before, index), &b = maskOf(after, index);
  return unite(subtract(a, b), subtract(b, a));
}

bool liesOn(std::int64_t flat, const Size& size, const SlicePlane& slice) {
  const std::array<std::int64_t, 3> at{flat % size.x, flat / size.x % size.y, flat / size.x / size.y};
  return at[static_cast<std::size_t>(slice.axis)] == slice.index;
}

void expectWithinSlice(const Mask& change, const EditTool& tool, const EditRequest& request) {
  if (!request.slice || tool.extent == ToolExtent::VolumeOnly) return;
  for (const auto& run : change.runs())
    for (std::int64_t i = run.start; i < run.start + run.length; ++i)
      ASSERT_TRUE(liesOn(i, change.size(), *request.slice)) << tool.name << " leaves its slice";
}

/// The rule of painting, pixel by pixel, for the class that was worked on.
void expectPolicyKept(const Annotation& before, const Mask& change, const EditTool& tool, const EditRequest& request) {
  const PaintPolicy& policy = request.policy;
  for (int other = 0; other < kClasses; ++other) {
    if (other == request.classIndex) continue;
    const std::int64_t common = overlapArea(change, maskOf(before, other));
    if (policy.over == PaintOver::Empty) {
      EXPECT_EQ(common, 0) << tool.name << " changes pixels of another class";
    }
    if (policy.over == PaintOver::Visible && policy.isHidden(other)) {
      EXPECT_EQ(common, 0) << tool.name << " changes what is hidden";
    }
  }
  if (policy.over == PaintOver::OnlyClass) {
    EXPECT_EQ(overlapArea(change, maskOf(before, policy.onlyClass)), change.area()) << tool.name << " leaves the one class";
  }
}

void expectPromisesKept(const EditTool& tool, const Drawn& drawn, const LabelEdit& edit) {
  const EditRequest& request = drawn.request;
  Annotation after = drawn.annotation;
  applyEdit(after, edit);
  EXPECT_EQ(edit.name, tool.name);
  EXPECT_EQ(edit.classIndex, request.classIndex);
  EXPECT_EQ(unpackEdit(packEdit(edit)), edit);
  EXPECT_EQ(differenceOf(drawn.annotation, after, edit.name, edit.classIndex), edit);
  const auto target = drawn.params.contains("target") ? drawn.params["target"].get<int>() : -2;
  for (int i = kIgnoreRegion; i < kClasses; ++i) {
    const Mask change = changeOfClass(drawn.annotation, after, i);
    if (change.empty()) continue;
    EXPECT_FALSE(request.policy.isLocked(i)) << tool.name << " changes a locked class";
    const bool grouped = request.policy.groupOf(i) > 0 && (request.policy.groupOf(i) == request.policy.groupOf(request.classIndex) ||
                                                           request.policy.groupOf(i) == request.policy.groupOf(target));
    EXPECT_TRUE(i == request.classIndex || grouped || i == target) << tool.name << " changes class " << i;
    if (request.region != nullptr) {
      EXPECT_EQ(overlapArea(change, *request.region), change.area()) << tool.name << " leaves its region";
    }
    expectWithinSlice(change, tool, request);
    if (i == request.classIndex) expectPolicyKept(drawn.annotation, change, tool, request);
  }
  undoEdit(after, edit);
  EXPECT_EQ(after, drawn.annotation) << tool.name << " is not undone";
}

TEST(EditTools, KeepTheirPromisesOnEverySize) {
  const std::vector<Size> sizes{{1, 1, 1}, {7, 1, 1}, {1, 9, 1}, {30, 22, 1}, {70, 64, 1}, {9, 8, 7}, {1, 1, 5}, {70, 10, 12}};
  for (const auto& tool : builtinEditTools()) {
    int changed = 0, refused = 0, calls = 0;
    for (const auto& size : sizes)
      for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const Drawn drawn(tool, size, seed * 100 + static_cast<std::uint64_t>(size.count()));
        ++calls;
        try {
          const LabelEdit edit = useEditTool(tool, drawn.request, drawn.params);
          expectPromisesKept(tool, drawn, edit);
          EXPECT_EQ(useEditTool(tool, drawn.request, drawn.params), edit) << tool.name << " is not repeatable";
          if (!edit.empty()) ++changed;
        } catch (const Error& error) {
          ++refused;
          EXPECT_FALSE(std::string(error.what()).empty());
        }
        ASSERT_FALSE(testing::Test::HasFailure())
            << tool.name << " on " << size.x << " x " << size.y << " x " << size.z << ", seed " << seed << ", " << drawn.params.dump();
      }
    EXPECT_GT(changed, calls / 100) << tool.name << " hardly ever does anything";
    EXPECT_LT(refused, calls / 2) << tool.name << " refuses too much";
  }
}

TEST(EditTools, ALockedClassIsNeverChanged) {
  for (const auto& tool : builtinEditTools())
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Drawn drawn(tool, {20, 15, 6}, seed);
      drawn.request.policy.locked.assign(kClasses, true);
      drawn.request.policy.ignoreLocked = true;
      EXPECT_TRUE(useEditTool(tool, drawn.request, drawn.params).empty()) << tool.name;
    }
}

TEST(EditTools, NonsenseIsRefusedWithASentence) {
  const auto code = [](const EditTool& tool, const EditRequest& request, const Json& params = Json::object()) -> std::string {
    try {
      useEditTool(tool, request, params);
    } catch (const Error& error) {
      return error.code();
    }
    return {};
  };
  for (const auto& tool : builtinEditTools()) {
    const Drawn drawn(tool, {20, 15, 6}, 3);
    const auto changed = [&](auto change) {
      EditRequest request = drawn.request;
      change(request);
      return request;
    };
    EXPECT_EQ(code(tool, changed([](auto& one) { one.classIndex = kClasses; })), "unknown-class") << tool.name;
    EXPECT_EQ(code(tool, drawn.request, {{"no_such_thing", 1}}), "unknown-parameter") << tool.name;
    EXPECT_EQ(code(tool, changed([](auto& one) { one.slice = SlicePlane{SliceAxis::Z, 6}; })), "bad-parameter") << tool.name;
    if (tool.needsImage) {
      EXPECT_EQ(code(tool, changed([](auto& one) { one.image = nullptr; })), "image-needed") << tool.name;
    }
    if (tool.gesture != EditGesture::Press) {
      EXPECT_EQ(code(tool, changed([](auto& one) { one.points.clear(); })), "points-needed") << tool.name;
    }
    if (tool.extent != ToolExtent::SliceOrVolume) {
      EXPECT_EQ(code(tool, changed([](auto& one) { one.slice.reset(); })), "slice-needed") << tool.name;
    }
    const auto nowhere = changed([](auto& one) { one.points[0].x = std::numeric_limits<double>::infinity(); });
    EXPECT_EQ(code(tool, nowhere), "bad-parameter") << tool.name;
    const Geometry other = test::geometryOf({20, 15, 5});
    const EditRequest mixed{.annotation = drawn.annotation, .geometry = other, .slice = SlicePlane{}};
    EXPECT_EQ(code(tool, mixed), "size-mismatch") << tool.name;
  }
}

TEST(EditTools, AreListedOnceWithSentences) {
  std::map<std::string, int> names;
  for (const auto& tool : builtinEditTools()) {
    ++names[tool.name];
    EXPECT_TRUE(tool.sentence.ends_with(".")) << tool.name;
    for (const auto& spec : tool.params) EXPECT_TRUE(spec.sentence.ends_with(".")) << tool.name << " " << spec.name;
    EXPECT_EQ(findEditTool(tool.name).name, tool.name);
    EXPECT_NO_THROW(resolveParams(tool.params, resolveParams(tool.params, Json::object())));
  }
  for (const auto& [name, count] : names) EXPECT_EQ(count, 1) << name;
  EXPECT_THROW(findEditTool("brsh"), Error);
}

}  // namespace
}  // namespace roundel
