#include "ui/document.h"

#include <QDir>
#include <QFileInfo>
#include <algorithm>

#include "ui/texts.h"

// The study: opening, classes, cases. Labels of the open case: document_labels.cpp.
namespace roundel {

Document::Document(QObject* parent) : QObject(parent) {
  connect(&m_images, &ImageStore::loaded, this, [this](qint64 caseId, const PicturePointer& picture) {
    if (currentCase() == nullptr || currentCase()->id != caseId) return;
    setPicture(picture);
    Q_EMIT pictureChanged();
  });
  connect(&m_images, &ImageStore::failed, this, [this](qint64 caseId, const QString& sentence) {
    if (currentCase() != nullptr && currentCase()->id == caseId) Q_EMIT pictureFailed(sentence);
  });
  connect(&m_images, &ImageStore::thumbnail, this, [this](qint64 caseId, const QImage& image) {
    const auto found = std::find_if(m_cases.begin(), m_cases.end(), [caseId](const Case& one) { return one.id == caseId; });
    if (found != m_cases.end()) Q_EMIT thumbnail(static_cast<int>(found - m_cases.begin()), image);
  });
}

Document::~Document() {
  closeLabels();
  storeLeft();
}

bool Document::openStudy(const QString& folder) {
  std::unique_ptr<Project> opened;
  QString why;
  try {
    try {
      opened = std::make_unique<Project>(Project::open(pathOf(folder), Access::Edit));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Locked || error.code() == "schema-newer") throw;
      opened = std::make_unique<Project>(Project::open(pathOf(folder), Access::ReadOnly));
      why = tr("This study is open for looking only: %1").arg(sentenceOf(error));
    }
    closeStudy();
    m_project = std::move(opened);
    m_folder = QFileInfo(folder).absoluteFilePath();
    readStudy();
  } catch (const Error& error) {
    m_project.reset();
    Q_EMIT notice(sentenceOf(error));
    return false;
  }
  Q_EMIT studyChanged();
  if (!why.isEmpty()) Q_EMIT notice(why);
  return true;
}

void Document::readStudy() {
  m_classes = m_project->classes();
  m_cases = m_project->cases();
  m_versions = m_project->latestVersions();
  m_looks.resize(static_cast<std::size_t>(m_classes.size()));
  m_class = std::clamp(m_class, 0, std::max(0, m_classes.size() - 1));
  m_parts.clear();
  if (const auto split = m_project->split())
    for (const SplitPart part : {SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test})
      for (const auto& name : split->part(part)) m_parts[name] = textOf(toString(part));
}

void Document::readAgain() {
  storeLeft();
  readStudy();
  Q_EMIT casesChanged();
}

void Document::closeStudy() {
  if (!m_project) return;
  endRereading();
  openCase(-1);
  storeLeft();
  m_images.clear();
  m_project.reset();
  m_cases.clear();
  m_versions.clear();
  m_parts.clear();
  m_qualities.clear();
  m_classes = {};
  m_looks.clear();
  m_folder.clear();
  Q_EMIT studyChanged();
}

void Document::lend() {
  endRereading();
  openCase(-1);
  storeLeft();
  m_project.reset();
}

bool Document::resume() {
  const QString folder = m_folder;
  const bool opened = openStudy(folder);
  if (!opened) {
    m_folder.clear();
    m_cases.clear();
    Q_EMIT studyChanged();
  }
  return opened;
}

QString Document::title() const { return QDir(m_folder).dirName(); }

void Document::setClasses(const LabelSet& classes) {
  if (!canEdit()) return;
  const int index = m_index;
  openCase(-1);  // its labels are kept under the old order
  storeLeft();
  try {
    for (const auto& sentence : m_project->setClasses(classes)) Q_EMIT notice(textOf(sentence));
  } catch (const Error& error) {
    Q_EMIT notice(sentenceOf(error));
  }
  readStudy();
  Q_EMIT classesChanged();
  openCase(index);
}

QString Document::partOf(const std::string& caseName) const {
  const auto found = m_parts.find(caseName);
  return found == m_parts.end() ? QString() : found->second;
}

void Document::setQualities(std::map<std::string, double> qualities) {
  if (qualities == m_qualities) return;
  m_qualities = std::move(qualities);
  Q_EMIT casesChanged();
}

int Document::indexOfCase(const std::string& name) const {
  const auto found = std::find_if(m_cases.begin(), m_cases.end(), [&](const Case& one) { return one.name == name; });
  return found == m_cases.end() ? -1 : static_cast<int>(found - m_cases.begin());
}

ImageOrder Document::orderOf(int index) const {
  const Case& one = m_cases[static_cast<std::size_t>(index)];
  return {one.id, m_project->imagePath(one), one.pixelPipeline};
}

void Document::wantThumbnail(int index) {
  if (m_project && index >= 0 && index < static_cast<int>(m_cases.size())) m_images.openThumbnail(orderOf(index));
}

void Document::toggleExcluded() {
  storeLeft();
  Case& one = m_cases[static_cast<std::size_t>(m_index)];
  Case changed = one;
  changed.excluded = !changed.excluded;
  try {
    m_project->updateCase(changed);
    one = changed;
    Q_EMIT notice(changed.excluded ? tr("%1 stays in the study but out of every training.").arg(textOf(one.name))
                                   : tr("%1 is used again.").arg(textOf(one.name)));
  } catch (const Error& error) {
    Q_EMIT notice(sentenceOf(error));
  }
  Q_EMIT casesChanged();
}

void Document::setPicture(PicturePointer picture) {
  m_picture = std::move(picture);
  m_seen = m_picture ? std::make_shared<SeenImage>(m_picture) : nullptr;
}

void Document::openCase(int index) {
  if (index >= static_cast<int>(m_cases.size())) index = -1;
  if (index == m_index) return;
  if (m_rereading && !m_turning) return Q_EMIT notice(tr("Finish the re-reading, or stop it, before another case is opened."));
  closeLabels();
  m_index = index;
  setPicture(nullptr);
  if (index >= 0) {
    openLabels();
    setPicture(m_images.open(orderOf(index)));
    for (const int neighbour : {index + 1, index - 1})
      if (neighbour >= 0 && neighbour < static_cast<int>(m_cases.size())) m_images.prepare(orderOf(neighbour));
  }
  Q_EMIT caseChanged();
  Q_EMIT pictureChanged();
  Q_EMIT historyChanged();
}

}  // namespace roundel
