#pragma once
#include <array>
#include <filesystem>
#include <string>

#include "core/json.h"
#include "core/label_set.h"
#include "weights/safetensors.h"

namespace roundel {

/// What a trained specialist's file says beside its weights. One safetensors file: a tensor a parameter under its own name, and
/// this as JSON text in the metadata's "header" (docs/CHECKPOINTS.md).
struct CheckpointHeader {
  std::string specialist;         ///< its kind: "unet2d"
  Json options = Json::object();  ///< parameters of the kind: {"width": 16}
  LabelSet classes;
  int width = 0;  ///< working size, pixels; of a volume's patch, voxels
  int height = 0;
  int depth = 1;                         ///< 1: pictures
  std::array<double, 3> spacingMm = {};  ///< volumes are brought to it (x, y, z); zeros: taken voxel by voxel
  double mean = 0;                       ///< grey values are normalised (x - mean) / deviation
  double deviation = 1;
  Json pixelPipeline = Json::object();
  Json plan = Json::object();    ///< the TrainPlan
  Json hashes = Json::object();  ///< training_set, plan, start, weights (SHA-256)
  Json environment = Json::object();
  Json training = Json::object();  ///< steps, kept_step, loss, validation_dice, converged, convergence

  std::string weightsSha256() const { return hashes.value("weights", ""); }
};

Json toJson(const CheckpointHeader& header);

/// Writes the file whole or not at all; sets the hash of the weights.
void writeCheckpoint(const std::filesystem::path& path, CheckpointHeader header, const std::vector<NamedTensor>& weights);

/// Reads the header of an opened file. Throws Error(BadInput, "bad-weights") where it is none of ours or its weights are not
/// those it was written with, and Error(Locked, "schema-newer") where a newer version wrote it.
CheckpointHeader readCheckpointHeader(const SafetensorsFile& file);

/// The same without looking at the weights: for whoever searches many files for the right one.
CheckpointHeader parseCheckpointHeader(const SafetensorsFile& file);

}  // namespace roundel
