#include "golden/sam_cases.h"

#include <algorithm>
#include <sstream>

namespace roundel::golden {
namespace {

/// Words of a group's name: "box_points_mask" is {box, points, mask}.
std::set<std::string> words(const std::string& name) {
  std::set<std::string> result;
  std::istringstream stream(name);
  for (std::string word; std::getline(stream, word, '_');) result.insert(word);
  return result;
}

/// "dec.<group>." of every group that a case holds.
std::set<std::string> groupsOf(const Case& test, const std::string& prefix) {
  std::set<std::string> groups;
  for (const auto& [name, tensor] : test.file.tensors())
    if (name.starts_with(prefix) && name.find('.', prefix.size()) != std::string::npos)
      groups.insert(name.substr(prefix.size(), name.find('.', prefix.size()) - prefix.size()));
  return groups;
}

nn::PromptPoints pointsOf(const Case& test, const std::string& group) {
  const auto said = words(group);
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
    else if (words(group).contains("mask")) dense = encoder.dense(inputOf(test, "in.mask_input"));
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

/// The lines "key<TAB>(2, 3)" of a list in the reference folder.
std::vector<nn::ParameterShape> listedShapes(const std::string& network) {
  const char* given = std::getenv("ROUNDEL_REFERENCE");
  const auto folder = given != nullptr ? std::filesystem::path(given) : std::filesystem::path("../shared/reference");
  std::vector<nn::ParameterShape> shapes;
  std::ifstream file(folder / "state_dict_keys" / (network + ".txt"));
  for (std::string line; std::getline(file, line);) {
    const auto tab = line.find('\t');
    if (tab == std::string::npos) continue;
    nn::ParameterShape entry{line.substr(0, tab), {}};
    std::string digits = line.substr(tab);
    for (char& c : digits) c = std::isdigit(static_cast<unsigned char>(c)) != 0 ? c : ' ';
    std::istringstream numbers(digits);
    for (std::int64_t size = 0; numbers >> size;) entry.shape.push_back(size);
    shapes.push_back(std::move(entry));
  }
  return shapes;
}

}  // namespace

std::optional<nn::SamOptions> samOptionsOf(const Case& test) {
  const std::string network = test.description.value("network", "");
  if (auto known = nn::samOptions(network)) return known;
  return nn::samOptions(listedShapes(network));
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
  const auto said = words(group);
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
    for (const auto& group : groupsOf(test, prefix)) compared += checkGroup(sam, prefix, group);
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
