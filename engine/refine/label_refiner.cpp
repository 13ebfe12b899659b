#include "refine/label_refiner.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "models/generalists/crop_generalist.h"
#include "raster/metrics.h"

namespace roundel {

/// What the generalists said about one class that they were asked about.
struct LabelRefiner::Asked {
  int classIndex = 0;
  Prompt first;
  std::optional<Prompt> second;
  Mask mask;
  double score = 0;
  int scores = 0;
  std::optional<double> disagreement;
};

/// By how much mask prompts are moved: 0 samples for none, else a function of (seed, sample, class).
struct LabelRefiner::Shift {
  double share = 0;
  std::uint64_t seed = 0, sample = 0;
};

namespace {

/// The specialist's soft mask of one class, with what cleaning decided: other components below one half, added pixels above.
std::vector<float> softMask(std::span<const float> probabilities, const Mask& cleaned) {
  std::vector<float> soft(probabilities.size());
  const auto in = cleaned.toBytes();
  for (std::size_t i = 0; i < soft.size(); ++i) soft[i] = in[i] ? std::max(probabilities[i], 0.51F) : std::min(probabilities[i], 0.49F);
  return soft;
}

std::vector<float> shifted(const std::vector<float>& soft, Size size, std::int64_t dx, std::int64_t dy) {
  std::vector<float> out(soft.size(), 0.0F);
  for (std::int64_t y = std::max<std::int64_t>(0, dy); y < std::min(size.y, size.y + dy); ++y)
    for (std::int64_t x = std::max<std::int64_t>(0, dx); x < std::min(size.x, size.x + dx); ++x)
      out[static_cast<std::size_t>(y * size.x + x)] = soft[static_cast<std::size_t>((y - dy) * size.x + x - dx)];
  return out;
}

Mask aboveHalf(const std::vector<float>& sum, std::size_t count, Size size) {
  std::vector<std::uint8_t> bytes(sum.size());
  const float half = 0.5F * static_cast<float>(count);
  for (std::size_t i = 0; i < sum.size(); ++i) bytes[i] = sum[i] > half;
  return Mask::fromBytes(size, bytes);
}

/// A prediction's box cuts off more often than it is too wide.
PromptBox grown(const PromptBox& box) {
  constexpr double kShare = 0.06;
  const double dx = kShare * (box.x1 - box.x0), dy = kShare * (box.y1 - box.y0);
  return {box.x0 - dx, box.y0 - dy, box.x1 + dx, box.y1 + dy};
}

Prompt withoutMask(Prompt prompt) {
  prompt.mask.reset();
  return prompt;
}

}  // namespace

std::string toString(RefinedSource source) {
  switch (source) {
    case RefinedSource::Absent: return "absent";
    case RefinedSource::Generalist: return "generalist";
    case RefinedSource::NoPrompt: return "no-prompt";
    case RefinedSource::Disagreement: return "disagreement";
  }
  return "absent";
}

LabelRefiner::LabelRefiner(std::vector<std::shared_ptr<const Generalist>> generalists, RefinerSettings settings,
                           std::shared_ptr<EmbeddingStore> store)
    : m_generalists(std::move(generalists)), m_settings(settings), m_store(std::move(store)) {
  if (m_generalists.empty())
    throw Error(ErrorKind::Usage, "no-generalist", "There is no generalist to refine with.", {.remedy = "Name one with --generalist."});
}

std::vector<std::shared_ptr<const Embedding>> LabelRefiner::embed(const Image& image, Job& job) const {
  std::vector<std::shared_ptr<const Embedding>> embeddings;
  for (const auto& generalist : m_generalists)
    embeddings.push_back(m_store && generalist->traits().learnt ? m_store->embedding(*generalist, image, job)
                                                                : generalist->embed(image, job));
  return embeddings;
}

std::vector<float> LabelRefiner::movedMask(const Prediction& prediction, std::span<const Mask> cleaned, int classIndex,
                                           const Shift& shift) {
  const auto index = static_cast<std::size_t>(classIndex);
  auto soft = softMask(prediction.classMap(classIndex), cleaned[index]);
  if (shift.share <= 0) return soft;
  Random random(shift.seed, "jitter-mask", shift.sample, index);
  const double deviation = shift.share * std::sqrt(static_cast<double>(cleaned[index].area()));
  const auto dx = std::lround(deviation * random.normal()), dy = std::lround(deviation * random.normal());
  return shifted(soft, prediction.size, dx, dy);
}

bool LabelRefiner::asksSeverally(const Generalist& generalist) const {
  return generalist.traits().takesMask && generalist.traits().takesBox &&
         (m_settings.proposals == Proposals::Several ||
          (m_settings.proposals == Proposals::Automatic && dynamic_cast<const CropGeneralist*>(&generalist) != nullptr));
}

std::vector<GeneralistMask> LabelRefiner::severally(const Generalist& generalist, const Embedding& embedding, const Prediction& prediction,
                                                    std::span<const Mask> cleaned, std::span<const ClassPrompts> prompts,
                                                    const Shift& shift, Job& job) const {
  std::vector<GeneralistMask> out;
  const auto share = static_cast<float>(m_settings.specialistShare);
  for (const auto& entry : prompts) {
    if (!entry.first) continue;
    auto soft = movedMask(prediction, cleaned, entry.classIndex, shift);
    const LowResLogits mask = generalist.maskPrompt(embedding, soft);
    std::vector<Prompt> ways{{.classIndex = entry.classIndex, .box = entry.box},
                             {.classIndex = entry.classIndex, .box = grown(*entry.box)}};
    for (auto& way : ways)
      if (!mask.values.empty()) way.mask = mask;
    // One class at a time: soft masks are as large as the picture.
    const auto answers = generalist.segment(embedding, ways, SoftMasks::Yes, job);
    GeneralistMask mean{.mask = Mask(prediction.size), .probability = std::move(soft)};
    for (auto& value : mean.probability) value *= share;
    for (const auto& answer : answers) {
      const float weight = (1 - share) / static_cast<float>(answers.size());
      for (std::size_t i = 0; i < mean.probability.size(); ++i) mean.probability[i] += weight * answer.probability[i];
      mean.score += answer.score / static_cast<double>(answers.size());
    }
    mean.mask = aboveHalf(mean.probability, 1, prediction.size);
    out.push_back(std::move(mean));
  }
  return out;
}

std::vector<Prompt> LabelRefiner::firstPrompts(const Generalist& generalist, const Embedding& embedding, const Prediction& prediction,
                                               std::span<const Mask> cleaned, std::span<const ClassPrompts> prompts,
                                               const Shift& shift) const {
  const auto traits = generalist.traits();
  const bool withMask = traits.takesMask && (m_settings.specialistMask == SpecialistMask::Always ||
                                             (m_settings.specialistMask == SpecialistMask::Automatic && !traits.learnt));
  std::vector<Prompt> out;
  for (const auto& entry : prompts) {
    if (!entry.first) continue;
    Prompt prompt = *entry.first;
    const auto index = static_cast<std::size_t>(entry.classIndex);
    if (withMask) {
      // The mask knows the outline better than a box that may cut it off; points add what belongs to the neighbours.
      prompt.mask = generalist.maskPrompt(embedding, movedMask(prediction, cleaned, entry.classIndex, shift));
      if (prompt.mask->values.empty()) {
        prompt.mask.reset();
      } else {
        prompt.box.reset();
        prompt.points.clear();
        if (entry.seed && cleaned[index].contains(std::lround(entry.seed->x), std::lround(entry.seed->y)))
          prompt.points.push_back(*entry.seed);
        prompt.points.insert(prompt.points.end(), entry.negatives.begin(), entry.negatives.end());
      }
    }
    out.push_back(std::move(prompt));
  }
  return out;
}

std::vector<LabelRefiner::Asked> LabelRefiner::ask(std::span<const std::shared_ptr<const Embedding>> embeddings,
                                                   const Prediction& prediction, std::span<const Mask> cleaned,
                                                   std::span<const ClassPrompts> prompts, const Shift& shift, Job& job) const {
  if (embeddings.size() != m_generalists.size() || cleaned.size() != prompts.size() ||
      static_cast<int>(cleaned.size()) != prediction.classCount)
    throw Error(ErrorKind::Defect, "size-mismatch", "Embeddings, masks and prompts do not belong together.");
  for (const auto& embedding : embeddings)
    if (!(embedding->imageSize == prediction.size))
      throw Error(ErrorKind::Defect, "size-mismatch", "The prediction is not on the image's own grid.");
  const bool fuse = m_generalists.size() > 1;
  std::vector<const ClassPrompts*> asked;
  for (const auto& entry : prompts)
    if (entry.first) asked.push_back(&entry);
  std::vector<Asked> out(asked.size());
  std::vector<std::vector<float>> sums(asked.size());
  std::vector<std::vector<Mask>> masks(asked.size());
  for (std::size_t g = 0; g < m_generalists.size(); ++g) {
    const auto& generalist = *m_generalists[g];
    const bool severally = asksSeverally(generalist);
    std::vector<Prompt> questions;
    std::vector<GeneralistMask> answers;
    if (severally) {
      answers = this->severally(generalist, *embeddings[g], prediction, cleaned, prompts, shift, job);
      for (const auto* entry : asked) questions.push_back({.classIndex = entry->classIndex, .box = entry->box});
    } else {
      questions = firstPrompts(generalist, *embeddings[g], prediction, cleaned, prompts, shift);
      answers = generalist.segment(*embeddings[g], questions, fuse ? SoftMasks::Yes : SoftMasks::No, job);
    }
    std::vector<Prompt> again;
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const bool wanted = !severally && (m_settings.secondCall == SecondCall::Always ||
                                         (m_settings.secondCall == SecondCall::Automatic && !questions[i].mask));
      if (g == 0) out[i].classIndex = asked[i]->classIndex, out[i].first = withoutMask(questions[i]);
      if (!wanted || !asked[i]->second || !generalist.traits().takesMask || answers[i].lowRes.values.empty()) continue;
      Prompt second = *asked[i]->second;
      second.mask = std::move(answers[i].lowRes);
      if (g == 0) out[i].second = withoutMask(second);
      again.push_back(std::move(second));
      which.push_back(i);
    }
    if (!again.empty()) {
      auto better = generalist.segment(*embeddings[g], again, fuse ? SoftMasks::Yes : SoftMasks::No, job);
      for (std::size_t k = 0; k < which.size(); ++k) answers[which[k]] = std::move(better[k]);
    }
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (std::isfinite(answers[i].score)) out[i].score += answers[i].score, ++out[i].scores;
      if (fuse) {
        auto& sum = sums[i];
        if (sum.empty()) sum.assign(answers[i].probability.size(), 0.0F);
        std::transform(sum.begin(), sum.end(), answers[i].probability.begin(), sum.begin(), std::plus<>());
      }
      masks[i].push_back(std::move(answers[i].mask));
    }
  }
  for (std::size_t i = 0; i < asked.size(); ++i) {
    out[i].mask = fuse ? aboveHalf(sums[i], m_generalists.size(), prediction.size) : std::move(masks[i][0]);
    if (fuse) out[i].disagreement = 1 - *meanPairwiseDice(masks[i]);
  }
  return out;
}

