#include <unistd.h>
#include <CLI/CLI.hpp>

#include <cstdlib>

#include "cli/commands/commands.h"
#include "cli/document.h"
#include "cli/terminal_job.h"
#include "service/session.h"
#include "service/standard_output.h"

namespace roundel::cli {
namespace {

Outcome serveVerb(const std::string& study, Context& context) {
  const int output = takeStandardOutput();
  Session session({.version = programVersion(),
                   .input = STDIN_FILENO,
                   .output = output,
                   .device = context.options.device,
                   .threads = context.options.threads,
                   .stopRequested = [&context] { return context.job.stopRequested(); },
                   .generalists = [&context, &study] { return generalistRegistry(context.options.device, 0, study); }});
  const SessionEnd end = session.run();
  const bool stopped = end.why == SessionEnd::Why::Stopped;
  // The work in hand cannot be interrupted and nobody wants it any more: it goes with the process.
  if (end.computing) std::_Exit(stopped ? 128 + stopSignal() : 0);
  if (stopped) throw Cancelled();
  return {};
}

}  // namespace

Command serveCommand() {
  return {.name = "serve",
          .sentence = "Answer prompts on open cases: JSON lines over standard input and output (docs/PROTOCOL.md)",
          .examples = {"serve", "--device cuda:0 serve < requests.jsonl > answers.jsonl"},
          .declare =
              [](CLI::App& app) {
                auto study = std::make_shared<std::string>();
                app.add_option("--study", *study, "Folder of a study: the generalists adapted to it are there too");
                return [study](Context& context) { return serveVerb(*study, context); };
              },
          .computes = true};
}

}  // namespace roundel::cli
