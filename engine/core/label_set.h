#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"

namespace roundel {

/// A structure that is labelled: a tooth, a bone, an organ.
struct LabelClass {
  std::int64_t id = 0;  ///< the number in label maps and COCO files; unique in its set, above 0
  std::string name;     ///< unique in its set
  std::array<std::uint8_t, 3> colour{255, 0, 0};
  std::string mirror = {};  ///< name of the class that this one becomes when the picture is mirrored; empty: itself
  std::string code = {};    ///< terminology, e.g. "FDI 11"; may be empty

  bool operator==(const LabelClass&) const = default;
};

/// The classes of a study, in order. A class's index (from 0) is its channel in predictions and targets.
class LabelSet {
 public:
  LabelSet() = default;
  /// Throws Error(BadInput, "bad-classes") on a doubled or empty name, a doubled id, an id below 1, or an unknown mirror.
  explicit LabelSet(std::vector<LabelClass> classes);

  const std::vector<LabelClass>& classes() const { return m_classes; }
  int size() const { return static_cast<int>(m_classes.size()); }
  bool empty() const { return m_classes.empty(); }
  const LabelClass& operator[](int index) const { return m_classes[static_cast<std::size_t>(index)]; }
  /// -1: there is none.
  int indexOfName(const std::string& name) const;
  int indexOfId(std::int64_t id) const;
  /// For every class the index of the class it becomes when mirrored (itself where it has no mirror).
  std::vector<int> mirrorIndices() const;

  bool operator==(const LabelSet&) const = default;

 private:
  std::vector<LabelClass> m_classes;
};

Json toJson(const LabelSet& classes);
LabelSet labelSetFromJson(const Json& json);

/// "fdi": the 32 permanent teeth, id = FDI number, mirrored across the midline. "carpal": the 17 structures of a child's wrist
/// in the order of ALGORITHMS.md 6.2. Throws Error(Usage, "unknown-palette").
LabelSet paletteClasses(const std::string& palette);

}  // namespace roundel
