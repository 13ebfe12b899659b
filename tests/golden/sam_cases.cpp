#include "golden/sam_cases.h"

#include "golden/golden_groups.h"

namespace roundel::golden {
namespace {

nn::PromptPoints pointsOf(const Case& test, const std::string& group) {
  const auto said = wordsOf(group);
  Tensor points, labels, boxes;
  if (said.contains("points") || group == "two_call") points = inputOf(test, "in.points"), labels = inputOf(test, "in.labels");
  if (said.contains("point")) points = inputOf(test, "in.one_point"), labels = inputOf(test, "in.one_label");
  if (said.contains("box")) boxes = inputOf(test, said.contains("batch2") ? "in.box2" : "in.box");
  return nn::promptPoints(points, labels, boxes);
}

bool isFedBack(const std::string& group) { return group == "two_call"; }

int checkGroup(SamCase& sam, const std::string& prefix, const std::string& group) {
  const Case& test = sam.test();
  const std::string name = prefix + group + ".";
  const bool fedBack = isFedBack(group);
  int compared = expectClose(test, name + "sparse", sam.network().promptEncoder().sparse(pointsOf(test, group)).tokens, kSamPrompt);
  if (holds(test.file, name + "dense")) {
    const auto& encoder = sam.network().promptEncoder();
    Tensor dense = encoder.noMask().expand(sam.embedding().sizes());
    if (fedBack) dense = encoder.dense(sam.decoded("box", nn::MaskChoice::Single).logits);
    else if (wordsOf(group).contains("mask")) dense = encoder.dense(inputOf(test, "in.mask_input"));
    compared += expectClose(test, name + "dense", dense, fedBack ? kSamFedBack : kSamPrompt);
  }
  for (const auto& [part, choice] :
       {std::pair{std::string("single."), nn::MaskChoice::Single}, std::pair{std::string("multi."), nn::MaskChoice::Multi},
        std::pair{std::string(), nn::MaskChoice::Single}}) {
    if (!holds(test.file, name + part + "low_res") && !holds(test.file, name + part + "iou")) continue;
    const auto masks = sam.decoded(prefix == "e2e." ? "e2e_" + group : group, choice);
    compared += expectClose(test, name + part + "low_res", masks.logits, fedBack ? kSamFedBack : kSamLogits);
    compared += expectClose(test, name + part + "iou", masks.iou, fedBack ? kSamFedBackIou : kSamIou);
  }
  return compared;
}

std::vector<nn::ParameterShape> listed(const std::string& network) {
  std::vector<nn::ParameterShape> shapes;
  for (const auto& [key, shape] : listedShapesOf(network)) shapes.push_back({key, shape});
  return shapes;
}

}  // namespace

std::optional<nn::SamOptions> samOptionsOf(const Case& test) {
  const std::string network = test.description.value("network", "");
  if (auto known = nn::samOptions(network)) return known;
  return nn::samOptions(listed(network));
}

bool isLarge(const nn::SamOptions& options) {
  const auto* vit = std::get_if<nn::VitOptions>(&options.encoder);
  return vit != nullptr && 24.0 * vit->depth * vit->dim * vit->dim * vit->grid() * vit->grid() > 2e12;
}

const nn::Sam& SamCase::network() {
  if (!m_network) {
    FormulaSource source;
    m_network.emplace(source, m_options);
  }
  return *m_network;
}

const Tensor& SamCase::embedded() {
  if (!m_embedded.defined()) m_embedded = network().embed(inputOf(m_test, "in.image"));
  return m_embedded;
}

const Tensor& SamCase::embedding() {
  if (!m_given.defined()) m_given = inputOf(m_test, "in.image_embedding");
  return m_given.defined() ? m_given : embedded();
}

nn::DecodedMasks SamCase::decoded(const std::string& group, nn::MaskChoice choice, torch::ScalarType products) {
  const auto said = wordsOf(group);
  const Tensor from = (said.contains("e2e") ? embedded() : embedding()).to(products);
  const auto points = pointsOf(m_test, group);
  if (isFedBack(group)) return network().segment(from, points, decoded("box", nn::MaskChoice::Single, products).logits, choice);
  if (said.contains("mask")) return network().segment(from, points, inputOf(m_test, "in.mask_input"), choice);
  return network().segment(network().prepare(from), points, choice);
}

int checkEncoder(SamCase& sam) {
  const Case& test = sam.test();
  int held = 0, compared = 0;
  for (const auto& [name, tensor] : test.file.tensors())
    if (name.starts_with("enc.") && (name.ends_with("@values") || name.find('@') == std::string::npos)) ++held;
  if (held == 0) return 0;
  nn::Trace trace = traceOf(test, "enc.");
  expectClose(test, "in.image", inputOf(test, "in.image"), {.maxOverRms = 1e-7});
  sam.network().embed(inputOf(test, "in.image"), &trace);
  for (const auto& [name, value] : trace.tensors()) compared += expectClose(test, "enc." + name, value, kSamEncoder);
  EXPECT_EQ(compared, held) << test.name << ": the network does not know some of the case's intermediate tensors";
  return compared;
}

int checkDecoder(SamCase& sam) {
  const Case& test = sam.test();
  int compared = expectClose(test, "dec.dense_pe", sam.network().promptEncoder().gridPositions(), kSamPrompt);
  for (const std::string prefix : {"dec.", "e2e."})
    for (const auto& group : groupsBelow(test, prefix)) compared += checkGroup(sam, prefix, group);
  return compared;
}

void runSamCases(const std::function<bool(const nn::SamOptions&)>& chosen, const std::function<int(SamCase&)>& check) {
  const torch::InferenceMode guard;
  int cases = 0;
  for (const std::string kind : {"sam", "medsam"})
    for (const auto& test : casesOfKind(kind)) {
      SCOPED_TRACE(test.name);
      const auto options = samOptionsOf(test);
      if (!options) {
        std::cout << test.name << ": skipped, the network " << test.description["network"] << " is not known here\n";
        continue;
      }
      if (!chosen(*options)) continue;
      ++cases;
      SamCase sam(test, *options);
      const int compared = check(sam);
      if (compared > 0) std::cout << test.name << ": " << compared << " tensors compared\n";
    }
  if (cases == 0) GTEST_SKIP() << "no such golden cases in " << folder();
}

}  // namespace roundel::golden
