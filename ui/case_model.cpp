#include "ui/case_model.h"

#include <QApplication>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <vector>

#include "core/document.h"
#include "ui/document.h"
#include "ui/texts.h"
#include "ui/theme.h"

namespace roundel {
namespace {

constexpr int kPictureSide = 52;

std::vector<std::filesystem::path> newestFoldersIn(const std::filesystem::path& folder, const std::string& prefix) {
  std::vector<std::filesystem::path> found;
  std::error_code failure;
  for (std::filesystem::directory_iterator one(folder, failure), end; !failure && one != end; one.increment(failure))
    if (one->is_directory(failure) && one->path().filename().string().rfind(prefix, 0) == 0) found.push_back(one->path());
  // "round-10" is newer than "round-9".
  std::sort(found.begin(), found.end(), [](const std::filesystem::path& a, const std::filesystem::path& b) {
    const auto left = a.filename().string(), right = b.filename().string();
    return left.size() != right.size() ? left.size() > right.size() : left > right;
  });
  return found;
}

std::map<std::string, double> qualitiesOfRound(const std::filesystem::path& gate) {
  std::map<std::string, double> qualities;
  std::error_code failure;
  for (std::filesystem::directory_iterator one(gate, failure), end; !failure && one != end; one.increment(failure)) {
    if (one->path().extension() != ".json" || one->path().filename().string().rfind("case-", 0) != 0) continue;
    try {
      const Json json = readJson(one->path());
      double sum = 0;
      int count = 0;
      for (const auto& label : json.at("classes"))
        if (label.contains("estimated_dice") && label["estimated_dice"].is_number()) sum += label["estimated_dice"].get<double>(), ++count;
      if (count > 0) qualities[json.at("case").get<std::string>()] = sum / count;
    } catch (const std::exception&) {
      continue;
    }
  }
  return qualities;
}

}  // namespace

std::map<std::string, double> caseQualities(const std::filesystem::path& study) {
  for (const std::filesystem::path& run : newestFoldersIn(study / "runs", ""))
    for (const std::filesystem::path& round : newestFoldersIn(run, "round-"))
      if (auto qualities = qualitiesOfRound(round / "gate"); !qualities.empty()) return qualities;
  return {};
}

void findQualities(Document& document) {
  if (!document.isOpen()) return;
  QThreadPool::globalInstance()->start([self = QPointer<Document>(&document), folder = document.folder()] {
    const auto found = caseQualities(pathOf(folder));
    QMetaObject::invokeMethod(qApp, [self, folder, found] {
      if (self && self->folder() == folder) self->setQualities(found);
    });
  });
}

QString statusText(int status) {
  switch (status) {
    case CaseModel::NotStarted: return QCoreApplication::translate("CaseModel", "not started");
    case CaseModel::InProgress: return QCoreApplication::translate("CaseModel", "in progress");
    case CaseModel::Labelled: return QCoreApplication::translate("CaseModel", "labelled");
    case CaseModel::Excluded: return QCoreApplication::translate("CaseModel", "excluded");
    default: return {};
  }
}

QString partText(const QString& part) {
  if (part == QLatin1String("labelled")) return QCoreApplication::translate("CaseModel", "training");
  if (part == QLatin1String("unlabelled")) return QCoreApplication::translate("CaseModel", "unlabelled");
  if (part == QLatin1String("validation")) return QCoreApplication::translate("CaseModel", "validation");
  if (part == QLatin1String("test")) return QCoreApplication::translate("CaseModel", "test");
  return part;
}

CaseModel::CaseModel(Document& document, QObject* parent) : QAbstractListModel(parent), m_document(document) {
  connect(&document, &Document::studyChanged, this, [this] {
    beginResetModel();
    m_thumbnails.clear();
    endResetModel();
  });
  const auto refresh = [this] {
    if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
  };
  connect(&document, &Document::casesChanged, this, refresh);
  connect(&document, &Document::classesChanged, this, refresh);
  connect(&document, &Document::thumbnail, this, [this](int row, const QImage& image) {
    m_thumbnails[row] = image;
    if (row < rowCount()) Q_EMIT dataChanged(index(row), index(row));
  });
}

int CaseModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_document.cases().size()); }

