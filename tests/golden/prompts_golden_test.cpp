// Golden cases of kind "prompts": cleaning and prompts of SAM Carries the Burden, exactly, over every stack that a case holds.
#include <gtest/gtest.h>

#include "golden/golden_case.h"
#include "prompts/cleaning.h"
#include "prompts/prompt_extractor.h"
#include "prompts/sctb_extractor.h"

namespace roundel {
namespace {

constexpr std::string_view kProbabilities = ".prob";

/// One stack of class probabilities [C, H, W] and what is known about it.
class Stack {
 public:
  Stack(const golden::Case& test, std::string name) : m_test(test), m_name(std::move(name)) {
    const auto& shape = test.file.tensor(m_name + ".prob").shape;
    if (shape.size() != 3) throw std::runtime_error(m_name + ".prob is no stack of pictures");
    m_prediction = {{shape[2], shape[1], 1}, static_cast<int>(shape[0]), test.file.floats(m_name + ".prob")};
  }

  const std::string& name() const { return m_name; }
  const Prediction& prediction() const { return m_prediction; }
  std::size_t classes() const { return static_cast<std::size_t>(m_prediction.classCount); }
  bool has(const std::string& what) const { return m_test.file.has(m_name + "." + what); }
  /// Row `row` of a stored tensor of `width` numbers a class.
  std::vector<double> row(const std::string& what, std::size_t row, std::size_t width) const {
    const auto values = golden::reference(m_test.file, m_name + "." + what).values;
    return {values.begin() + static_cast<std::ptrdiff_t>(row * width), values.begin() + static_cast<std::ptrdiff_t>((row + 1) * width)};
  }

 private:
  const golden::Case& m_test;
  std::string m_name;
  Prediction m_prediction;
};

/// Runs `check` over every stack of every case and fails where the folder is there but holds none.
void forEachStack(const std::function<void(const Stack&)>& check) {
  const auto cases = golden::casesOfKind("prompts");
  if (cases.empty()) GTEST_SKIP() << "no golden case of kind prompts in " << golden::folder();
  for (const auto& test : cases) {
    int stacks = 0;
    for (const auto& [tensor, view] : test.file.tensors()) {
      if (!tensor.ends_with(kProbabilities)) continue;
      ++stacks;
      SCOPED_TRACE(test.name + "/" + tensor);
      check(Stack(test, tensor.substr(0, tensor.size() - kProbabilities.size())));
    }
    EXPECT_GT(stacks, 0) << test.name;
  }
}

std::vector<double> inclusive(const PromptBox& box) { return {box.x0, box.y0, box.x1 - 1, box.y1 - 1}; }
std::vector<double> none(std::size_t count) { return std::vector<double>(count, -1.0); }

void checkClass(const Stack& stack, const ClassPrompts& prompts, std::size_t index) {
  const bool asked = prompts.first.has_value() && prompts.second.has_value();
  EXPECT_EQ(stack.row("class_has_prompt", index, 1).front() == 1, asked);
  EXPECT_EQ(prompts.hasExclusivePixels, asked);
  EXPECT_EQ(stack.row("box_xyxy_any", index, 4), prompts.box ? inclusive(*prompts.box) : none(4));
  EXPECT_EQ(stack.row("box_xyxy", index, 4), asked ? inclusive(prompts.first->box.value()) : none(4));
  EXPECT_EQ(stack.row("pos_seed_xy", index, 2), asked ? (std::vector<double>{prompts.seed->x, prompts.seed->y}) : none(2));
  if (!asked) return;
  // First call: the box alone. Second call: the positive point, then every negative by ascending class.
  EXPECT_TRUE(prompts.first->points.empty());
  EXPECT_FALSE(prompts.second->box.has_value());
  const auto& points = prompts.second->points;
  ASSERT_EQ(static_cast<double>(points.size() - 1), stack.row("neg_count", index, 1).front());
  EXPECT_EQ(points.front(), (PromptPoint{prompts.seed->x, prompts.seed->y, 0, true}));
  const auto seeds = stack.row("neg_seeds_xy", index, 2 * stack.classes());
  for (std::size_t i = 1; i < points.size(); ++i)
    EXPECT_EQ(points[i], (PromptPoint{seeds[2 * (i - 1)], seeds[2 * (i - 1) + 1], 0, false})) << "negative " << i;
}

TEST(GoldenPrompts, CleanedMasksAreTheAuthors) {
  forEachStack([](const Stack& stack) {
    const auto classes = cleaned(stack.prediction(), {});
    const auto pixels = static_cast<std::size_t>(stack.prediction().size.count());
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const auto bytes = classes[i].mask.toBytes();
      EXPECT_EQ(stack.row("clean_mask", i, pixels), std::vector<double>(bytes.begin(), bytes.end())) << "class " << i;
    }
  });
}

TEST(GoldenPrompts, LargestComponentsHaveTheAuthorsAreas) {
  forEachStack([](const Stack& stack) {
    if (!stack.has("clean_mask_largest_area")) return;
    const auto classes = cleaned(stack.prediction(), {.keep = KeptComponent::Largest});
    for (std::size_t i = 0; i < classes.size(); ++i)
      EXPECT_EQ(stack.row("clean_mask_largest_area", i, 1).front(), static_cast<double>(classes[i].mask.area())) << "class " << i;
  });
}

TEST(GoldenPrompts, BoxesAndPointsAreTheAuthors) {
  forEachStack([](const Stack& stack) {
    const auto masks = masksOf(cleaned(stack.prediction(), {}));
    const auto prompts = promptExtractors().create("sctb")->extract(masks);
    ASSERT_EQ(prompts.size(), stack.classes());
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      SCOPED_TRACE("class " + std::to_string(i));
      checkClass(stack, prompts[i], i);
    }
  });
}

}  // namespace
}  // namespace roundel
