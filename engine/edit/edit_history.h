#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "edit/label_edit.h"

namespace roundel {

/// A line of the history's list.
struct EditStep {
  std::string name;  ///< LabelEdit::name
  int classIndex = 0;
  std::int64_t changedPixels = 0;
  std::size_t bytes = 0;
  bool undone = false;  ///< taken back; can be redone
};

/// The edits of one case, to be undone and redone: bounded by bytes, not by steps. Where the bound is passed the oldest go; the
/// newest always stays.
class EditHistory {
 public:
  static constexpr std::size_t kDefaultBytes = std::size_t{128} << 20;

  EditHistory() = default;
  explicit EditHistory(std::size_t maximumBytes) : m_maximumBytes(maximumBytes) {}

  /// Remembers an edit that has been applied; what was undone before can no longer be redone. Empty edits are not remembered.
  void push(LabelEdit edit);
  bool canUndo() const { return m_applied > 0; }
  bool canRedo() const { return m_applied < m_edits.size(); }
  /// The edit to take back next, or to apply next. Throws Error(Usage, "nothing-to-undo" | "nothing-to-redo").
  const LabelEdit& nextUndo() const;
  const LabelEdit& nextRedo() const;
  /// Moves the position after the annotation was changed. Throw as above.
  void undone();
  void redone();

  /// Oldest first; those from position() on are undone.
  std::vector<EditStep> steps() const;
  std::size_t position() const { return m_applied; }
  std::size_t size() const { return m_edits.size(); }
  std::size_t bytes() const { return m_bytes; }
  void clear();

  /// For the journal. unpack throws Error(BadInput, "damaged-edit").
  std::string pack() const;
  /// Edits in order, of which the first `applied` are in the labels.
  static EditHistory of(std::vector<LabelEdit> edits, std::size_t applied, std::size_t maximumBytes = kDefaultBytes);
  const std::deque<LabelEdit>& edits() const { return m_edits; }
  static EditHistory unpack(std::string_view bytes, std::size_t maximumBytes = kDefaultBytes);

 private:
  void dropOldest();

  std::size_t m_maximumBytes = kDefaultBytes;
  std::deque<LabelEdit> m_edits;
  std::size_t m_applied = 0;
  std::size_t m_bytes = 0;
};

}  // namespace roundel
