#include "refine/builtin_generalists.h"

#include "refine/graph_cut_generalist.h"
#include "refine/random_walk_generalist.h"

namespace roundel {

namespace {

template <class Member>
RegistryEntry<Generalist> entry(std::string name, std::string sentence) {
  return {.name = std::move(name), .sentence = std::move(sentence), .params = Member::params(), .create = [](const Params& params) {
            return std::make_unique<Member>(params);
          }};
}

}  // namespace

Registry<Generalist> generalistRegistry() {
  return {"generalist",
          {
              entry<RandomWalkGeneralist>("random-walker", "Random walk from seeds to the nearest edges; no weights."),
              entry<GraphCutGeneralist>("graph-cut", "GrabCut on grey, smoothed grey and gradient with box and seeds; no weights."),
          }};
}

std::vector<GeneralistFacts> generalistFacts() {
  return {
      {.name = "random-walker",
       .architecture = "random walker (Grady 2006), 8 neighbours, sparse Cholesky",
       .goodFor = "Moving the outline of a mask that is nearly right onto the edges beside it.",
       .licence = "Apache-2.0",
       .location = "built in"},
      {.name = "graph-cut",
       .architecture = "GrabCut (Rother 2004) on three classical channels",
       .goodFor = "Objects whose grey values differ from those around them.",
       .licence = "Apache-2.0",
       .location = "built in"},
  };
}

}  // namespace roundel
