#pragma once
#include "refine/field.h"
#include "refine/seeds.h"

namespace roundel {

/// Grady's random walker with prior (Random Walks for Image Segmentation, PAMI 2006; Multilabel Random Walker ... Using Prior
/// Models, CVPR 2005). Weights exp(-beta dI^2 / mean dI^2) between neighbours.
struct RandomWalkSettings {
  double beta = 5.0;          ///< how much an edge of the image's own average strength hinders the walk
  double priorWeight = 0.05;  ///< pull of the seed field's prior at every undecided pixel; 0: none
};

/// Probability that a walk that starts at a pixel reaches a foreground seed first: the harmonic solution on the 8-neighbour grid,
/// exact up to rounding (sparse Cholesky). 1 and 0 on seeds. Without any seed it is the prior, or 0 where there is none.
/// `image` has the seed field's working size.
Field randomWalk(const Field& image, const SeedField& seeds, const RandomWalkSettings& settings);

}  // namespace roundel
