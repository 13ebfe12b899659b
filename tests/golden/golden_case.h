#pragma once
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "core/files.h"
#include "core/random.h"
#include "weights/safetensors.h"

/// Reading of the golden folder (its README.md): the formula for inputs and weights, cases by their declared kind, tensors that are
/// stored whole or sampled.
namespace roundel::golden {

inline std::filesystem::path folder() {
  const char* given = std::getenv("ROUNDEL_GOLDEN");
  return given != nullptr ? std::filesystem::path(given) : std::filesystem::path("../shared/golden");
}

/// u(key, i): a double in [0, 1).
inline double uniform(std::uint64_t keyHash, std::uint64_t i) { return static_cast<double>(splitmix(keyHash + i) >> 11) * 0x1.0p-53; }

inline std::vector<float> input(const std::string& key, std::int64_t count, double low, double high) {
  std::vector<float> values(static_cast<std::size_t>(count));
  const std::uint64_t hash = fnv1a(key);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(low + (high - low) * uniform(hash, i));
  return values;
}

inline bool mentions(const std::string& key, std::initializer_list<const char*> words) {
  for (const char* word : words)
    if (key.find(word) != std::string::npos) return true;
  return false;
}

/// The weight formula for a state-dict entry of floats.
inline std::vector<float> weight(const std::string& key, const std::vector<std::int64_t>& shape) {
  std::int64_t count = 1, fan = 1;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    count *= shape[d];
    if (d > 0) fan *= shape[d];
  }
  double gain = 0.1, offset = 0.0;
  if (key.ends_with("running_mean")) gain = 0.1;
  else if (key.ends_with("running_var")) gain = 0.2, offset = 1.0;
  else if (mentions(key, {"positional_encoding_gaussian_matrix"})) gain = 1.7320508;
  else if (mentions(key, {"rel_pos"})) gain = 0.1;
  else if (mentions(key, {"pos_embed", "point_embeddings", "not_a_point_embed", "no_mask_embed", "iou_token", "mask_tokens",
                          "attention_biases"}))
    gain = 0.5;
  else if (shape.size() >= 2)
    gain = (mentions(key, {".qkv.", ".q_proj.", ".k_proj."}) ? 1.5 : 1.0) * std::sqrt(3.0 / static_cast<double>(fan));
  else if (key.ends_with(".weight")) offset = 1.0;
  std::vector<float> values(static_cast<std::size_t>(count));
  const std::uint64_t hash = fnv1a(key);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(offset + gain * (2.0 * uniform(hash, i) - 1.0));
  return values;
}

/// One folder of the golden folder.
struct Case {
  std::string name;
  Json description;
  SafetensorsFile file;
};

/// All cases of a kind, sorted by name. Empty where the folder is absent.
inline std::vector<Case> casesOfKind(const std::string& kind) {
  std::vector<Case> cases;
  if (!std::filesystem::is_directory(folder())) return cases;
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator(folder()))
    if (std::filesystem::exists(entry.path() / "case.json")) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  for (const auto& path : folders) {
    Json description = readJson(path / "case.json");
    if (description.value("kind", "") == kind)
      cases.push_back({path.filename().string(), std::move(description), SafetensorsFile::open(path / "golden.safetensors")});
  }
  return cases;
}

/// A reference tensor: whole, or sampled with the indices of its samples.
struct Reference {
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> indices;  ///< flat, row-major
  std::vector<double> values;
  double rms = 0;  ///< of the whole tensor
};

inline bool holds(const SafetensorsFile& file, const std::string& name) { return file.has(name) || file.has(name + "@values"); }

inline Reference reference(const SafetensorsFile& file, const std::string& name) {
  Reference result;
  const bool whole = file.has(name);
  const std::string stored = whole ? name : name + "@values";
  if (file.tensor(stored).dtype == "I64") {
    const auto values = file.integers(stored);
    result.values.assign(values.begin(), values.end());
  } else {
    const auto values = file.floats(stored);
    result.values.assign(values.begin(), values.end());
  }
  if (whole) {
    result.shape = file.tensor(name).shape;
    result.indices.resize(result.values.size());
    std::iota(result.indices.begin(), result.indices.end(), 0);
    double squares = 0;
    for (const double value : result.values) squares += value * value;
    result.rms = std::sqrt(squares / static_cast<double>(std::max<std::size_t>(result.values.size(), 1)));
  } else {
    result.shape = file.integers(name + "@shape");
    result.indices = file.integers(name + "@indices");
    const auto stats = file.floats(name + "@stats");
    result.rms = std::hypot(static_cast<double>(stats[0]), static_cast<double>(stats[1]));
  }
  return result;
}

/// How far `values` (the whole tensor, flat) are from the reference.
struct Deviation {
  double maxOverRms = 0;
  double relativeL2 = 0;
};

template <class Values>
Deviation deviation(const Reference& expected, const Values& values) {
  double largest = 0, squares = 0, norm = 0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double difference = static_cast<double>(values[static_cast<std::size_t>(expected.indices[i])]) - expected.values[i];
    // A NaN must fail every comparison.
    if (!(std::abs(difference) <= largest)) largest = std::isnan(difference) ? INFINITY : std::abs(difference);
    squares += difference * difference;
    norm += expected.values[i] * expected.values[i];
  }
  return {largest / std::max(expected.rms, 1e-30), std::sqrt(squares / std::max(norm, 1e-60))};
}

}  // namespace roundel::golden
