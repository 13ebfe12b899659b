#include "viewer/vtk_widget.h"

#include <vtkCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>
#include <vtkObjectFactory.h>
#include <vtkOpenGLFramebufferObject.h>
#include <vtkOpenGLState.h>
#include <vtkOutputWindow.h>
#include <vtkRenderer.h>

#include <QElapsedTimer>
#include <QGuiApplication>
#include <QLoggingCategory>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLExtraFunctions>
#include <QSurfaceFormat>
#include <algorithm>

namespace roundel {
namespace {

Q_LOGGING_CATEGORY(vtkLog, "roundel.vtk", QtWarningMsg)

/// What VTK has to say goes to the log: its own answer is a window of its own.
class LogWindow : public vtkOutputWindow {
 public:
  static LogWindow* New();
  void DisplayText(const char* text) override { qCWarning(vtkLog, "%s", text); }
};
vtkStandardNewMacro(LogWindow);

void sendMessagesToTheLog() {
  static const bool done = [] {
    const vtkNew<LogWindow> window;
    vtkOutputWindow::SetInstance(window);
    return true;
  }();
  Q_UNUSED(done);
}

constexpr std::pair<int, int> kLeastOpenGl{3, 2};

/// What OpenGL there is on this screen, and what stands in the way of VTK.
struct OpenGl {
  enum class Obstacle { None, NoScreen, NoOpenGl, TooOld } obstacle = Obstacle::None;
  QString what;      ///< the platform of Qt, or the version of OpenGL
  QString renderer;  ///< as its driver calls it
};

OpenGl tryOpenGl() {
  // Contexts can be had there, but nothing is composed on a screen.
  const QString platform = QGuiApplication::platformName();
  if (platform == QLatin1String("offscreen") || platform == QLatin1String("minimal")) return {OpenGl::Obstacle::NoScreen, platform, {}};
  QOpenGLContext context;
  QOffscreenSurface surface;
  surface.create();
  if (!context.create() || !context.makeCurrent(&surface)) return {OpenGl::Obstacle::NoOpenGl, {}, {}};
  const QSurfaceFormat has = context.format();
  const auto text = [&](GLenum name) { return QString::fromLatin1(reinterpret_cast<const char*>(context.functions()->glGetString(name))); };
  OpenGl found{.what = text(GL_VERSION), .renderer = text(GL_RENDERER)};
  context.doneCurrent();
  if (context.isOpenGLES() || has.version() < kLeastOpenGl) found.obstacle = OpenGl::Obstacle::TooOld;
  return found;
}

const OpenGl& openGl() {
  static const OpenGl found = tryOpenGl();
  return found;
}

}  // namespace

/// VTK's half: a window without a window, which asks for the context of Qt's widget.
struct VtkWidget::Bridge {
  explicit Bridge(VtkWidget& widget) : m_widget(widget) {
    window->SetReadyForRendering(false);
    window->SetOwnContext(0);
    window->SetForceMaximumHardwareLineWidth(1);
    window->SetFrameBlitModeToNoBlit();
    window->SetMultiSamples(0);
    window->AddObserver(vtkCommand::WindowMakeCurrentEvent, this, &Bridge::makeCurrent);
    window->AddObserver(vtkCommand::WindowIsCurrentEvent, this, &Bridge::isCurrent);
  }

  vtkNew<vtkGenericOpenGLRenderWindow> window;

 private:
  bool current() const { return m_widget.context() != nullptr && QOpenGLContext::currentContext() == m_widget.context(); }
  void makeCurrent(vtkObject*, unsigned long, void*) {
    if (!current()) m_widget.makeCurrent();  // it binds the widget's framebuffer, which VTK would draw into if it were called at all times
  }
  void isCurrent(vtkObject*, unsigned long, void* answer) { *static_cast<bool*>(answer) = current(); }

