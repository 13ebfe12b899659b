#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/annotation.h"
#include "core/json.h"
#include "core/label_set.h"

namespace roundel {

/// One picture to train on, at the set's working size; or one volume, of any size.
struct TrainingCase {
  std::string name;
  std::vector<float> image;  ///< [z][y][x]; of pictures the output of the pixel pipeline in [0, 1], of volumes any finite values
  std::vector<ClassAnnotation> classes;  ///< one a class of the set, masks on the set's grid; empty: nothing annotated
  Mask ignore = {};                      ///< pixels that stay out of every loss; an empty mask without a grid: none
  std::vector<float> classWeight = {};   ///< loss weight a class, 1 for true labels; empty: all 1
  Size size = {};                        ///< of a volume; zeros: the set's
  /// Of an unlabelled case: what an earlier round believes, [class][z][y][x] probabilities in 255ths; empty: nothing (SemiSAM-O1).
  std::vector<std::uint8_t> beliefs = {};
};

/// What a specialist is trained on: all pictures at one size, so that a batch is a block of memory; or volumes, of which patches of one
/// size are learnt.
///
/// A class that is not annotated in a case, and pixels of `ignore`, leave every loss and every metric.
/// `pseudoLabelled` are trained on like `labelled`, each class with its weight; `unlabelled` serve strategies that look at
/// cases without labels: whatever labels those carry are never read. `validation` is looked at, never trained on.
struct TrainingSet {
  int width = 0;                         ///< pixels; a multiple of 16. Of volumes: of a patch, a multiple of 8
  int height = 0;                        ///< likewise
  int depth = 1;                         ///< 1: pictures. Of volumes: slices of a patch, a multiple of 8
  std::array<double, 3> spacingMm = {};  ///< that all volumes were brought to (x, y, z); zeros: none, they are taken voxel by voxel
  LabelSet classes;
  Json pixelPipeline = Json::object();  ///< settings that made the images; goes into the checkpoint as it is
  std::vector<TrainingCase> labelled = {};
  std::vector<TrainingCase> pseudoLabelled = {};
  std::vector<TrainingCase> unlabelled = {};
  std::vector<TrainingCase> validation = {};

  bool ofVolumes() const { return depth > 1; }
  /// The grid of a case's image and masks.
  Size gridOf(const TrainingCase& one) const { return one.size.x > 0 ? one.size : Size{width, height, 1}; }
};

/// Throws Error(BadInput, "no-labels" | "size-mismatch" | "bad-classes" | "bad-image") that names the case: nothing to train on, an image
/// or mask of another size, sides that are no multiples of 16, a wrong number of classes, grey values that are no finite numbers.
void checkTrainingSet(const TrainingSet& set);
/// SHA-256 over sizes, classes, images, masks and weights, in order: what a checkpoint was trained on.
std::string contentHash(const TrainingSet& set);

}  // namespace roundel
