#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "train/losses.h"
#include "train/training_set.h"

namespace roundel {

/// How grey values become the network's input: (x - mean) / deviation, over all pixels of the cases that are learnt from.
struct Normalisation {
  double mean = 0;
  double deviation = 1;
};

/// Of the labelled cases, of the pseudo-labelled where there are none. A deviation below 1e-6 (flat pictures) counts as 1.
Normalisation normalisationOf(const TrainingSet& set);

/// A case as tensors. Labels are bit planes, eight classes a byte: a nearest-neighbour warp then moves eight at once, and a study of
/// hundreds of cases stays small.
struct CaseTensor {
  torch::Tensor image;    ///< [1, D, H, W] float32, normalised
  torch::Tensor planes;   ///< [P, D, H, W] uint8: bit b of plane p is class 8 p + b; the last plane is the ignore region
  torch::Tensor beliefs;  ///< [C, D, H, W] uint8: probabilities of an earlier round in 255ths; undefined: none
};

/// Cases as tensors: pictures of one size as blocks of memory, volumes one by one.
struct CaseTensors {
  torch::Tensor images;             ///< [N, 1, H, W] float32, normalised; undefined for volumes
  torch::Tensor planes;             ///< [N, P, H, W] uint8
  torch::Tensor beliefs;            ///< [N, C, H, W] uint8; undefined: none
  std::vector<CaseTensor> volumes;  ///< empty for pictures
  torch::Tensor classWeight;        ///< [N, C] float32; 0 where the class is not annotated
  bool anyIgnored = false;
  bool anyBeliefs = false;
  int classCount = 0;

  bool ofVolumes() const { return !volumes.empty(); }
  std::int64_t size() const { return classWeight.defined() ? classWeight.size(0) : 0; }
  CaseTensors to(torch::Device device) const;
};

/// Whether the labels of cases are looked at. Those of unlabelled cases never are.
enum class Labels { Read, Unread };

CaseTensors makeCaseTensors(const std::vector<const TrainingCase*>& cases, const TrainingSet& set, const Normalisation& normalisation,
                            Labels labels = Labels::Read);
/// One after the other.
CaseTensors joined(const CaseTensors& first, const CaseTensors& second);
/// Bytes that they take.
std::uint64_t bytesOf(const CaseTensors& cases);

/// Planes [B, P, ...], the ignore region last, as a loss wants them.
LossTarget targetOf(const torch::Tensor& planes, const torch::Tensor& classWeight, bool anyIgnored);

/// Positive weight of each class: pixels without it over pixels with it, over everything that is known (ALGORITHMS.md 6.2), at most
/// `cap` (0: no limit). 1 for a class that is nowhere.
torch::Tensor positiveWeights(const CaseTensors& cases, double cap);

}  // namespace roundel
