#pragma once
#include <memory>
#include <string>

#include "core/registry.h"
#include "train/strategies/semi_supervised.h"

namespace roundel {

// The strategies of the SSL4MIS family (ALGORITHMS.md 2.2), one file each: what they add to the supervised loss. In softmax form as
// published; with classes on their own as section "Forms for classes that may overlap" says.

/// Mean Teacher: mean squared difference of the probabilities of student and disturbed teacher.
std::unique_ptr<UnlabelledTerm> meanTeacherTerm(const Params& params);
/// UA-MT: the same, where the mean of several disturbed passes of the teacher is certain.
std::unique_ptr<UnlabelledTerm> uncertaintyAwareTerm(const Params& params);
/// DAN: a discriminator must take predictions of unlabelled cases for those of labelled ones.
std::unique_ptr<UnlabelledTerm> adversarialTerm(const Params& params);
/// DTC: a second head learns signed distances; both heads must say the same.
std::unique_ptr<UnlabelledTerm> dualTaskTerm(const Params& params);
/// URPC: heads on several levels must say the same.
std::unique_ptr<UnlabelledTerm> pyramidTerm(const Params& params);

RegistryEntry<TrainingStrategy> uncertaintyAwareStrategy();
RegistryEntry<TrainingStrategy> adversarialStrategy();
RegistryEntry<TrainingStrategy> dualTaskStrategy();
RegistryEntry<TrainingStrategy> pyramidStrategy();

/// A strategy of one term.
template <class MakeTerm>
RegistryEntry<TrainingStrategy> strategyOf(std::string name, std::string sentence, std::vector<ParamSpec> params, MakeTerm makeTerm) {
  for (auto& shared : semiSupervisedParams()) params.push_back(std::move(shared));
  return {.name = std::move(name),
          .sentence = std::move(sentence),
          .params = std::move(params),
          .create = [makeTerm](const Params& given) -> std::unique_ptr<TrainingStrategy> {
            std::vector<std::unique_ptr<UnlabelledTerm>> terms;
            terms.push_back(makeTerm(given));
            return std::make_unique<SemiSupervised>(std::move(terms));
          }};
}

}  // namespace roundel
