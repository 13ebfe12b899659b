#include <QApplication>
#include <QDockWidget>
#include <QLabel>
#include <QLibraryInfo>
#include <QLocale>
#include <QMenu>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolButton>
#include <QTranslator>

#include "ui/action_table.h"
#include "ui/engine_command.h"
#include "ui/main_window.h"
#include "ui/notice_bar.h"
#include "ui/serve_client.h"
#include "ui/texts.h"
#include "ui/tools/measure_tool.h"
#include "ui/view_area.h"
#include "viewer/vtk_widget.h"

// What the window says of the picture: value under the mouse, window, zoom, device; and how the picture is shown.
namespace roundel {

void MainWindow::makeStatusBar() {
  m_probe = new QLabel;
  m_window = new QLabel;
  m_zoom = new QLabel;
  m_waiting = new QLabel;
  m_device = new QToolButton;
  m_device->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_device->setIcon(themedIcon(QStringLiteral("device")));
  m_device->setAutoRaise(true);
  m_device->setText(tr("Device …"));
  m_probe->setAccessibleName(tr("Value under the mouse"));
  m_device->setAccessibleName(tr("Device"));
  statusBar()->addWidget(m_probe, 1);
  statusBar()->addWidget(m_waiting);
  statusBar()->addPermanentWidget(m_window);
  statusBar()->addPermanentWidget(m_zoom);
  statusBar()->addPermanentWidget(m_device);
  connect(m_device, &QToolButton::clicked, this, [this] { m_notice->say(m_device->toolTip()); });
}

void MainWindow::askForDevice() {
  // Beside the window, after it is there: the engine loads its libraries meanwhile.
  EngineCommand::run({QStringLiteral("devices")}, this, [this](const EngineCommand::Outcome& outcome) {
    if (!outcome.ok) {
      m_device->setText(tr("No engine"));
      m_device->setToolTip(outcome.sentence);
      return;
    }
    const auto textIn = [](const Json& json, const char* key) {
      return json.is_object() && json.contains(key) && json[key].is_string() ? textOf(json[key].get<std::string>()) : QString();
    };
    const Json chosen = outcome.result.value("chosen", Json::object());
    const QString device = textIn(chosen, "device"), why = textIn(outcome.result, "why_not_cuda");
    QString name = textIn(chosen, "device_name");
    QString memory;
    for (const auto& one : outcome.result.value("devices", Json::array())) {
      if (name.isEmpty()) name = textIn(one, "name");
      if (one.is_object() && one.contains("memory_bytes") && one["memory_bytes"].is_number() && memory.isEmpty())
        memory = tr("%1 GB").arg(QLocale().toString(one["memory_bytes"].get<double>() / (1024.0 * 1024 * 1024), 'f', 1));
    }
    const bool cpu = device.startsWith(QLatin1String("cpu"));
    m_device->setText(cpu ? tr("Processor") : tr("GPU"));
    m_device->setToolTip(tr("Trains and answers prompts on: %1. Memory: %2. %3")
                             .arg(name, memory, why.isEmpty() ? QString() : tr("Not on a GPU: %1").arg(why)));
  });
}

void MainWindow::updateState() {
  const bool open = m_document.isOpen(), edit = m_document.canEdit(), picture = m_document.picture() != nullptr;
  setWindowTitle(open ? QStringLiteral("%1 – Roundel Studio").arg(m_document.title()) : QStringLiteral("Roundel Studio"));
  m_middle->setCurrentIndex(open ? 1 : 0);
  const bool blind = m_document.rereading().has_value();
  // What knows of the labels, or leads to another case, is out of reach while cases are read blindly.
  for (QDockWidget* dock : findChildren<QDockWidget*>())
    dock->setEnabled(open && !(blind && QStringList{QStringLiteral("cases"), QStringLiteral("runs"), QStringLiteral("review")}.contains(
                                            dock->objectName())));
  const auto enable = [this](bool on, std::initializer_list<const char*> ids) {
    for (const char* id : ids) m_actions->action(QLatin1String(id))->setEnabled(on);
  };
  enable(open, {"close"});
  enable(open && !blind,
         {"tour", "next-case", "previous-case", "next-unfinished", "train", "export", "compare", "report", "apply-model", "reread"});
  enable(edit && !blind, {"add-images", "classes", "review-take", "review-good", "review-open", "review-reject"});
  enable(edit && !blind && m_document.currentCase() != nullptr, {"exclude"});
  enable(blind, {"reading-done"});
  enable(picture, {"fit", "one-to-one", "zoom-in", "zoom-out", "invert", "turn-right", "turn-left", "flip-horizontal", "flip-vertical",
                   "reset-view", "toggle-labels", "outline", "more-opaque", "less-opaque"});
  enable(picture && m_document.picture()->isVolume(), {"maximise"});
  for (const EditTool& tool : builtinEditTools())
    if (tool.extent == ToolExtent::VolumeOnly)
      m_actions->action("tool-" + textOf(tool.name))->setEnabled(picture && m_document.picture()->isVolume());
  EditSession* session = m_document.session();
  enable(edit && session != nullptr && session->history().canUndo(), {"undo"});
  enable(edit && session != nullptr && session->history().canRedo(), {"redo"});
  enable(edit && m_document.unsaved(), {"save"});
  if (!open) return;
  if (m_document.cases().empty())
    m_area->setPlaceholder(tr("This study has no images yet. Choose Study, Add images, or drop a folder on this window."));
  else if (m_document.currentCase() == nullptr) m_area->setPlaceholder(tr("Choose a case on the left."));
  else if (!picture) m_area->setWaiting(textOf(m_document.currentCase()->name));
}

void MainWindow::showProbe(const std::optional<std::array<std::int64_t, 3>>& index) {
  const PicturePointer& picture = m_document.picture();
  if (!index || !picture) {
    m_probe->clear();
    return;
  }
  const QLocale locale;
  const auto [x, y, z] = *index;
  QString text = picture->isVolume() ? QStringLiteral("%1, %2, %3").arg(x).arg(y).arg(z) : QStringLiteral("%1, %2").arg(x).arg(y);
  const double value = picture->valueAt(x, y, z);
  const bool hounsfield = picture->facts().modalityWord == "CT";
  text += std::isnan(value) ? tr("   padding")
                            : QStringLiteral("   ") + (hounsfield            ? tr("%1 HU")
                                                       : picture->isColour() ? tr("luminance %1")
                                                                             : QStringLiteral("%1"))
                                                          .arg(locale.toString(value, 'g', 6));
  const Geometry& geometry = picture->geometry();
  if (geometry.hasSpacing())
    text += QStringLiteral("   %1 × %2 mm (%3)")
                .arg(locale.toString(geometry.spacingMm[0], 'g', 4), locale.toString(geometry.spacingMm[1], 'g', 4),
                     spacingNote(geometry.spacingSource));
  else text += QStringLiteral("   ") + spacingNote(SpacingSource::None);
  if (EditSession* session = m_document.session(); session != nullptr && session->geometry().size == picture->size()) {
    QStringList names;
    for (const int one : session->surface().classesAt(x, y, z))
      names << (one == kIgnoreRegion ? tr("ignore") : textOf(m_document.classes()[one].name));
    if (!names.isEmpty()) text += QStringLiteral("   ") + names.join(QStringLiteral(", "));
  }
  m_probe->setText(text);
}

void MainWindow::showWindow() {
  const PicturePointer& picture = m_document.picture();
  if (!picture) {
    m_window->clear();
    m_zoom->clear();
    return;
  }
  const QLocale locale;
  const PixelPipelineSettings& display = m_area->active()->display();
  const VoiWindow window = picture->windowOf(display);
  m_window->setText(display.voi == VoiChoice::Lut
                        ? tr("The file's table")
                        : tr("W %1  L %2").arg(locale.toString(window.width, 'g', 4), locale.toString(window.center, 'g', 4)));
  m_zoom->setText(QStringLiteral("%1 %").arg(locale.toString(100 * m_area->active()->zoom(), 'f', m_area->active()->zoom() < 0.1 ? 1 : 0)));
}

void MainWindow::invert() {
  PixelPipelineSettings changed = m_area->active()->display();
  changed.polarity = changed.polarity == PolarityChoice::Invert ? PolarityChoice::Keep : PolarityChoice::Invert;
  m_area->setDisplay(changed);
}

void MainWindow::turn(int quarterTurns, bool flipHorizontal, bool flipVertical) {
  Orientation now = m_area->active()->orientation();
  // Mirrors act on what is seen, so they change sides where the picture lies on its side.
  if (now.flipHorizontal != now.flipVertical) quarterTurns = -quarterTurns;
  now.quarterTurns = (now.quarterTurns + quarterTurns + 4) % 4;
  now.flipHorizontal ^= flipHorizontal;
  now.flipVertical ^= flipVertical;
  m_area->setOrientation(now);
}

void MainWindow::resetDisplay() {
  if (!m_document.picture()) return;
  m_area->setOrientation({});
  m_area->setDisplay(m_document.picture()->settings());
  m_area->fit();
}

void MainWindow::fillWindowMenu() {
  m_windowMenu->clear();
  const PicturePointer picture = m_document.picture();
  if (!picture) {
    m_windowMenu->addAction(tr("Open a case first"))->setEnabled(false);
    return;
  }
  const auto add = [this](const QString& text, PixelPipelineSettings settings, auto change) {
    change(settings);
    m_windowMenu->addAction(text, this, [this, settings] { m_area->setDisplay(settings); });
  };
  const PixelPipelineSettings now = m_area->active()->display();
  add(tr("As the file says"), picture->settings(), [](auto&) {});
  const auto& windows = picture->facts().windows;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const QString name = windows[i].explanation.empty() ? tr("The file's window %1").arg(i + 1) : textOf(windows[i].explanation);
    add(QStringLiteral("%1 (%2 / %3)").arg(name).arg(windows[i].width).arg(windows[i].center), now,
        [&](auto& s) { s.voi = VoiChoice::Custom, s.window = windows[i]; });
  }
  for (std::size_t i = 0; i < picture->facts().voiLuts.size(); ++i)
    add(tr("The file's table %1").arg(i + 1), now, [&](auto& s) { s.voi = VoiChoice::Lut, s.index = static_cast<int>(i); });
  m_windowMenu->addSeparator();
  const auto percentiles = [&](const QString& text, double low, double high) {
    add(text, now, [&](auto& s) { s.voi = VoiChoice::Custom, s.window = picture->percentileWindow(low, high); });
  };
  percentiles(tr("All values"), 0, 100);
  percentiles(tr("Radiograph (0.5 – 99.5 %)"), 0.5, 99.5);
  percentiles(tr("Bone (40 – 99.8 %)"), 40, 99.8);
  percentiles(tr("Teeth (30 – 99 %)"), 30, 99);
  percentiles(tr("Soft tissue (2 – 80 %)"), 2, 80);
  if (picture->isVolume()) {
    m_windowMenu->addSeparator();
    const auto ct = [&](const QString& text, double width, double centre) {
      add(QStringLiteral("%1 (%2 / %3)").arg(text).arg(width).arg(centre), now,
          [&](auto& s) { s.voi = VoiChoice::Custom, s.window = {.center = centre, .width = width}; });
    };
    ct(tr("CT soft tissue"), 400, 40);
    ct(tr("CT lung"), 1500, -600);
    ct(tr("CT liver"), 150, 90);
    ct(tr("CT bone"), 2500, 480);
    ct(tr("CT brain"), 80, 40);
  }
}

