#include "cli/program.h"

#include <cstdio>
#include <iostream>
#include <sstream>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/document.h"
#include "cli/ranks.h"
#include "cli/terminal_job.h"
#include "cli/waiting.h"
#include "core/files.h"
#include "core/param_spec.h"
#include "core/thrown.h"
#include "rounds/event_log.h"

namespace roundel::cli {
namespace {

/// Job of a verb that is not a run: with --events its progress is written as one stage named after the verb.
struct VerbJob {
  TerminalJob terminal;
  EventLog events;
  StageJob stage;

  VerbJob(const GlobalOptions& options, const std::string& verb)
      : terminal(options.quiet ? TerminalJob::Bar::Hide : TerminalJob::Bar::Show), stage(terminal, events, "", -1, verb) {}
};

void print(const Document& document, const GlobalOptions& options, const std::string& text) {
  if (options.json) std::cout << toJson(document).dump(1, ' ', false, Json::error_handler_t::replace) << "\n";
  else if (!text.empty()) std::cout << text << (text.ends_with('\n') ? "" : "\n");
  std::cout.flush();
}

/// What a person reads: the verb's text, then the first of its warnings.
std::string shownText(const Outcome& outcome) {
  constexpr std::size_t kShown = 10;
  std::string text = outcome.text;
  if (outcome.textShowsWarnings || outcome.warnings.empty()) return text;
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  for (std::size_t i = 0; i < outcome.warnings.size() && i < kShown; ++i) text += "  " + outcome.warnings[i].message + "\n";
  if (outcome.warnings.size() > kShown) text += "  and " + std::to_string(outcome.warnings.size() - kShown) + " more (--json lists all)\n";
  return text;
}

int reportError(const std::string& verb, const GlobalOptions& options, const Error& error, std::vector<Warning> warnings) {
  print({.verb = verb, .warnings = std::move(warnings), .error = toJson(error)}, options, "");
  std::cerr << "roundel: " << error.what() << "\n";
  if (!error.details().remedy.empty()) std::cerr << "  " << error.details().remedy << "\n";
  return static_cast<int>(error.kind());
}

int runVerb(const Command& command, const std::function<Outcome(Context&)>& run, const GlobalOptions& options) {
  VerbJob job(options, command.name);
  const bool isRun = command.name == "run";  // writes its own events, stage by stage
  try {
    if (!isRun && !options.events.empty()) job.events.addSink(options.events);
    job.stage.started();
    Context context{options, isRun ? static_cast<Job&>(job.terminal) : job.stage};
    Outcome outcome = run(context);
    job.stage.ended("done");
    job.terminal.finishLine();
    const std::string text = shownText(outcome);
    std::vector<Warning> warnings = job.terminal.warnings();
    warnings.insert(warnings.end(), outcome.warnings.begin(), outcome.warnings.end());
    print({.verb = command.name, .result = std::move(outcome.result), .warnings = std::move(warnings)}, options, text);
    return outcome.exitCode;
  } catch (const Cancelled&) {
    job.stage.ended("cancelled");
    job.terminal.finishLine();
    const int code = stopSignal() != 0 ? 128 + stopSignal() : 7;
    print({.verb = command.name,
           .warnings = job.terminal.warnings(),
           .error = {{"code", "stopped"},
                     {"message", "Stopped as asked."},
                     {"case", nullptr},
                     {"path", nullptr},
                     {"remedy", "Start the same command again."}}},
          options, "");
    return code;
  } catch (...) {
    const Error error = asError(std::current_exception());
    job.stage.ended("failed", {{"error", toJson(error)}});
    job.terminal.finishLine();
    return reportError(command.name, options, error, job.terminal.warnings());
  }
}

/// The nearest known flag or verb to what CLI11 did not understand.
std::string hintFor(const CLI::App& program, const CLI::App& app, const std::string& word) {
  std::vector<std::string> known;
  for (const auto* one : {&app, &program})
    for (const auto* option : one->get_options())
      for (const auto& name : option->get_lnames()) known.push_back("--" + name);
  for (const auto* verb : app.get_subcommands([](const CLI::App*) { return true; })) known.push_back(verb->get_name());
  const std::string near = nearestName(word, known);
  return near.empty() ? "See --help." : "Did you mean " + near + "?";
}

/// What CLI11 says of wrong usage, as a sentence.
Error usageError(const CLI::ParseError& error, const std::string& verb, const CLI::App& app) {
  const bool noVerb = verb == "roundel";
  if (const auto* known = noVerb ? nullptr : app.get_subcommand_ptr(verb).get();
      known != nullptr && known->get_require_subcommand_min() > 0 && known->get_subcommands().empty()) {
    std::string list;
    for (const auto* one : known->get_subcommands([](const CLI::App*) { return true; }))
      list += (list.empty() ? "" : ", ") + one->get_name();
    return Error(ErrorKind::Usage, "usage", "Nothing says what " + verb + " is to do.", {.remedy = "One of: " + list + "."});
  }
  std::string sentence = noVerb ? "No verb was given" : sanitisedUtf8(error.what());
  if (!sentence.ends_with('.')) sentence += ".";
  return Error(ErrorKind::Usage, "usage", sentence, {.remedy = "See roundel " + (noVerb ? std::string() : verb + " ") + "--help."});
}

std::string footerOf(const Command& command) {
  std::string footer;
  if (!command.examples.empty()) footer = "Examples:\n";
  for (const auto& example : command.examples) footer += "  roundel " + example + "\n";
  return footer;
}

}  // namespace

int runProgram(int argumentCount, char** arguments) {
  installSignalHandlers();
  spdlog::set_default_logger(spdlog::stderr_logger_mt("roundel"));
  spdlog::set_pattern("%H:%M:%S %l: %v");

  GlobalOptions options;
  CLI::App app(
      "Roundel: from a handful of labelled images to a trained specialist and checked labels.\n"
      "Every verb has --help with examples.",
      "roundel");
  app.add_flag("--json", options.json, "Write exactly one JSON document to standard output");
  app.add_option("--events", options.events, "Write events, one JSON object a line, to FILE or fd:N");
  app.add_option("--device", options.device, "auto, cpu or cuda:N");
  app.add_option("--threads", options.threads, "Threads to use; 0 is all cores")->check(CLI::Range(0, 1024));
  app.add_flag("--quiet", options.quiet, "No progress bar and no log");
  app.set_version_flag("--version", programVersion());
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  roundel demo\n"
      "  roundel project new STUDY\n"
      "  roundel import STUDY teeth/annotations.json --format coco\n"
      "  roundel run STUDY --help");
  app.fallthrough();  // the program's flags may also stand after the verb

