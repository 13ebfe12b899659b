#include <QTimer>
#include <algorithm>

#include "project/split_proposal.h"
#include "ui/document.h"
#include "ui/texts.h"

// The labels of the open case: stroke, edit, undo, save, and what a journal gives back.
namespace roundel {
namespace {

std::vector<std::int64_t> idsOf(const LabelSet& classes) {
  std::vector<std::int64_t> ids;
  for (const auto& one : classes.classes()) ids.push_back(one.id);
  return ids;
}

/// A box filled, on a grid.
Mask boxMask(const Size& size, const PixelBox& box) {
  std::vector<Mask::Run> runs;
  for (std::int64_t z = box.z0; z < box.z1; ++z)
    for (std::int64_t y = box.y0; y < box.y1; ++y) runs.push_back({(z * size.y + y) * size.x + box.x0, box.x1 - box.x0});
  return Mask(size, std::move(runs));
}

}  // namespace

void Document::openLabels() {
  if (m_rereading) return openReading();
  if (m_left && m_left->of.id == m_cases[static_cast<std::size_t>(m_index)].id) storeLeft();
  const Case& one = m_cases[static_cast<std::size_t>(m_index)];
  try {
    Annotation stored = m_project->latest(one.id).value_or(Annotation::empty(one.geometry.size, m_classes.size()));
    EditHistory history;
    std::unique_ptr<StrokeJournal> journal;
    bool restored = false;
    if (canEdit()) {
      try {
        const std::string version = contentHash(stored);
        journal = std::make_unique<StrokeJournal>(m_project->folder() / "journal",
                                                  JournalSubject{one.id, version, one.geometry.size, idsOf(m_classes)});
        if (!journal->notice().empty()) Q_EMIT notice(textOf(journal->notice()));
        if (journal->finding() != JournalFinding::OtherVersion && !journal->contents().records.empty()) {
          Replayed replayed = replay(journal->contents(), stored, version, idsOf(m_classes));
          stored = std::move(replayed.annotation);
          history = std::move(replayed.history);
          restored = replayed.edits > 0;
          if (restored)
            Q_EMIT notice(tr("%1 was not saved last time. Its %n change(s) are here again; undo takes them back.", nullptr,
                             static_cast<int>(replayed.edits))
                              .arg(textOf(one.name)));
        } else if (journal->finding() == JournalFinding::OtherVersion) {
          const auto kept = journal->setAside();
          Q_EMIT notice(tr("Unsaved changes of %1 belong to labels that were changed elsewhere since. They are kept in %2.")
                            .arg(textOf(one.name), pathText(kept)));
        }
      } catch (const Error& error) {
        journal = nullptr;
        Q_EMIT notice(tr("Changes of this case are kept in memory only until it is saved: %1").arg(sentenceOf(error)));
      }
    }
    m_session = std::make_unique<EditSession>(std::move(stored), one.geometry, nullptr, std::move(journal), std::move(history));
    m_restored = restored;
  } catch (const Error& error) {
    Q_EMIT notice(sentenceOf(error));
  }
}

void Document::closeLabels() {
  if (!m_session) return;
  cancelStroke();
  storeLeft();
  if (m_rereading) {
    // It is stored by storeReading() or not at all.
  } else if (unsaved() && canEdit()) {
    m_left = LeftCase{m_cases[static_cast<std::size_t>(m_index)], std::move(m_session), m_how};
    // Every stroke is in the journal already; a moment later the next case is on the screen.
    QTimer::singleShot(40, this, &Document::storeLeft);
  } else {
    save();
  }
  m_session.reset();
  m_restored = false;
}

void Document::storeLeft() {
  if (!m_left) return;
  const LeftCase left = std::move(*m_left);
  m_left.reset();
  if (m_project) store(left.of, *left.session, left.how);
}

bool Document::save() {
  storeLeft();
  if (!m_session || !unsaved() || m_rereading) return true;
  const Case& one = m_cases[static_cast<std::size_t>(m_index)];
  if (!canEdit()) {
    Q_EMIT notice(tr("The labels of %1 were not saved: this study is open for looking only.").arg(textOf(one.name)));
    return false;
  }
  if (!store(one, *m_session, m_how)) return false;
  m_restored = false;
  Q_EMIT historyChanged();
  return true;
}

bool Document::store(const Case& one, EditSession& session, const std::string& how) {
  try {
    session.aboutToSave();
    m_project->addAnnotation(one.id, session.annotation(), {.how = how, .tool = kDesktopTool});
    session.saved();
    m_versions = m_project->latestVersions();
  } catch (const Error& error) {
    Q_EMIT notice(tr("The labels of %1 are not saved yet, but kept in the journal: %2").arg(textOf(one.name), sentenceOf(error)));
    return false;
  }
  Q_EMIT casesChanged();
  return true;
}

void Document::setCurrentClass(int index) {
  if (index == m_class || index < kIgnoreRegion || index >= m_classes.size()) return;
  m_class = index;
  Q_EMIT currentClassChanged();
}

void Document::setLook(int index, ClassLook look) {
  if (index == kIgnoreRegion) m_ignoreLook = {.visible = look.visible, .locked = false};
  else m_looks[static_cast<std::size_t>(index)] = look;
  Q_EMIT looksChanged();
}

PaintPolicy Document::policy() const {
  PaintPolicy policy;
  policy.over = m_over;
  policy.onlyClass = std::max(0, m_class);
  for (const ClassLook& look : m_looks) {
    policy.hidden.push_back(!look.visible);
    policy.locked.push_back(look.locked);
  }
  return policy;
}

const Mask& Document::shownMask(int index) const {
  if (index == m_strokeClass) return m_live;
  const Annotation& annotation = m_session->annotation();
  return index == kIgnoreRegion ? annotation.ignore : annotation.classes[static_cast<std::size_t>(index)].mask;
}

void Document::beginStroke(const Stroke& stroke) {
  if (!m_session || !canEdit()) return;
  try {
    if (stroke.gate) m_session->setImage(image());
    m_session->beginStroke(stroke);
    m_live = shownMask(stroke.classIndex);
    if (m_live.size() != m_session->geometry().size) m_live = Mask(m_session->geometry().size);
    m_strokeClass = stroke.classIndex;
  } catch (const Error& error) {
    Q_EMIT notice(sentenceOf(error));
  }
}

void Document::liveAround(const PixelBox& box) {
  if (box.empty()) return;
  const Size size = m_session->geometry().size;
  const std::vector<std::uint8_t> bits = m_session->surface().readClass(m_strokeClass, box);
  std::vector<Mask::Run> runs;
  const std::int64_t width = box.x1 - box.x0;
  std::size_t at = 0;
  for (std::int64_t z = box.z0; z < box.z1; ++z)
    for (std::int64_t y = box.y0; y < box.y1; ++y, at += static_cast<std::size_t>(width))
      for (std::int64_t x = 0; x < width;) {
        if (bits[at + static_cast<std::size_t>(x)] == 0) {
          ++x;
          continue;
        }
        std::int64_t end = x;
        while (end < width && bits[at + static_cast<std::size_t>(end)] != 0) ++end;
        runs.push_back({(z * size.y + y) * size.x + box.x0 + x, end - x});
        x = end;
      }
  m_live = unite(subtract(m_live, boxMask(size, box)), Mask(size, std::move(runs)));
  Q_EMIT labelsChanged(box);
}

void Document::strokeTo(const EditPoint& point) {
  if (m_strokeClass < kIgnoreRegion) return;
  liveAround(m_session->strokeTo(point));
}

void Document::endStroke() {
  if (m_strokeClass < kIgnoreRegion) return;
  m_strokeClass = -2;
  try {
    const LabelEdit edit = m_session->endStroke();
    if (!edit.empty()) m_how = "brush";
    changed(boundsOf(edit));
  } catch (const Error& error) {
    Q_EMIT notice(sentenceOf(error));
  }
}

void Document::cancelStroke() {
  if (m_strokeClass < kIgnoreRegion) return;
  m_strokeClass = -2;
  changed(m_session->cancelStroke());
}

bool Document::commit(const LabelEdit& edit) {
  if (!m_session || !canEdit() || edit.empty()) return false;
  try {
    const PixelBox box = m_session->commit(edit);
    m_how = edit.name;
    changed(box);
    return true;
  } catch (const Error& error) {
    Q_EMIT notice(sentenceOf(error));
  }
  return false;
}

void Document::undo() {
  if (m_session && canEdit()) changed(m_session->undo());
}

void Document::redo() {
  if (m_session && canEdit()) changed(m_session->redo());
}

void Document::goTo(std::size_t position) {
  if (m_session && canEdit()) changed(m_session->goTo(position));
}

void Document::changed(const PixelBox& box) {
  Q_EMIT labelsChanged(box);
  Q_EMIT historyChanged();
  if (m_session->journal() != nullptr)
    if (const auto failure = m_session->journal()->failure()) Q_EMIT notice(sentenceOf(*failure));
}

}  // namespace roundel
