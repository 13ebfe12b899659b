#include <QCheckBox>
#include <QComboBox>
#include <algorithm>

#include "core/document.h"
#include "ui/docks/review_dock.h"
#include "ui/document.h"
#include "ui/serve_client.h"
#include "ui/texts.h"
#include "ui/view_area.h"

// The prompts that a run asked with: shown, moved, and what the generalists answer to those that were moved.
namespace roundel {
namespace {

constexpr int kMyLabelsAlone = 4;

PromptMarks marksOf(const std::vector<Prompt>& prompts) {
  PromptMarks marks;
  for (const Prompt& prompt : prompts) marks.add(prompt);
  return marks;
}

}  // namespace

ReviewDock::~ReviewDock() {
  if (m_pictures) m_pictures->setMarks(nullptr);
}

void ReviewDock::showMarks() {
  std::vector<ReviewMarks::OfClass> shown;
  const bool wanted = m_row >= 0 && m_prompts->isChecked() && m_what->currentData().toInt() != kMyLabelsAlone;
  for (std::size_t i = 0; wanted && i < m_shown.size(); ++i) {
    const int index = classIndex(i);
    if (index < 0 || !m_document.look(index).visible || (m_class >= 0 && static_cast<int>(i) != m_class)) continue;
    const auto& colour = m_document.classes()[index].colour;
    PromptMarks marks = marksOf(m_shown[i].prompts);
    // Of all classes at once: the points outside of one lie inside the others.
    if (m_class < 0) marks.keepPositive();
    if (!marks.empty()) shown.push_back({static_cast<int>(i), std::move(marks), QColor(colour[0], colour[1], colour[2])});
  }
  const bool any = !shown.empty();
  m_marks.show(std::move(shown), source() != nullptr && source()->ofRun() && m_document.canEdit());
  m_area.setMarks(any ? &m_marks : nullptr);
}

void ReviewDock::askAgain(int classIndex, const PromptMarks& marks) {
  const MachineSource* from = source();
  if (m_row < 0 || from == nullptr || !from->ofRun()) return;
  Json points = Json::array(), boxes = Json::array();
  for (const PromptPoint& point : marks.points()) points.push_back({{"x", point.x}, {"y", point.y}, {"positive", point.positive}});
  // Those that are not shown beside other classes stay where they are.
  for (const Prompt& prompt : m_class < 0 ? m_shown[static_cast<std::size_t>(classIndex)].prompts : std::vector<Prompt>())
    for (const PromptPoint& point : prompt.points)
      if (const Json one{{"x", point.x}, {"y", point.y}, {"positive", false}};
          !point.positive && std::find(points.begin(), points.end(), one) == points.end())
        points.push_back(one);
  for (const PromptBox& box : marks.boxes()) boxes.push_back({box.x0, box.y0, box.x1, box.y1});
  Json request{{"type", "refine"},
               {"project", bytesOf(m_document.folder())},
               {"run", from->run},
               {"round", from->round},
               {"case", m_round.cases[static_cast<std::size_t>(m_row)].name},
               {"class", m_round.classes[static_cast<std::size_t>(classIndex)]}};
  if (!points.empty()) request["points"] = std::move(points);
  if (!boxes.empty()) request["boxes"] = std::move(boxes);
  Q_EMIT notice(tr("The generalist is asked again …"));
  m_serve.send(std::move(request), [this, classIndex, question = ++m_question](const Json& message) {
    if (question == m_question) takeAnswer(classIndex, message);
  });
}

void ReviewDock::takeAnswer(int classIndex, const Json& message) {
  const auto index = static_cast<std::size_t>(classIndex);
  const std::string type = message.value("type", std::string());
  if (type != "result" || index >= m_shown.size()) {
    if (type == "error") Q_EMIT notice(errorOfAnswer(message));
    showMarks();  // as they were
    return;
  }
  try {
    const Json& result = message.at("result");
    MachineLabel& label = m_shown[index];
    Mask mask = maskOfAnswer(result.at("mask"));
    std::vector<Prompt> prompts;
    for (const auto& prompt : result.at("prompts")) prompts.push_back(promptFromJson(prompt));
    const bool nothing = mask.empty();
    label.mask = std::move(mask);
    label.prompts = std::move(prompts);
    label.estimatedDice.reset();  // that was of another mask
    label.agreement = result.at("agreement").is_number() ? std::optional(result["agreement"].get<double>()) : std::nullopt;
    label.moved = true;
    Q_EMIT notice(nothing ? tr("The generalist found nothing there. Another box or point may help.")
                          : tr("This is what it answers now. G lets the next round learn from it, T takes it over as your label."));
  } catch (const std::exception&) {
    Q_EMIT notice(tr("The engine's answer could not be read."));
    return showMarks();
  }
  if (m_what->currentData().toInt() != 0) m_what->setCurrentIndex(m_what->findData(0));
  fillTexts();
  overlay();
  Q_EMIT answered();
}

void ReviewDock::layDecidedLabels() {
  const MachineSource* from = source();
  if (from == nullptr || !from->ofRun()) return;
  try {
    for (const Decision& one : m_document.project()->decisions(from->run)) {
      if (!one.label || one.caseName != m_round.cases[static_cast<std::size_t>(m_row)].name) continue;
      for (std::size_t c = 0; c < m_shown.size(); ++c)
        if (m_round.classes[c] == one.className && one.label->mask.size() == m_shown[c].mask.size())
          m_shown[c] = {
              .mask = one.label->mask, .cleaned = m_shown[c].cleaned, .prompts = one.label->prompts, .verdict = one.verdict, .moved = true};
    }
  } catch (const Error&) {
    return;  // the run is not taken in yet: nobody has decided anything
  }
}

void ReviewDock::takePromptsBack() {
  if (m_row < 0) return;
  ++m_question;
  try {
    auto made = readMachineLabels(m_round.cases[static_cast<std::size_t>(m_row)].file);
    for (std::size_t c = 0; c < made.size() && c < m_shown.size(); ++c)
      if (m_class < 0 || static_cast<int>(c) == m_class) m_shown[c] = std::move(made[c]);
  } catch (const Error& error) {
    return Q_EMIT notice(sentenceOf(error));
  }
  fillTexts();
  overlay();
}

Decision ReviewDock::decisionOn(std::size_t classIndex, Verdict verdict) const {
  Decision decision{
      .caseName = m_round.cases[static_cast<std::size_t>(m_row)].name, .className = m_round.classes[classIndex], .verdict = verdict};
  if (classIndex < m_shown.size() && m_shown[classIndex].moved)
    decision.label = MovedLabel{.mask = m_shown[classIndex].mask, .prompts = m_shown[classIndex].prompts};
  return decision;
}

}  // namespace roundel
