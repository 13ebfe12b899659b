#include "edit/edit_history.h"

#include "core/error.h"
#include "edit/byte_codec.h"

namespace roundel {

void EditHistory::push(LabelEdit edit) {
  if (edit.empty()) return;
  while (m_edits.size() > m_applied) {
    m_bytes -= byteSizeOf(m_edits.back());
    m_edits.pop_back();
  }
  m_bytes += byteSizeOf(edit);
  m_edits.push_back(std::move(edit));
  m_applied = m_edits.size();
  dropOldest();
}

void EditHistory::dropOldest() {
  // The newest stays; what is undone is never dropped, because it can be redone only from where the labels are now.
  while (m_bytes > m_maximumBytes && m_applied > 0 && m_edits.size() > 1) {
    m_bytes -= byteSizeOf(m_edits.front());
    m_edits.pop_front();
    --m_applied;
  }
}

const LabelEdit& EditHistory::nextUndo() const {
  if (!canUndo()) throw Error(ErrorKind::Usage, "nothing-to-undo", "There is nothing to undo.");
  return m_edits[m_applied - 1];
}

const LabelEdit& EditHistory::nextRedo() const {
  if (!canRedo()) throw Error(ErrorKind::Usage, "nothing-to-redo", "There is nothing to redo.");
  return m_edits[m_applied];
}

void EditHistory::undone() {
  nextUndo();
  --m_applied;
}

void EditHistory::redone() {
  nextRedo();
  ++m_applied;
}

std::vector<EditStep> EditHistory::steps() const {
  std::vector<EditStep> steps;
  for (std::size_t i = 0; i < m_edits.size(); ++i)
    steps.push_back({.name = m_edits[i].name,
                     .classIndex = m_edits[i].classIndex,
                     .changedPixels = changedPixels(m_edits[i]),
                     .bytes = byteSizeOf(m_edits[i]),
                     .undone = i >= m_applied});
  return steps;
}

void EditHistory::clear() {
  m_edits.clear();
  m_applied = 0;
  m_bytes = 0;
}

std::string EditHistory::pack() const {
  std::string out;
  putNumber(out, m_edits.size());
  putNumber(out, m_applied);
  for (const auto& edit : m_edits) putText(out, packEdit(edit));
  return out;
}

EditHistory EditHistory::of(std::vector<LabelEdit> edits, std::size_t applied, std::size_t maximumBytes) {
  EditHistory history(maximumBytes);
  for (std::size_t i = 0; i < edits.size(); ++i) {
    if (edits[i].empty()) continue;  // nothing of it is left, so there is nothing to undo
    history.m_bytes += byteSizeOf(edits[i]);
    if (i < applied) ++history.m_applied;
    history.m_edits.push_back(std::move(edits[i]));
  }
  history.dropOldest();
  return history;
}

EditHistory EditHistory::unpack(std::string_view in, std::size_t maximumBytes) {
  const std::uint64_t count = takeNumber(in);
  const std::uint64_t applied = takeNumber(in);
  if (count > in.size() || applied > count) damagedEdit();
  std::vector<LabelEdit> edits;
  for (std::uint64_t i = 0; i < count; ++i) edits.push_back(unpackEdit(takeText(in)));
  if (!in.empty()) damagedEdit();
  return of(std::move(edits), static_cast<std::size_t>(applied), maximumBytes);
}

}  // namespace roundel