void MainWindow::markExcluded() {
  if (m_document.currentCase() == nullptr || !m_document.canEdit()) return;
  m_document.toggleExcluded();
}

void MainWindow::setTheme(Theme theme) {
  QSettings().setValue(QStringLiteral("theme"), toString(theme));
  applyTheme(*qApp, theme);
  m_actions->recolour();
  m_device->setIcon(themedIcon(QStringLiteral("device")));
  Q_EMIT m_document.looksChanged();
}

void MainWindow::setLanguage(const QString& language) {
  QSettings().setValue(QStringLiteral("language"), language);
  installLanguage(language);
  m_notice->say(tr("The language changes when Roundel Studio is opened the next time."));
}

namespace {

/// Qt asks with the class's whole name; lupdate writes it without the namespace.
class HouseTranslator : public QTranslator {
 public:
  QString translate(const char* context, const char* text, const char* note, int count) const override {
    static constexpr std::string_view kHouse = "roundel::";
    const std::string_view name = context == nullptr ? std::string_view() : std::string_view(context);
    return QTranslator::translate(name.starts_with(kHouse) ? context + kHouse.size() : context, text, note, count);
  }
};

}  // namespace

void prepareGraphics() { VtkWidget::setDefaultFormat(); }

void installLanguage(const QString& language) {
  static HouseTranslator own;
  static QTranslator words, qt;
  QCoreApplication::removeTranslator(&own);
  QCoreApplication::removeTranslator(&words);
  QCoreApplication::removeTranslator(&qt);
  const QLocale locale = language == QLatin1String("de")   ? QLocale(QLocale::German)
                         : language == QLatin1String("en") ? QLocale(QLocale::English, QLocale::UnitedKingdom)
                                                           : QLocale::system();
  QLocale::setDefault(locale);
  if (qt.load(locale, QStringLiteral("qtbase"), QStringLiteral("_"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
    QCoreApplication::installTranslator(&qt);
  if (words.load(locale, QStringLiteral("words"), QStringLiteral("_"), QStringLiteral(":/translations")))
    QCoreApplication::installTranslator(&words);
  // English has a file of its own for its plurals; it is also for languages that nobody has translated into.
  if (own.load(locale, QStringLiteral("studio"), QStringLiteral("_"), QStringLiteral(":/translations")) ||
      own.load(QStringLiteral(":/translations/studio_en.qm")))
    QCoreApplication::installTranslator(&own);
}

}  // namespace roundel