CaseModel::Status CaseModel::statusOf(int row) const {
  const Case& one = m_document.cases()[static_cast<std::size_t>(row)];
  if (one.excluded) return Excluded;
  const auto version = m_document.versions().find(one.id);
  if (version == m_document.versions().end() || version->second.classes.empty()) return NotStarted;
  return static_cast<int>(version->second.classes.size()) >= m_document.classes().size() ? Labelled : InProgress;
}

CaseModel::Status CaseModel::statusOf(int row, int classIndex) const {
  const Case& one = m_document.cases()[static_cast<std::size_t>(row)];
  if (one.excluded) return Excluded;
  const auto version = m_document.versions().find(one.id);
  if (version == m_document.versions().end() || classIndex >= m_document.classes().size()) return NotStarted;
  for (const ClassSummary& summary : version->second.classes)
    if (summary.classId == m_document.classes()[classIndex].id) return summary.state == ClassState::NotAnnotated ? NotStarted : Labelled;
  return NotStarted;
}

bool CaseModel::shows(int row, int classIndex) const {
  const auto version = m_document.versions().find(m_document.cases()[static_cast<std::size_t>(row)].id);
  if (version == m_document.versions().end() || classIndex >= m_document.classes().size()) return false;
  const auto& classes = version->second.classes;
  const std::int64_t id = m_document.classes()[classIndex].id;
  return std::any_of(classes.begin(), classes.end(),
                     [id](const ClassSummary& one) { return one.classId == id && one.state == ClassState::Present; });
}

QVariant CaseModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const Case& one = m_document.cases()[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole: return textOf(one.name);
    case Qt::DecorationRole: {
      const auto found = m_thumbnails.constFind(index.row());
      if (found != m_thumbnails.constEnd()) return *found;
      m_thumbnails.insert(index.row(), QImage());
      m_document.wantThumbnail(index.row());
      return QImage();
    }
    case StatusRole: return statusOf(index.row());
    case PartRole: return m_document.partOf(one.name);
    case DetailRole: {
      const Size size = one.geometry.size;
      QString detail = size.z > 1 ? QStringLiteral("%1 × %2 × %3").arg(size.x).arg(size.y).arg(size.z)
                                  : QStringLiteral("%1 × %2").arg(size.x).arg(size.y);
      const QString part = m_document.partOf(one.name);
      if (!part.isEmpty()) detail += QStringLiteral(" · ") + partText(part);
      const auto quality = m_document.qualities().find(one.name);
      if (quality != m_document.qualities().end())
        detail += QStringLiteral(" · ") + tr("est. %1").arg(QLocale().toString(quality->second, 'f', 2));
      return detail;
    }
    case PatientRole: return textOf(one.patient);
    case QualityRole: {
      const auto quality = m_document.qualities().find(one.name);
      return quality == m_document.qualities().end() ? QVariant() : QVariant(quality->second);
    }
    case Qt::ToolTipRole:
      return textOf(one.name) + QLatin1Char('\n') + pathText(one.image) + QLatin1Char('\n') + statusText(statusOf(index.row()));
    case Qt::AccessibleTextRole: return tr("%1, %2").arg(textOf(one.name), statusText(statusOf(index.row())));
    default: return {};
  }
}

void CaseFilter::setWords(const QString& words) {
  m_words = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  invalidateFilter();
}

void CaseFilter::setStatus(int status) {
  m_status = status;
  invalidateFilter();
}

void CaseFilter::setPart(const QString& part) {
  m_part = part;
  invalidateFilter();
}

void CaseFilter::setPatient(const QString& patient) {
  m_patient = patient;
  invalidateFilter();
}

void CaseFilter::setClass(int classIndex) {
  m_class = classIndex;
  invalidateFilter();
}

void CaseFilter::setQuality(double below) {
  m_below = below;
  invalidateFilter();
}

