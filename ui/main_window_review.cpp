#include <QDockWidget>

#include "ui/action_table.h"
#include "ui/dialogs/apply_dialog.h"
#include "ui/dialogs/reread_dialog.h"
#include "ui/docks/review_dock.h"
#include "ui/docks/run_dock.h"
#include "ui/main_window.h"
#include "ui/view_area.h"

// What can be done with what the machine labelled.
namespace roundel {

void MainWindow::makeReviewActions() {
  const QString group = tr("Training");
  const auto raise = [this](const char* name) {
    auto* dock = findChild<QDockWidget*>(QLatin1String(name));
    dock->show();
    dock->raise();
  };
  m_actions->add({"compare", group, tr("&Compare rounds …")}, [this] { m_runs->compare(); });
  m_actions->add({"report", group, tr("&Report"), {QKeySequence(QStringLiteral("Ctrl+Shift+R"))}}, [this] { m_runs->openReport(); });
  m_actions->add({"apply-model", group, tr("&Apply the model …")}, [this, raise] {
    ApplyDialog dialog(m_document, this);
    if (dialog.exec() != QDialog::Accepted) return;
    raise("review");
    m_review->showSource(dialog.applied());
    m_review->show(0);
  });
  m_actions->add({"reread", tr("Cases"), tr("&Re-read finished cases …"), {QKeySequence(QStringLiteral("Ctrl+R"))}}, [this] { reread(); });
  m_actions->add({"reading-done", tr("Cases"), tr("Re-reading: done, next case"), {QKeySequence(QStringLiteral("Ctrl+Return"))}},
                 [this] { m_document.storeReading(); });
  connect(&m_document, &Document::rereadingChanged, this, [this] {
    if (m_document.rereading()) m_area->setExtra({});  // nothing of the machine's labels is seen
  });
  // What came of it; not while the last key is still being handled.
  connect(&m_document, &Document::rereadingFinished, this, [this] { QTimer::singleShot(0, this, &MainWindow::reread); });
  const QString review = tr("Review");
  const auto add = [&](const char* id, const QString& text, const char* key, auto then) {
    // Their keys are for the pictures: in the list a letter looks for a case.
    m_actions->add({QLatin1String(id), review, text, {QKeySequence(QLatin1String(key))}, {}, false, true}, then);
  };
  add("review-take", tr("Take over the machine's labels"), "T", [this] { m_review->acceptAsLabels(); });
  add("review-good", tr("The machine's labels are good"), "G", [this] { m_review->decide(Verdict::Accept); });
  add("review-open", tr("Leave the machine's labels open"), "U", [this] { m_review->decide(Verdict::Review); });
  add("review-reject", tr("Reject the machine's labels"), "N", [this] { m_review->decide(Verdict::Reject); });
}

void MainWindow::reread() {
  if (!m_document.isOpen() || m_document.rereading()) return;
  m_document.save();
  RereadDialog(m_document, this).exec();
}

}  // namespace roundel