  const Command* chosen = nullptr;
  std::function<Outcome(Context&)> run;
  for (const Command& command : builtinCommands()) {
    CLI::App* verb = app.add_subcommand(command.name, command.sentence);
    verb->footer(footerOf(command));
    auto handler = command.declare(*verb);
    verb->callback([&chosen, &run, &command, handler] {
      chosen = &command;
      run = handler;
    });
  }

  // Known before parsing ends, so that a usage error of a program that asked for JSON is a document too.
  for (int i = 1; i < argumentCount; ++i)
    if (std::string(arguments[i]) == "--json") options.json = true;
  std::string verbName = "roundel";
  try {
    app.parse(argumentCount, arguments);
    verbName = chosen->name;
    if (chosen->shared && isFurtherRank()) {  // rank 0 tells people
      options.quiet = true;
      options.events.clear();
      std::cout.setstate(std::ios::failbit);
    }
    if (options.quiet) spdlog::set_level(spdlog::level::err);
    if (chosen->computes) waitWithoutSpinning(arguments);
    return runVerb(*chosen, run, options);
  } catch (const CLI::Success& success) {  // --help, --version
    if (!options.json) return app.exit(success);
    for (const auto* verb : app.get_subcommands()) verbName = verb->get_name();
    std::ostringstream text;
    const int code = app.exit(success, text, text);
    print({.verb = verbName, .result = {{"text", text.str()}}}, options, "");
    return code;
  } catch (const CLI::ParseError& error) {
    if (app.remaining(true).empty()) {
      for (const auto* verb : app.get_subcommands()) verbName = verb->get_name();
      return reportError(verbName, options, usageError(error, verbName, app), {});
    }
    // What is not understood is said before what is missing: a mistyped flag often is the missing one.
    const CLI::App* at = &app;
    for (const auto* verb : app.get_subcommands()) at = verb;
    if (at != &app) verbName = at->get_name();
    std::vector<std::string> extras = app.remaining(true);
    const std::string word = extras.empty() ? "" : extras.front().substr(0, extras.front().find('='));
    const std::string kind = word.starts_with("-") ? "flag" : at == &app ? "verb" : "argument";
    return reportError(verbName, options,
                       Error(ErrorKind::Usage, "unknown-" + kind, "Unknown " + kind + ": " + sanitisedUtf8(word) + ".",
                             {.remedy = hintFor(app, *at, word)}),
                       {});
  } catch (...) {
    return reportError(verbName, options, asError(std::current_exception()), {});
  }
}

}  // namespace roundel::cli
