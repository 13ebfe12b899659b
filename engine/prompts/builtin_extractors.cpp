#include "prompts/prompt_extractor.h"
#include "prompts/sctb_extractor.h"

namespace roundel {

const Registry<PromptExtractor>& promptExtractors() {
  static const Registry<PromptExtractor> registry(
      "extractor", {
                       {"sctb", "Box, one positive point and the other classes' points as negatives (SAM Carries the Burden).",
                        sctbParams(), [](const Params& params) { return makeSctbExtractor(sctbOptions(params)); }},
                   });
  return registry;
}

}  // namespace roundel
