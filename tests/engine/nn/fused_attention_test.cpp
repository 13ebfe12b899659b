#include "nn/fused_attention.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace roundel {
namespace {

using torch::Tensor;

struct Form {
  std::int64_t queries, keys, channels, width;  ///< width 0: without a bias
};

/// The definition, in float32.
Tensor defined(const Tensor& q, const Tensor& k, const Tensor& v, const nn::RowColumnBias& bias) {
  Tensor logits = torch::matmul(q.to(torch::kFloat), k.to(torch::kFloat).transpose(2, 3)) / std::sqrt(static_cast<double>(q.size(3)));
  if (bias.byRow.defined()) logits = logits + (bias.byRow.unsqueeze(4) + bias.byColumn.unsqueeze(3)).flatten(3);
  return torch::matmul(torch::softmax(logits, -1), v.to(torch::kFloat)).transpose(1, 2);
}

class FusedAttention : public ::testing::TestWithParam<Form> {
 protected:
  void SetUp() override {
    torch::manual_seed(3);
    const Form form = GetParam();
    const auto drawn = [&](std::int64_t tokens) {  // tokens lie apart, as slices of a joined projection do
      return (2 * torch::randn({2, tokens, 3, form.channels})).to(torch::kBFloat16).transpose(1, 2);
    };
    q = drawn(form.queries), k = drawn(form.keys), v = drawn(form.keys);
    if (form.width > 0)
      bias = {3 * torch::randn({2, 3, form.queries, form.keys / form.width}), 3 * torch::randn({2, 3, form.queries, form.width})};
    if (!nn::fusedAttentionTakes(q)) GTEST_SKIP() << "this processor has no pair products of bfloat16";
  }

  Tensor q, k, v;
  nn::RowColumnBias bias;
};

TEST_P(FusedAttention, IsTheDefinitionUpToRoundedWeights) {
  const Tensor expected = defined(q, k, v, bias), got = nn::fusedAttention(q, k, v, bias);
  ASSERT_EQ(got.sizes(), expected.sizes());
  EXPECT_EQ(got.scalar_type(), torch::kBFloat16);
  const Tensor error = got.to(torch::kFloat) - expected;
  EXPECT_LT((error.norm() / expected.norm()).item<double>(), 0.005);
  EXPECT_LT(error.abs().max().item<double>(), 0.05);
}

TEST_P(FusedAttention, GivesTheSameBytesForAnyNumberOfThreads) {
  const int before = torch::get_num_threads();
  torch::set_num_threads(1);
  const Tensor alone = nn::fusedAttention(q, k, v, bias);
  torch::set_num_threads(3);
  const Tensor together = nn::fusedAttention(q, k, v, bias);
  torch::set_num_threads(before);
  EXPECT_TRUE(torch::equal(alone, together));
}

INSTANTIATE_TEST_SUITE_P(Forms, FusedAttention,
                         ::testing::Values(Form{196, 196, 64, 14}, Form{400, 400, 80, 20}, Form{1, 1, 64, 1}, Form{5, 15, 64, 5},
                                           Form{49, 196, 96, 0}, Form{300, 260, 56, 0}, Form{13, 33, 2, 11}));

TEST(FusedAttentionExtremes, FarApartLogitsStayNumbers) {
  const Tensor q = torch::full({1, 1, 20, 64}, 30.0).to(torch::kBFloat16), v = torch::randn({1, 1, 300, 64}).to(torch::kBFloat16);
  Tensor k = torch::full({1, 1, 300, 64}, -30.0).to(torch::kBFloat16);
  k.select(2, 277).fill_(30.0);  // late, and beyond everything before
  if (!nn::fusedAttentionTakes(q)) GTEST_SKIP() << "this processor has no pair products of bfloat16";
  const Tensor got = nn::fusedAttention(q, k, v);
  EXPECT_TRUE(torch::equal(got, v.select(2, 277).unsqueeze(1).expand({1, 20, 1, 64})));
}

}  // namespace
}  // namespace roundel
