#include "core/error.h"
#include "prompts/cleaning.h"
#include "prompts/prompt_extractor.h"
#include "quality/gate.h"
#include "raster/volume_preparation.h"
#include "refine/label_refiner.h"
#include "rounds/run_strategy.h"

namespace roundel {

const std::vector<RunStrategy>& runStrategies() {
  static const std::vector<RunStrategy> strategies{
      {.name = "sam-carries-the-burden",
       .sentence = "Pseudo-labels from the specialist's prompts, refined by a generalist in two calls (SAM Carries the Burden)",
       .refinement = Refinement::Generalist,
       .generalist = "random-walker"},
      {.name = "pseudo-labels",
       .sentence = "The same without refinement: the specialist's cleaned predictions are the pseudo-labels",
       .refinement = Refinement::None},
      {.name = "random-walk",
       .sentence = "The same with the random walker as its only refiner, whatever becomes the default",
       .refinement = Refinement::Generalist,
       .generalist = "random-walker"},
      {.name = "supervised",
       .sentence = "The labelled cases alone, as many steps as the others take",
       .targets = RoundTargets::LabelledOnly},
      {.name = "full-supervision",
       .sentence = "The true labels of the unlabelled cases too, where they exist: what the others could reach at best",
       .targets = RoundTargets::AllLabels},
      {.name = "mean-teacher",
       .sentence = "Student and averaged teacher agree on all images (ALGORITHMS.md 6.7)",
       .trainingStrategy = "mean-teacher",
       .targets = RoundTargets::LabelledOnly},
      {.name = "mean-teacher-selection",
       .sentence = "Mean Teacher; pseudo-labels that agree with their refinement count as labelled",
       .trainingStrategy = "mean-teacher",
       .refinement = Refinement::Selection,
       .generalist = "graph-cut"},
      {.name = "ua-mt",
       .sentence = "Agrees with its own moving average on unlabelled images, where that is certain (UA-MT)",
       .trainingStrategy = "ua-mt",
       .targets = RoundTargets::LabelledOnly},
      {.name = "dan",
       .sentence = "Predictions of unlabelled images must look like those of labelled ones to a discriminator (DAN)",
       .trainingStrategy = "dan",
       .targets = RoundTargets::LabelledOnly},
      {.name = "dtc",
       .sentence = "Masks and signed distances must say the same on every image (DTC)",
       .trainingStrategy = "dtc",
       .targets = RoundTargets::LabelledOnly},
      {.name = "urpc",
       .sentence = "Heads on four levels of the network must say the same on unlabelled images (URPC)",
       .trainingStrategy = "urpc",
       .targets = RoundTargets::LabelledOnly},
      {.name = "semisam-plus",
       .sentence = "Another strategy, and generalists prompted with the specialist's masks while it learns (SemiSAM+)",
       .trainingStrategy = "semisam-plus",
       .targets = RoundTargets::LabelledOnly,
       .generalist = "random-walker"},
      {.name = "semisam-o1",
       .sentence =
           "From one labelled case: labels spread by a generalist's features, then rounds from scratch that refine them (SemiSAM-O1)",
       .trainingStrategy = "ua-mt",
       .targets = RoundTargets::Beliefs,
       .generalist = "random-walker"},
      {.name = "nnunet-like",
       .sentence = "Supervised, planned and augmented by nnU-Net's published rules (ALGORITHMS.md 6.7)",
       .specialist = "nnunet-like",
       .targets = RoundTargets::LabelledOnly},
  };
  return strategies;
}

const RunStrategy& findRunStrategy(const std::string& name) {
  std::vector<std::string> names;
  std::string list;
  for (const auto& strategy : runStrategies()) {
    if (strategy.name == name) return strategy;
    names.push_back(strategy.name);
    list += (list.empty() ? "" : ", ") + strategy.name;
  }
  const std::string near = nearestName(name, names);
  throw Error(ErrorKind::Usage, "unknown-strategy", "There is no strategy named " + name + ".",
              {.remedy = near.empty() ? "Known: " + list + "." : "Did you mean " + near + "?"});
}

namespace {

const std::vector<ParamSpec>& ownParams() {
  static const std::vector<ParamSpec> params{
      {.name = "size",
       .type = ParamType::Integer,
       .defaultValue = 0,
       .minimum = 0,
       .maximum = 4096,
       .unit = "px",
       .sentence = "long side of the pictures that the specialist works on; 0: the preset's"},
      {.name = "start",
       .type = ParamType::Choice,
       .defaultValue = "preset",
       .choices = {"preset", "continue", "scratch"},
       .sentence = "whether a round's specialist goes on from the last round's or starts anew (the paper)"},
      {.name = "targets",
       .type = ParamType::Choice,
       .defaultValue = "preset",
       .choices = {"preset", "pseudo", "pseudo+labelled"},
       .sentence = "what a round trains on: pseudo-labels alone (the paper) or the labelled cases too"},
      {.name = "round_steps",
       .type = ParamType::Integer,
       .defaultValue = 0,
       .minimum = 0,
       .maximum = 10'000'000,
       .unit = "steps",
       .sentence = "steps of every training after the first, both arms alike; 0: the preset's, by the number of cases"},
      {.name = "not_found",
       .type = ParamType::Choice,
       .defaultValue = "preset",
       .choices = {"preset", "absent", "unknown"},
       .sentence =
           "a class that the specialist did not find in an unlabelled case counts as absent (the paper), or nothing is known of it"},
      {.name = "selection_agreement",
       .type = ParamType::Real,
       .defaultValue = 0.85,
       .minimum = 0,
       .maximum = 1,
       .sentence = "mean-teacher-selection: agreement from which a pseudo-label counts as labelled"},
      {.name = "o1_strategy",
       .type = ParamType::Choice,
       .defaultValue = "ua-mt",
       .choices = {"mean-teacher", "ua-mt", "dan", "dtc", "urpc"},
       .sentence = "semisam-o1: how its trainings learn from unlabelled cases beside what is believed of them"},
      {.name = "o1_prototypes",
       .type = ParamType::Integer,
       .defaultValue = 1,
       .minimum = 1,
       .maximum = 8,
       .sentence = "semisam-o1: prototypes a class, by k-means"},
      {.name = "o1_temperature",
       .type = ParamType::Real,
       .defaultValue = 0.1,
       .minimum = 1e-3,
       .maximum = 10,
       .sentence = "semisam-o1: of the softmax over cosines with the prototypes"},
      {.name = "o1_position",
       .type = ParamType::Real,
       .defaultValue = 1.0,
       .minimum = 0,
       .maximum = 100,
       .sentence = "semisam-o1: how much it counts where a class lies relative to the foreground's centre; 0: features alone"},
      {.name = "o1_form",
       .type = ParamType::Choice,
       .defaultValue = "voxels",
       .choices = {"voxels", "released"},
       .sentence =
           "semisam-o1: beliefs about every pixel, or as the published code does it: a centred cube of 128 voxels, certain labels, whole "
           "uncertain cases replaced"},
      {.name = "o1_refine",
       .type = ParamType::Flag,
       .defaultValue = true,
       .sentence = "semisam-o1: correct uncertain pixels by their neighbours in feature space between rounds"},
      {.name = "folds",
       .type = ParamType::Integer,
       .defaultValue = 2,
       .minimum = 0,
       .maximum = 10,
       .sentence = "folds of the cross-fit that calibrates the estimated Dice on the labelled cases; 0: no calibration"},
      {.name = "shift_estimates",
       .type = ParamType::Flag,
       .defaultValue = true,
       .sentence = "move the estimates by as much as they are off on the validation cases, which the specialist that is judged labels too"},
      {.name = "adapt_steps",
       .type = ParamType::Integer,
       .defaultValue = -1,
       .minimum = -1,
       .maximum = 100'000,
       .unit = "steps",
       .sentence =
           "fine-tuning of a generalist that can learn (builtin-2d) on the labelled cases before it refines, cross-fitted; 0: none; "
           "-1: 600 where pseudo-labels of pictures are refined and two cases or more are labelled"},
      {.name = "adapt_learning_rate",
       .type = ParamType::Real,
       .defaultValue = 1e-3,
       .minimum = 1e-8,
       .maximum = 1,
       .sentence = "of that fine-tuning, after its warm-up"},
      {.name = "stability_prompts",
       .type = ParamType::Integer,
       .defaultValue = 2,
       .minimum = 0,
       .maximum = 16,
       .sentence = "jittered prompts a class for the stability of a refined mask; 0: not measured"},
      {.name = "refine_test",
       .type = ParamType::Flag,
       .defaultValue = true,
       .sentence = "also score the test cases with refinement at prediction time"},
      {.name = "test_time_augmentation",
       .type = ParamType::Flag,
       .defaultValue = false,
       .sentence = "the specialists' predictions, of both arms, are averaged over shifted views, and mirrored ones where classes name "
                   "mirrors; predicting takes five or six times as long"},
  };
  return params;
}

}  // namespace

const std::vector<ParamSpec>& runParams() {
  static const std::vector<ParamSpec> params = [] {
    std::vector<ParamSpec> all = ownParams();
    all.push_back({.name = "volume_specialist",
                   .type = ParamType::Choice,
                   .defaultValue = "unet3d",
                   .choices = {"unet3d", "vnet"},
                   .sentence = "volumes: kind of network"});
    for (ParamSpec spec : volumePreparationParams()) {
      spec.name = "volume_" + spec.name;
      spec.sentence = "volumes: " + spec.sentence;
      all.push_back(std::move(spec));
    }
    for (const auto& more : {cleaningParams(), promptExtractors().find("sctb").params, refinerParams(), gateParams()})
      all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return params;
}

}  // namespace roundel