std::vector<RefinedClass> LabelRefiner::refine(std::span<const std::shared_ptr<const Embedding>> embeddings, const Prediction& prediction,
                                               std::span<const Mask> cleaned, std::span<const ClassPrompts> prompts, Job& job) const {
  auto answers = ask(embeddings, prediction, cleaned, prompts, {}, job);
  std::vector<RefinedClass> out;
  for (std::size_t c = 0; c < cleaned.size(); ++c)
    out.push_back({.classIndex = static_cast<int>(c),
                   .mask = cleaned[c],
                   .answer = Mask(prediction.size),
                   .source = cleaned[c].empty() ? RefinedSource::Absent : RefinedSource::NoPrompt});
  for (auto& answer : answers) {
    auto& entry = out[static_cast<std::size_t>(answer.classIndex)];
    if (answer.scores > 0) entry.score = answer.score / answer.scores;
    entry.agreement = diceOf(answer.mask, entry.mask).value_or(0.0);
    entry.disagreement = answer.disagreement;
    entry.first = std::move(answer.first);
    entry.second = std::move(answer.second);
    const bool believed = *entry.agreement >= m_settings.minimumAgreement && !answer.mask.empty();
    entry.source = believed ? RefinedSource::Generalist : RefinedSource::Disagreement;
    if (believed) entry.mask = answer.mask;
    entry.answer = std::move(answer.mask);
  }
  return out;
}

