#include "support/tiny_sam_3d.h"

#include "nn/sam_3d.h"
#include "support/drawn_weights.h"

namespace roundel::test {

void writeTinySam3d(const std::filesystem::path& file, int seed) {
  nn::Sam3dOptions options{
      .encoder = {.patch = 8, .tokens = 4, .window = 5, .width = 24, .heads = 2, .blocks = 2, .output = 48, .globalBlocks = {1}},
      .prompts = {.dim = 48, .imageSize = 32, .grid = 4, .maskChannels = 8, .axes = 3, .pointKinds = 2},
      .decoder = {.transformer = {.dim = 48, .mlpDim = 32}, .iouHidden = 16, .axes = 3}};
  nn::ShapeRecorder recorder;
  const nn::Sam3d network(recorder, options);
  writeDrawnWeights(file, recorder.shapes(), seed);
}

}  // namespace roundel::test