bool CaseFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
  const QModelIndex index = sourceModel()->index(row, 0, parent);
  const auto* model = static_cast<const CaseModel*>(sourceModel());
  if (m_class >= 0) {
    if (m_status < 0 ? !model->shows(row, m_class) : model->statusOf(row, m_class) != m_status) return false;
  } else if (m_status >= 0 && index.data(CaseModel::StatusRole).toInt() != m_status) return false;
  if (!m_patient.isEmpty() && index.data(CaseModel::PatientRole).toString() != m_patient) return false;
  const QVariant quality = m_below != 0 ? index.data(CaseModel::QualityRole) : QVariant();
  if (m_below < 0 && quality.isValid()) return false;
  if (m_below > 0 && !(quality.isValid() && quality.toDouble() < m_below)) return false;
  if (!m_part.isEmpty() && index.data(CaseModel::PartRole).toString() != m_part) return false;
  const QString name = index.data(Qt::DisplayRole).toString();
  for (const QString& word : m_words)
    if (!name.contains(word, Qt::CaseInsensitive)) return false;
  return true;
}

QSize CaseDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const { return {160, kPictureSide + 12}; }

void CaseDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setRenderHint(QPainter::SmoothPixmapTransform);
  const bool selected = (option.state & QStyle::State_Selected) != 0;
  const QPalette& colours = option.palette;
  if (selected) painter->fillRect(option.rect, colours.color(QPalette::Highlight));
  else if ((option.state & QStyle::State_MouseOver) != 0) painter->fillRect(option.rect, colours.color(QPalette::AlternateBase));
  const QRect box(option.rect.left() + 6, option.rect.top() + 6, kPictureSide, kPictureSide);
  QPainterPath clip;
  clip.addRoundedRect(box, 4, 4);
  painter->fillPath(clip, QColor(20, 22, 24));
  const QImage image = index.data(Qt::DecorationRole).value<QImage>();
  if (!image.isNull()) {
    painter->setClipPath(clip);
    const double scale = std::max(static_cast<double>(box.width()) / image.width(), static_cast<double>(box.height()) / image.height());
    const QSizeF size(image.width() * scale, image.height() * scale);
    painter->drawImage(QRectF(QRectF(box).center() - QPointF(size.width() / 2, size.height() / 2), size), image);
    painter->setClipping(false);
  }
  const QColor text = colours.color(selected ? QPalette::HighlightedText : QPalette::Text);
  const int left = box.right() + 10, width = option.rect.right() - left - 8;
  painter->setPen(text);
  QFont bold = option.font;
  bold.setWeight(QFont::DemiBold);
  painter->setFont(bold);
  const QFontMetrics metrics(bold);
  painter->drawText(QRect(left, box.top(), width, 18), static_cast<int>(Qt::AlignVCenter),
                    metrics.elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideMiddle, width));
  painter->setFont(option.font);
  QColor faint = text;
  faint.setAlphaF(0.7F);
  painter->setPen(faint);
  const QFontMetrics plain(option.font);
  painter->drawText(QRect(left, box.top() + 18, width, 17), static_cast<int>(Qt::AlignVCenter),
                    plain.elidedText(index.data(CaseModel::DetailRole).toString(), Qt::ElideRight, width));
  const int status = index.data(CaseModel::StatusRole).toInt();
  painter->setBrush(status == CaseModel::Labelled ? QBrush(statusColour(status)) : Qt::NoBrush);
  painter->setPen(QPen(selected ? text : statusColour(status), 2));
  painter->drawEllipse(QPointF(left + 5, box.top() + 44), 4, 4);
  if (status == CaseModel::InProgress) painter->fillRect(QRectF(left + 1, box.top() + 42.5, 4, 3), selected ? text : statusColour(status));
  painter->setPen(faint);
  painter->drawText(QRect(left + 15, box.top() + 35, width - 15, 18), static_cast<int>(Qt::AlignVCenter), statusText(status));
  painter->restore();
}

}  // namespace roundel