  VtkWidget& m_widget;
};

void VtkWidget::setDefaultFormat() {
  QSurfaceFormat format = QSurfaceFormat::defaultFormat();
  format.setRenderableType(QSurfaceFormat::OpenGL);
  format.setVersion(kLeastOpenGl.first, kLeastOpenGl.second);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  format.setStencilBufferSize(8);
  format.setSwapInterval(0);  // the event loop never waits for the screen
  QSurfaceFormat::setDefaultFormat(format);
}

QString VtkWidget::whyNot() {
  using Obstacle = OpenGl::Obstacle;
  switch (openGl().obstacle) {
    case Obstacle::NoScreen: return tr("Roundel runs without a screen (%1), and this view needs one.").arg(openGl().what);
    case Obstacle::NoOpenGl: return tr("This view needs OpenGL 3.2, and this screen has no OpenGL.");
    case Obstacle::TooOld: return tr("This view needs OpenGL 3.2, and this screen has OpenGL %1.").arg(openGl().what);
    case Obstacle::None: break;
  }
  return {};
}

bool VtkWidget::isDrawnByProcessor() {
  const QString& renderer = openGl().renderer;
  return renderer.contains(QLatin1String("llvmpipe")) || renderer.contains(QLatin1String("softpipe")) ||
         renderer.contains(QLatin1String("swrast")) || renderer.contains(QLatin1String("Software Rasterizer"));
}

VtkWidget::VtkWidget(QWidget* parent) : QOpenGLWidget(parent) {
  sendMessagesToTheLog();
  m_bridge = std::make_unique<Bridge>(*this);
}

VtkWidget::~VtkWidget() {
  if (context() != nullptr) disconnect(context(), nullptr, this, nullptr);  // the base goes later, and its context with it
  release();
}

void VtkWidget::add(vtkRenderer* renderer) {
  m_bridge->window->SetNumberOfLayers(std::max(m_bridge->window->GetNumberOfLayers(), renderer->GetLayer() + 1));
  m_bridge->window->AddRenderer(renderer);
  requestRender();
}

void VtkWidget::requestRender() {
  m_wanted = true;
  update();  // Qt gathers these
}

QSize VtkWidget::pixels() const { return (QSizeF(size()) * devicePixelRatioF()).toSize(); }

void VtkWidget::release() {
  if (!m_bridge->window->GetReadyForRendering()) return;
  makeCurrent();
  m_bridge->window->Finalize();
  m_bridge->window->SetReadyForRendering(false);
  m_hasPicture = false;
  doneCurrent();
}

void VtkWidget::initializeGL() {
  connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, &VtkWidget::release, Qt::DirectConnection);
  m_bridge->window->SetReadyForRendering(true);
  m_bridge->window->OpenGLInitContext();
  m_wanted = true;
  Q_EMIT emptied();
}

void VtkWidget::resizeEvent(QResizeEvent* event) {
  // Qt paints in the midst of every resize: the old picture will do until the turn's one render.
  m_resizing = true;
  QOpenGLWidget::resizeEvent(event);
  m_resizing = false;
  requestRender();
}

void VtkWidget::paintGL() {
  vtkOpenGLState* state = m_bridge->window->GetState();
  state->Reset();  // Qt has been at it
  state->Push();
  const int* drawn = m_bridge->window->GetSize();
  if (QSize(drawn[0], drawn[1]) != pixels()) {  // on another screen, perhaps
    m_wanted = true;
    Q_EMIT emptied();
  }
  if (m_wanted && !m_resizing) renderNow();
  layIn();
  state->Pop();
}

void VtkWidget::renderNow() {
  m_wanted = false;
  const QSize size = pixels();
  if (size.isEmpty()) return;
  vtkGenericOpenGLRenderWindow* window = m_bridge->window;
  window->SetSize(size.width(), size.height());
  Q_EMIT aboutToRender();
  window->GetState()->vtkglDepthFunc(GL_LEQUAL);
  QElapsedTimer timer;
  timer.start();
  window->Render();
  context()->functions()->glFinish();  // or the time would be that of asking
  m_lastRenderMs = static_cast<double>(timer.nsecsElapsed()) / 1e6;
  ++m_renders;
  m_hasPicture = true;
  Q_EMIT rendered();
}

void VtkWidget::layIn() {
  QOpenGLExtraFunctions* gl = context()->extraFunctions();
  const QSize size = pixels();
  vtkOpenGLState* state = m_bridge->window->GetState();
  state->vtkglDisable(GL_SCISSOR_TEST);
  gl->glBindFramebuffer(GL_DRAW_FRAMEBUFFER, defaultFramebufferObject());
  const GLenum target = GL_COLOR_ATTACHMENT0;
  gl->glDrawBuffers(1, &target);
  gl->glViewport(0, 0, size.width(), size.height());
  if (m_hasPicture) {
    const int* from = m_bridge->window->GetDisplayFramebuffer()->GetLastSize();
    m_bridge->window->BlitDisplayFramebuffer(0, 0, 0, from[0], from[1], 0, 0, size.width(), size.height(), GL_COLOR_BUFFER_BIT, GL_LINEAR);
    // VTK's alpha is of no use to who composes the window.
    gl->glColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_TRUE);
    gl->glClearColor(0, 0, 0, 1);
    gl->glClear(GL_COLOR_BUFFER_BIT);
    gl->glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  } else {
    gl->glClearColor(0, 0, 0, 1);
    gl->glClear(GL_COLOR_BUFFER_BIT);
  }
}

}  // namespace roundel