std::vector<std::optional<double>> LabelRefiner::stability(std::span<const std::shared_ptr<const Embedding>> embeddings,
                                                           const Prediction& prediction, std::span<const Mask> cleaned,
                                                           std::span<const ClassPrompts> prompts, int samples, std::uint64_t seed,
                                                           Job& job) const {
  const std::vector<ClassPrompts> given(prompts.begin(), prompts.end());
  std::vector<std::vector<Mask>> masks(cleaned.size());
  for (int sample = 0; sample < std::max(2, samples); ++sample) {
    const auto number = static_cast<std::uint64_t>(sample);
    const auto moved = jittered(given, cleaned, m_settings.jitter, seed, number);
    const Shift shift{.share = m_settings.maskShift, .seed = seed, .sample = number};
    for (auto& answer : ask(embeddings, prediction, cleaned, moved, shift, job))
      masks[static_cast<std::size_t>(answer.classIndex)].push_back(std::move(answer.mask));
  }
  std::vector<std::optional<double>> out;
  for (const auto& answers : masks) out.push_back(meanPairwiseDice(answers));
  return out;
}

std::vector<ParamSpec> refinerParams() {
  return {
      {.name = "proposals",
       .type = ParamType::Choice,
       .defaultValue = "automatic",
       .choices = {"automatic", "calls", "several"},
       .sentence = "How a generalist is asked: in two calls (the paper), or several times with box and soft mask, averaged; automatic: "
                   "several for those that see a crop (builtin-2d)."},
      {.name = "specialist_share",
       .type = ParamType::Real,
       .defaultValue = RefinerSettings{}.specialistShare,
       .minimum = 0,
       .maximum = 1,
       .sentence = "How much the specialist's own soft mask counts in the average of several proposals."},
      {.name = "mask_prompt",
       .type = ParamType::Choice,
       .defaultValue = "automatic",
       .choices = {"automatic", "never", "always"},
       .sentence = "Whether the specialist's own soft mask goes along as a prompt; automatic: for generalists without learnt weights."},
      {.name = "second_call",
       .type = ParamType::Choice,
       .defaultValue = "automatic",
       .choices = {"automatic", "never", "always"},
       .sentence =
           "Whether the generalist is asked again with points and its own first answer; automatic: where the first call had no mask."},
      {.name = "minimum_agreement",
       .type = ParamType::Real,
       .defaultValue = RefinerSettings{}.minimumAgreement,
       .minimum = 0,
       .maximum = 1,
       .sentence = "Dice of the answer with the cleaned mask below which the cleaned mask stays."},
  };
}

RefinerSettings refinerSettings(const Params& params) {
  RefinerSettings settings{.specialistShare = params.value("specialist_share", RefinerSettings{}.specialistShare),
                           .minimumAgreement = params.at("minimum_agreement").get<double>()};
  const auto proposals = params.value("proposals", std::string("automatic"));
  settings.proposals = proposals == "calls" ? Proposals::Calls : proposals == "several" ? Proposals::Several : Proposals::Automatic;
  const auto mask = params.at("mask_prompt").get<std::string>(), second = params.at("second_call").get<std::string>();
  settings.specialistMask = mask == "never" ? SpecialistMask::Never : mask == "always" ? SpecialistMask::Always : SpecialistMask::Automatic;
  settings.secondCall = second == "never" ? SecondCall::Never : second == "always" ? SecondCall::Always : SecondCall::Automatic;
  return settings;
}

}  // namespace roundel
