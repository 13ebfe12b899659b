#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/json.h"

namespace CLI {
class App;
}

namespace roundel::cli {

/// What the program's own flags say (`roundel [--json] [--events ...] [--device ...] [--threads N] [--quiet] VERB`).
struct GlobalOptions {
  bool json = false;
  bool quiet = false;
  std::string events;           ///< file or "fd:N"; empty: none
  std::string device = "auto";  ///< auto | cpu | cuda:N
  int threads = 0;              ///< 0: all cores
};

/// What a verb hands back. `result` is the document's "result"; `text` what a person reads on standard output.
struct Outcome {
  Json result = Json::object();
  std::string text = {};
  std::vector<Warning> warnings = {};
  bool textShowsWarnings = false;  ///< `text` lists them itself; else the program adds the first few
  int exitCode = 0;                ///< 0, 6 (some cases were refused) or 7 (paused or stopped as asked)
  std::string state = {};          ///< set by runs only
};

/// What a verb is given besides its own flags. `job` writes progress and events and knows of SIGINT and SIGTERM.
struct Context {
  const GlobalOptions& options;
  Job& job;
};

/// One verb of the command line. `declare` adds its flags to `app` and returns what runs once they are parsed; values live in
/// the returned function's captures (a shared_ptr to the verb's own struct).
struct Command {
  std::string name;
  std::string sentence;
  std::vector<std::string> examples;
  std::function<std::function<Outcome(Context&)>(CLI::App& app)> declare;
  bool computes = false;  ///< trains or predicts: how its threads wait matters (cli/waiting.h)
  bool shared = false;    ///< may be started as several ranks (cli/ranks.h)
};

/// The verbs, in the order of the help: builtin_commands.cpp, one line each.
const std::vector<Command>& builtinCommands();

}  // namespace roundel::cli
