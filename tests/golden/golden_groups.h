#pragma once
#include <cctype>
#include <fstream>
#include <optional>
#include <sstream>

#include "golden/network_golden.h"

/// How golden cases of the promptable networks are laid out: groups of tensors whose names say what they were computed from.
namespace roundel::golden {

/// Words of a group's name: "box_points_mask" is {box, points, mask}.
inline std::set<std::string> wordsOf(const std::string& name) {
  std::set<std::string> result;
  std::istringstream stream(name);
  for (std::string word; std::getline(stream, word, '_');) result.insert(word);
  return result;
}

/// Names of all tensors that a case holds, sampled or whole.
inline std::set<std::string> namesIn(const Case& test) {
  std::set<std::string> names;
  for (const auto& [stored, tensor] : test.file.tensors()) names.insert(stored.substr(0, stored.find('@')));
  return names;
}

/// What follows `prefix` ("dec.") up to the next point, in names that have one.
inline std::set<std::string> groupsBelow(const Case& test, const std::string& prefix) {
  std::set<std::string> groups;
  for (const std::string& name : namesIn(test))
    if (name.starts_with(prefix) && name.find('.', prefix.size()) != std::string::npos)
      groups.insert(name.substr(prefix.size(), name.find('.', prefix.size()) - prefix.size()));
  return groups;
}

/// "1280x853": height and width. Nothing for another text.
inline std::optional<std::pair<std::int64_t, std::int64_t>> sizeIn(const std::string& text) {
  std::istringstream stream(text);
  std::int64_t height = 0, width = 0;
  char times = 0;
  if (!(stream >> height >> times >> width) || times != 'x' || stream.peek() != EOF) return {};
  return std::pair(height, width);
}

/// The golden folder's formula for an 8-bit picture: [H, W, 3].
inline Tensor pictureU8(const std::string& key, std::int64_t height, std::int64_t width) {
  std::vector<std::uint8_t> values;
  const std::uint64_t hash = fnv1a(key);
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t b = 160 * x / (width - 1) + 64 * y / (height - 1), b2 = 64 * x / (width - 1) + 160 * y / (height - 1);
      for (const std::int64_t base : {b, 224 - b, b2}) {
        const double u = uniform(hash, static_cast<std::uint64_t>(values.size()));
        values.push_back(static_cast<std::uint8_t>(base + static_cast<std::int64_t>(32 * u)));
      }
    }
  return torch::tensor(values, torch::kByte).view({height, width, 3});
}

/// The shapes that the reference folder lists for a network (ROUNDEL_REFERENCE, state_dict_keys/<network>.txt); empty where it is absent.
inline std::map<std::string, std::vector<std::int64_t>> listedShapesOf(const std::string& network) {
  const char* given = std::getenv("ROUNDEL_REFERENCE");
  const auto folder = given != nullptr ? std::filesystem::path(given) : std::filesystem::path("../shared/reference");
  std::map<std::string, std::vector<std::int64_t>> shapes;
  std::ifstream file(folder / "state_dict_keys" / (network + ".txt"));
  for (std::string line; std::getline(file, line);) {
    const auto tab = line.find('\t');
    if (tab == std::string::npos) continue;
    std::string digits = line.substr(tab);
    for (char& c : digits) c = std::isdigit(static_cast<unsigned char>(c)) != 0 ? c : ' ';
    std::istringstream numbers(digits);
    auto& shape = shapes[line.substr(0, tab)];
    for (std::int64_t size = 0; numbers >> size;) shape.push_back(size);
  }
  return shapes;
}

/// The shapes that a network asks for while it is built.
template <class Network, class Options>
std::map<std::string, std::vector<std::int64_t>> askedShapes(const Options& options) {
  nn::ShapeRecorder recorder;
  const Network network(recorder, options);
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const auto& wanted : recorder.shapes()) EXPECT_TRUE(shapes.emplace(wanted.key, wanted.shape).second) << wanted.key << " twice";
  return shapes;
}

/// Runs every case of a kind whose network is here, with the network's options; skips where there is none.
template <class OptionsOf, class Check>
void forEachCase(const std::string& kind, const OptionsOf& optionsOf, const Check& check) {
  const torch::InferenceMode guard;
  int run = 0;
  for (const Case& test : casesOfKind(kind)) {
    const auto options = optionsOf(test.description.value("network", ""));
    if (!options) {
      std::cout << test.name << ": skipped, the network " << test.description["network"] << " is not here\n";
      continue;
    }
    ++run;
    SCOPED_TRACE(test.name);
    check(test, *options);
  }
  if (run == 0) GTEST_SKIP() << "no golden cases of kind " << kind << " in " << folder();
}

/// Compares tensors of one case and remembers which of them.
class Comparison {
 public:
  explicit Comparison(const Case& test) : m_test(test) {}

  void check(const std::string& name, const Tensor& value, const Tolerance& allowed) {
    if (expectClose(m_test, name, value, allowed)) m_compared.insert(name);
  }
  /// Whether the case holds one of them.
  bool wants(std::initializer_list<std::string> names) const {
    return std::ranges::any_of(names, [&](const std::string& name) { return holds(m_test.file, name); });
  }
  const std::set<std::string>& compared() const { return m_compared; }
  /// Fails where the case holds a result that nobody compared.
  void requireComplete() const {
    for (const std::string& name : namesIn(m_test)) {
      const bool given = name.starts_with("in.") || name.ends_with("_in");
      EXPECT_TRUE(given || m_compared.contains(name)) << m_test.name << " " << name << " was not compared";
    }
    std::cout << m_test.name << ": " << m_compared.size() << " tensors compared\n";
  }
  /// The inputs that the case's formulas describe, against what it has stored of them.
  void checkInputs() {
    const Json inputs = m_test.description.value("inputs", Json::object());
    for (const auto& [name, formula] : inputs.items()) check(name, inputOf(m_test, name), {.maxOverRms = 1e-6});
  }

 private:
  const Case& m_test;
  std::set<std::string> m_compared;
};

/// How far a promptable network's results may be from the published ones.
struct Tolerances {
  Tolerance encoder{.maxOverRms = 2e-4, .relativeL2 = 2e-5};
  Tolerance prompt{.maxOverRms = 5e-5};
  Tolerance logits{.maxOverRms = 1e-4};
  Tolerance iou{.absolute = 1e-5};
  /// Where a mask prompt is an earlier output, and where logits are up-sampled.
  Tolerance fedBack{.maxOverRms = 1e-3, .relativeL2 = 5e-5};
  Tolerance fedBackIou{.absolute = 5e-5};
};

/// In which type matrix products are computed, and what may be expected of it.
struct NetworkTolerances {
  torch::ScalarType products = torch::kFloat;
  Tolerances allowed = {};
};

}  // namespace roundel::golden
