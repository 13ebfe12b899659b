#include "ui/dialogs/train_dialog.h"

#include <QApplication>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/dialogs/advanced_form.h"
#include "ui/document.h"
#include "ui/engine_command.h"
#include "ui/engine_description.h"
#include "ui/pause_time_field.h"
#include "ui/texts.h"

namespace roundel {
namespace {

constexpr std::size_t kFewest = 3;

QString paragraph(const QString& text) { return QStringLiteral("<p>") + text + QStringLiteral("</p>"); }

}  // namespace

TrainDialog::TrainDialog(Document& document, QWidget* parent)
    : QDialog(parent),
      m_document(document),
      m_plan(new QLabel),
      m_forecast(new QLabel),
      m_strategy(new QComboBox),
      m_preset(new QComboBox),
      m_rounds(new QSpinBox),
      m_more(new QToolButton),
      m_pauseAt(new PauseTimeField),
      m_advanced(new AdvancedForm) {
  setWindowTitle(tr("Train"));
  resize(560, 420);
  for (QLabel* label : {m_plan, m_forecast}) {
    label->setWordWrap(true);
    label->setTextFormat(Qt::RichText);
    label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  }
  m_plan->setAccessibleName(tr("What training would do"));
  m_forecast->setAccessibleName(tr("Forecast"));
  m_strategy->addItem(tr("What fits this study"), QString());
  m_strategy->addItem(tr("Labels of the machine, refined by a generalist"), QStringLiteral("sam-carries-the-burden"));
  m_strategy->addItem(tr("Labels of the machine as they are"), QStringLiteral("pseudo-labels"));
  m_strategy->addItem(tr("Labelled images alone"), QStringLiteral("supervised"));
  m_preset->addItem(tr("Quick"), QStringLiteral("quick"));
  m_preset->addItem(tr("Standard"), QStringLiteral("standard"));
  m_preset->addItem(tr("As in the paper (long)"), QStringLiteral("paper"));
  m_rounds->setRange(1, 10);
  auto* form = new QFormLayout;
  form->addRow(tr("How"), m_strategy);
  form->addRow(tr("How much work"), m_preset);
  form->addRow(tr("Rounds"), m_rounds);
  form->addRow(QString(), m_pauseAt);
  m_more->setText(tr("Advanced"));
  m_more->setCheckable(true);
  m_more->setArrowType(Qt::RightArrow);
  m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_more->setAutoRaise(true);
  m_advanced->hide();
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  m_start = buttons->addButton(tr("Start training"), QDialogButtonBox::AcceptRole);
  m_start->setDefault(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 16);
  layout->addWidget(m_plan);
  layout->addWidget(m_forecast);
  layout->addLayout(form);
  layout->addWidget(m_more);
  layout->addWidget(m_advanced, 1);
  layout->addStretch();
  layout->addWidget(buttons);
  m_soon.setSingleShot(true);
  m_soon.setInterval(400);
  connect(&m_soon, &QTimer::timeout, this, [this] { ask(false); });
  connect(buttons, &QDialogButtonBox::accepted, this, &TrainDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &TrainDialog::reject);
  connect(m_strategy, &QComboBox::currentIndexChanged, this, &TrainDialog::askAgain);
  connect(m_preset, &QComboBox::currentIndexChanged, this, [this] {
    m_ownPreset = true;
    m_advanced->setPreset(m_preset->currentData().toString());
    askAgain();
  });
  connect(m_rounds, &QSpinBox::valueChanged, this, [this] {
    m_ownRounds = true;
    askAgain();
  });
  connect(m_advanced, &AdvancedForm::edited, this, &TrainDialog::askAgain);
  connect(m_more, &QToolButton::toggled, this, [this](bool open) {
    m_more->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    m_advanced->setVisible(open);
    if (open) resize(width(), std::max(height(), 720));
    else QTimer::singleShot(0, this, [this] { resize(width(), minimumSizeHint().height()), fitTexts(); });
  });
  withDescription(this, [this](const Json& description, const QString& failure) {
    if (!failure.isEmpty()) return;  // advise says it, too
    m_advanced->setPreset(m_preset->currentData().toString());
    m_advanced->setDescription(description);
    const QSignalBlocker blocked(m_strategy);
    for (const auto& one : description.value("registries", Json::object()).value("strategies", Json::array())) {
      const QString name = textOf(one.value("name", std::string()));
      if (m_strategy->findData(name) < 0) m_strategy->addItem(name, name);
      m_strategy->setItemData(m_strategy->findData(name), engineSentence(one.value("sentence", std::string())), Qt::ToolTipRole);
    }
  });
  look();
  describe();
  if (m_enough) ask(false);
}

TrainDialog::~TrainDialog() {
  if (m_asking) m_asking->stop();
}

void TrainDialog::look() {
  try {
    m_proposal = proposeSplit(*m_document.project());
  } catch (const Error& error) {
    if (error.code() != "not-enough-cases" && error.code() != "not-annotated") m_worry = sentenceOf(error);
  }
  m_enough = m_proposal.split.labelled.size() >= kFewest && (!m_proposal.changed || m_document.canEdit());
}

QStringList TrainDialog::choices() const {
  QStringList all{QStringLiteral("--seed"), QStringLiteral("1")};
  if (const QString strategy = m_strategy->currentData().toString(); !strategy.isEmpty()) all << QStringLiteral("--strategy") << strategy;
  if (m_ownPreset) all << QStringLiteral("--preset") << m_preset->currentData().toString();
  if (m_ownRounds) all << QStringLiteral("--rounds") << QString::number(m_rounds->value());
  return all + m_advanced->arguments();
}

void TrainDialog::askAgain() {
  if (!m_enough) return;
  ++m_question;
  if (m_asking) m_asking->stop();
  m_forecastDocument = nullptr;
  m_worry.clear();
  m_forecast->setText(paragraph(tr("Looking at the study …")));
  m_soon.start();
}

void TrainDialog::ask(bool forecast) {
  QStringList arguments{QStringLiteral("advise"), m_document.folder()};
  arguments += choices();
  if (!forecast) arguments << QStringLiteral("--no-forecast");
  m_forecast->setText(paragraph(forecast ? tr("Trying a few steps, to see how long it will take …") : tr("Looking at the study …")));
  const int question = ++m_question;
  // Not a child of the dialog: one that is closed does not wait for the engine to end.
  m_asking =
      EngineCommand::run(arguments, qApp, [self = QPointer<TrainDialog>(this), question, forecast](const EngineCommand::Outcome& outcome) {
        if (!self || question != self->m_question) return;
        if (!outcome.ok) {
          if (!forecast) self->m_worry = outcome.sentence;  // what cannot be forecast may still be done
          self->m_forecast->setText(paragraph(outcome.sentence.toHtmlEscaped()));
          if (!forecast) self->m_advice = nullptr;
          self->describe();
          return;
        }
        self->takeAdvice(outcome.result);
        if (!forecast) self->ask(true);
        else {
          self->m_forecastDocument = outcome.result.value("forecast", Json());
          self->showForecast();
        }
      });
}

void TrainDialog::takeAdvice(const Json& advice) {
  m_advice = advice;
  const QSignalBlocker preset(m_preset), rounds(m_rounds);
  if (!m_ownPreset) m_preset->setCurrentIndex(std::max(0, m_preset->findData(textOf(advice.value("preset", std::string())))));
  if (!m_ownRounds) m_rounds->setValue(advice.value("rounds", 1));
  m_advanced->setPreset(m_preset->currentData().toString());
  describe();
}

void TrainDialog::describe() {
  const auto labelled = m_proposal.split.labelled.size(), unlabelled = m_proposal.split.unlabelled.size();
  m_start->setEnabled(m_enough && m_advice.is_object() && m_worry.isEmpty());
  if (!m_enough) {
    m_forecast->clear();
    m_plan->setText(
        m_worry.isEmpty()
            ? tr("<b>Too few labels yet.</b><p>%n case(s) can teach the network; it needs at least three, better ten. Label some "
                 "more, then come back.</p>",
                 nullptr, static_cast<int>(labelled))
            : paragraph(m_worry.toHtmlEscaped()));
    return;
  }
  QString text = tr("<b>%n labelled case(s) teach the network.</b>", nullptr, static_cast<int>(labelled));
  const std::string strategy = m_advice.is_object() ? m_advice.value("strategy", std::string()) : std::string();
  if (unlabelled > 0 && strategy != "supervised" && strategy != "nnunet-like")
    text +=
        paragraph(tr("%n case(s) without labels teach it, too, by what the machine makes of them.", nullptr, static_cast<int>(unlabelled)));
  const auto validation = m_proposal.split.validation.size(), test = m_proposal.split.test.size();
  if (validation > 0)
    text +=
        paragraph(tr("%n labelled case(s) are kept back to measure it while it learns", nullptr, static_cast<int>(validation)) +
                  (test > 0 ? tr(", and %n to measure it afterwards.", nullptr, static_cast<int>(test)) : QStringLiteral(".")) +
                  (m_proposal.drawn ? QLatin1Char(' ') + tr("The cases are divided by patient, once; the division is kept.") : QString()));
  if (m_advice.is_object()) {
    const bool advised = strategy == m_advice.value("advised_strategy", std::string());
    QStringList why{
        tr("Strategy <b>%1</b>: %2.").arg(textOf(strategy), engineSentence(m_advice.value("sentence", std::string())).toHtmlEscaped())};
    if (advised)
      for (const auto& reason : m_advice.value("reasons", Json::array())) why << engineSentence(reason.get<std::string>()).toHtmlEscaped();
    text += paragraph(why.join(QLatin1Char(' ')));
    if (m_advice.value("control", false) && strategy != "supervised")
      text += paragraph(
          tr("A second network, trained as long on the labelled images alone, runs beside: it shows what the machine's own labels "
             "were worth."));
  }
  m_plan->setText(text);
  fitTexts();
}

/// The sentences are as long as the language wants them; nothing of them may be cut off.
void TrainDialog::fitTexts() {
  if (m_more->isChecked() || !layout()->hasHeightForWidth()) return;
  layout()->invalidate();
  resize(width(), std::max(height(), std::min(720, layout()->totalHeightForWidth(width()))));
}

void TrainDialog::showForecast() {
  if (!m_forecastDocument.is_object()) return m_forecast->setText(paragraph(tr("How long it will take was not measured.")));
  const double seconds = m_forecastDocument.value("seconds", 0.0), memory = m_forecastDocument.value("memory_bytes", 0.0);
  const double available = m_forecastDocument.value("available_bytes", 0.0);
  const QString device = textOf(m_advice.value("device", std::string()));
  QString text = tr("<b>About %1 and %2 of memory</b> on %3; %4 are free.")
                     .arg(timeText(seconds), memoryText(memory), device.toHtmlEscaped(), memoryText(available));
  if (m_forecastDocument.contains("gpu_memory_bytes") && m_forecastDocument["gpu_memory_bytes"].is_number())
    text += QLatin1Char(' ') + tr("On the GPU: %1.").arg(memoryText(m_forecastDocument["gpu_memory_bytes"].get<double>()));
  if (available > 0 && memory > 0.9 * available)
    text += QLatin1Char(' ') + tr("That is more than there is: take Quick, or close other programs.");
  if (!m_forecastDocument.value("not_measured", Json::array()).empty())
    text += QLatin1Char(' ') + tr("What this strategy does between its trainings comes on top; it was not measured.");
  m_forecast->setText(paragraph(text + QLatin1Char(' ') + tr("It runs by itself: you can go on labelling, or close this window.")));
  fitTexts();
}

void TrainDialog::accept() {
  if (!m_start->isEnabled()) return;
  try {
    if (m_proposal.changed && m_document.canEdit()) m_document.project()->saveSplit(m_proposal.split);
    m_document.readAgain();
    QDialog::accept();
  } catch (const Error& error) {
    m_plan->setText(paragraph(sentenceOf(error).toHtmlEscaped()));
  }
}

QStringList TrainDialog::arguments() const {
  QStringList all{QStringLiteral("run"),        m_document.folder(),
                  QStringLiteral("--strategy"), textOf(m_advice.value("strategy", std::string())),
                  QStringLiteral("--rounds"),   QString::number(m_rounds->value()),
                  QStringLiteral("--preset"),   m_preset->currentData().toString(),
                  QStringLiteral("--seed"),     QStringLiteral("1")};
  const QStringList more = m_advanced->arguments();
  if (!more.contains(QStringLiteral("--generalist")))
    for (const auto& name : m_advice.value("generalists", Json::array()))
      all << QStringLiteral("--generalist") << textOf(name.get<std::string>());
  if (const auto time = m_pauseAt->time()) all << QStringLiteral("--stop-at") << time->toString(QStringLiteral("HH:mm"));
  return all + more;
}

}  // namespace roundel
