#include <algorithm>

#include "ui/document.h"
#include "ui/texts.h"

// Blind re-reading: finished cases are labelled once more, their labels out of sight.
namespace roundel {
namespace {

std::vector<std::int64_t> classIdsOf(const LabelSet& classes) {
  std::vector<std::int64_t> ids;
  for (const auto& one : classes.classes()) ids.push_back(one.id);
  return ids;
}

/// Strokes of a re-reading are journalled apart from those of the labels.
std::filesystem::path readingJournal(const Project& project) { return project.folder() / "journal" / "reading"; }

}  // namespace

bool Document::beginRereading(Rereading reading) {
  if (!canEdit() || m_rereading) return false;
  std::erase_if(reading.cases, [&](const std::string& name) {
    const int index = indexOfCase(name);
    return index < 0 || m_versions.count(m_cases[static_cast<std::size_t>(index)].id) == 0;
  });
  if (reading.cases.empty()) return false;
  openCase(-1);
  storeLeft();
  std::error_code code;
  std::filesystem::remove_all(readingJournal(*m_project), code);  // of one that was broken off
  m_rereading = std::move(reading);
  m_rereading->at = 0;
  Q_EMIT rereadingChanged();
  goToReading();
  return true;
}

void Document::goToReading() {
  m_turning = true;
  openCase(indexOfCase(m_rereading->cases[m_rereading->at]));
  m_turning = false;
  Q_EMIT rereadingChanged();
}

void Document::openReading() {
  const Case& one = m_cases[static_cast<std::size_t>(m_index)];
  Annotation nothing = Annotation::empty(one.geometry.size, m_classes.size());
  std::unique_ptr<StrokeJournal> journal;
  try {
    std::error_code code;
    std::filesystem::create_directories(readingJournal(*m_project), code);  // where it cannot be made the journal says so
    journal = std::make_unique<StrokeJournal>(readingJournal(*m_project),
                                              JournalSubject{one.id, contentHash(nothing), one.geometry.size, classIdsOf(m_classes)});
  } catch (const Error& error) {
    Q_EMIT notice(tr("Changes of this case are kept in memory only until it is saved: %1").arg(sentenceOf(error)));
  }
  m_session = std::make_unique<EditSession>(std::move(nothing), one.geometry, nullptr, std::move(journal), EditHistory());
  m_restored = false;
}

void Document::storeReading() {
  if (!m_rereading || !m_session || m_index < 0) return;
  cancelStroke();
  const Case& one = m_cases[static_cast<std::size_t>(m_index)];
  if (!m_session->annotation().anyAnnotated())
    return Q_EMIT notice(tr("Nothing is labelled here yet. Where a class is not there, say so in the list of classes (Shift+A)."));
  try {
    m_project->addReading({.caseId = one.id,
                           .against = m_versions.at(one.id).id,
                           .session = m_rereading->session,
                           .annotation = m_session->annotation(),
                           .who = m_rereading->reader});
  } catch (const Error& error) {
    return Q_EMIT notice(sentenceOf(error));
  }
  if (++m_rereading->at < m_rereading->cases.size()) return goToReading();
  endRereading();
  Q_EMIT rereadingFinished();
}

void Document::endRereading() {
  if (!m_rereading) return;
  m_turning = true;
  openCase(-1);
  m_turning = false;
  m_rereading.reset();
  std::error_code code;
  std::filesystem::remove_all(readingJournal(*m_project), code);  // its strokes are stored, or were thrown away
  Q_EMIT rereadingChanged();
}

}  // namespace roundel
