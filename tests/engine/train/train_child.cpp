// A training as a process of its own, to be killed: train_child FOLDER STRATEGY. Prints the SHA-256 of the weights.
#include <cstdio>
#include <string>

#include "core/error.h"
#include "engine/train/discs.h"
#include "train/trainer.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    const std::string strategy = argv[2];
    auto set = roundel::test::discs(6, 32);
    set.validation.assign(set.labelled.begin() + 4, set.labelled.end());
    set.labelled.resize(4);
    auto plan = roundel::makeTrainPlan("quick", 3,
                                       {{"steps", 40},
                                        {"width", 4},
                                        {"batch", 2},
                                        {"precision", "float32"},
                                        {"checkpoint_seconds", 0.0},
                                        {"validate_every", 8},
                                        {"epoch", "best"},
                                        {"average", 0.9},
                                        {"intensity", 0.5},
                                        {"noise", 0.2}},
                                       "unet2d", strategy);
    plan.device = "cpu";
    plan.threads = 1;
    roundel::Job job;
    std::printf("%s\n", roundel::train(set, plan, roundel::TrainStart::fromScratch(), argv[1], job).weightsSha256.c_str());
    return 0;
  } catch (const roundel::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
