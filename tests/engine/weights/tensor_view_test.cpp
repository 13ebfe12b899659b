#include <gtest/gtest.h>
#include <torch/torch.h>

#include "engine/weights/pickle_builder.h"
#include "engine/weights/weights_support.h"
#include "weights/state_dict.h"
#include "weights/tensor_bytes.h"

namespace roundel {
namespace {

namespace pickled = test::pickled;

StateDict readOne(const pickled::Tensor& tensor, const std::string& storage, std::size_t padding) {
  const test::ZipBuilder zip = test::torchArchive(pickled::dict({{"w", pickled::tensor(tensor)}}), {{"0", storage}}, {.padding = padding});
  return readStateDict(test::WrittenFile(zip.finish()).path());
}

TEST(TensorView, IsTheFilesOwnMemory) {
  int views = 0;
  for (std::size_t padding = 0; padding < 4; ++padding) {
    StateDict weights = readOne({.offset = 1, .shape = {4, 2}, .strides = {1, 4}}, test::floatBytes(12), padding);
    const auto address = reinterpret_cast<std::uintptr_t>(weights.tensors.at("w").bytes.data());
    const torch::Tensor view = viewOf(weights.tensors.at("w"), weights.mapping);
    EXPECT_EQ(view.const_data_ptr() == weights.tensors.at("w").bytes.data(), address % 4 == 0) << "a copy only where it must be";
    views += address % 4 == 0 ? 1 : 0;
    weights = StateDict();  // the view keeps the mapping
    const torch::Tensor expected = torch::arange(1, 13, torch::kFloat).as_strided({4, 2}, {1, 4}, 1);
    EXPECT_TRUE(torch::equal(view, expected));
  }
  EXPECT_EQ(views, 1);
}

TEST(TensorView, LetsTheMappingGo) {
  const auto mapping = std::make_shared<const std::vector<float>>(std::vector<float>{1, 2, 3});
  torch::Tensor view = viewOf({"F32", {3}, {1}, std::as_bytes(std::span(*mapping))}, mapping);
  EXPECT_EQ(mapping.use_count(), 2);
  torch::Tensor part = view[1];
  view = torch::Tensor();
  EXPECT_EQ(mapping.use_count(), 2);
  EXPECT_EQ(part.item<float>(), 2.0f);
  part = torch::Tensor();
  EXPECT_EQ(mapping.use_count(), 1);
}

TEST(TensorView, KnowsTypesNumbersAndNothing) {
  const StateDict half =
      readOne({.storageType = "BFloat16Storage", .elements = 2, .shape = {2}, .strides = {1}}, std::string("\x80\x3f\x00\xc0", 4), 0);
  EXPECT_TRUE(torch::equal(viewOf(half.tensors.at("w"), half.mapping).to(torch::kFloat), torch::tensor({1.0f, -2.0f})));
  const StateDict truth = readOne({.storageType = "BoolStorage", .elements = 3, .shape = {3}, .strides = {1}}, std::string("\0\1\7", 3), 0);
  EXPECT_TRUE(torch::equal(viewOf(truth.tensors.at("w"), truth.mapping), torch::tensor({false, true, true})));
  const StateDict number = readOne({.offset = 4, .shape = {}, .strides = {}}, test::floatBytes(12), 0);
  EXPECT_EQ(viewOf(number.tensors.at("w"), number.mapping).item<float>(), 5.0f);
  const StateDict empty = readOne({.shape = {0, 4}, .strides = {4, 1}}, test::floatBytes(12), 0);
  EXPECT_EQ(viewOf(empty.tensors.at("w"), empty.mapping).sizes(), (std::vector<std::int64_t>{0, 4}));
  EXPECT_THROW(viewOf({"F8_E4M3", {1}, {1}, {}}, {}), Error);
}

}  // namespace
}  // namespace roundel
