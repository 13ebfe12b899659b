#include <algorithm>

#include "core/clock.h"
#include "core/hash.h"
#include "core/param_spec.h"
#include "project/store.h"
#include "project/tables.h"

namespace roundel {
namespace fs = std::filesystem;
namespace {

constexpr const char* kSelectRun =
    "SELECT id, state, strategy, seed, plan_sha256, weights_sha256, environment, document_sha256, taken_in_at FROM run ";

RunRecord runOfRow(SQLite::Statement& row) {
  RunRecord run{.id = textOf(row.getColumn(0)), .state = textOf(row.getColumn(1)), .strategy = textOf(row.getColumn(2))};
  for (const char digit : textOf(row.getColumn(3))) run.seed = run.seed * 10 + static_cast<std::uint64_t>(digit - '0');
  run.planSha256 = textOf(row.getColumn(4));
  run.weightsSha256 = textOf(row.getColumn(5));
  run.environment = Json::parse(textOf(row.getColumn(6)));
  run.documentSha256 = textOf(row.getColumn(7));
  run.takenInAt = textOf(row.getColumn(8));
  return run;
}

void insertRun(const SQLite::Database& database, const RunRecord& run) {
  SQLite::Statement insert(
      database,
      "INSERT INTO run(id, state, strategy, seed, plan_sha256, weights_sha256, environment, document_sha256, taken_in_at) "
      "VALUES(?,?,?,?,?,?,?,?,?)");
  insert.bind(1, run.id);
  insert.bind(2, run.state);
  insert.bind(3, run.strategy);
  insert.bind(4, std::to_string(run.seed));
  insert.bind(5, run.planSha256);
  insert.bind(6, run.weightsSha256);
  insert.bind(7, storedJson(run.environment));
  insert.bind(8, run.documentSha256);
  insert.bind(9, utcNow());
  insert.exec();
}

void insertScores(const SQLite::Database& database, const std::string& run, const RoundRecord& round) {
  SQLite::Statement insert(database,
                           "INSERT INTO score(run, round, case_name, class_name, split, arm, metric, value, unit, estimated) "
                           "VALUES(?,?,?,?,?,?,?,?,?,?)");
  for (const auto& score : round.scores) {
    insert.reset();
    insert.bind(1, run);
    insert.bind(2, round.number);
    insert.bind(3, score.caseName);
    insert.bind(4, score.className);
    insert.bind(5, score.split);
    insert.bind(6, score.arm);
    insert.bind(7, score.metric);
    if (score.value) insert.bind(8, *score.value);
    else insert.bind(8);
    insert.bind(9, score.unit);
    insert.bind(10, score.estimated ? 1 : 0);
    insert.exec();
  }
}

void insertRounds(const SQLite::Database& database, const RunRecord& run) {
  SQLite::Statement insert(database, "INSERT INTO round(run, number, stages) VALUES(?,?,?)");
  for (const auto& round : run.rounds) {
    Json stages = Json::array();
    for (const auto& stage : round.stages) stages.push_back({stage.name, stage.state, stage.sha256});
    insert.reset();
    insert.bind(1, run.id);
    insert.bind(2, round.number);
    insert.bind(3, storedJson(stages));
    insert.exec();
    insertScores(database, run.id, round);
  }
}

std::vector<Score> scoresOf(const SQLite::Database& database, const std::string& run, int round) {
  std::vector<Score> scores;
  SQLite::Statement query(database,
                          "SELECT case_name, class_name, split, arm, metric, value, unit, estimated FROM score WHERE run = ? AND round = ? "
                          "ORDER BY rowid");
  query.bind(1, run);
  query.bind(2, round);
  while (query.executeStep()) {
    Score score{.caseName = textOf(query.getColumn(0)),
                .className = textOf(query.getColumn(1)),
                .split = textOf(query.getColumn(2)),
                .arm = textOf(query.getColumn(3)),
                .metric = textOf(query.getColumn(4)),
                .unit = textOf(query.getColumn(6)),
                .estimated = query.getColumn(7).getInt() != 0};
    if (!query.getColumn(5).isNull()) score.value = query.getColumn(5).getDouble();
    scores.push_back(std::move(score));
  }
  return scores;
}

std::vector<RoundRecord> roundsOf(const SQLite::Database& database, const std::string& run) {
  std::vector<RoundRecord> rounds;
  SQLite::Statement query(database, "SELECT number, stages FROM round WHERE run = ? ORDER BY number");
  query.bind(1, run);
  while (query.executeStep()) {
    RoundRecord round{.number = query.getColumn(0).getInt(), .stages = {}, .scores = {}};
    for (const auto& stage : Json::parse(textOf(query.getColumn(1))))
      round.stages.push_back({stage.at(0).get<std::string>(), stage.at(1).get<std::string>(), stage.at(2).get<std::string>()});
    round.scores = scoresOf(database, run, round.number);
    rounds.push_back(std::move(round));
  }
  return rounds;
}

/// The next free name in the run's folder of decisions: 000001.json, 000002.json ...
fs::path nextDecisionFile(const fs::path& folder) {
  int last = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string stem = entry.path().stem().native();
    if (stem.size() == 6 && std::all_of(stem.begin(), stem.end(), [](char c) { return c >= '0' && c <= '9'; }))
      last = std::max(last, std::stoi(stem));
  }
  std::string number = std::to_string(last + 1);
  number.insert(0, number.size() < 6 ? 6 - number.size() : 0, '0');
  return folder / (number + ".json");
}

void insertDecisions(const SQLite::Database& database, const std::string& run, const std::vector<Decision>& decisions) {
  SQLite::Statement insert(database,
                           "INSERT INTO decision(run, case_name, class_name, verdict, who, at, note, label) VALUES(?,?,?,?,?,?,?,?)");
  for (const auto& one : decisions) {
    insert.reset();
    insert.bind(1, run);
    insert.bind(2, one.caseName);
    insert.bind(3, one.className);
    insert.bind(4, toString(one.verdict));
    insert.bind(5, one.who);
    insert.bind(6, one.when);
    insert.bind(7, one.note);
    insert.bind(8, one.label ? storedJson(toJson(*one.label)) : std::string());
    insert.exec();
  }
}

/// Settles names (a case may be given as its image's file) and fills in who and when.
void settleDecisions(const Project& project, const std::string& who, std::vector<Decision>& decisions) {
  const LabelSet classes = project.classes();
  std::vector<std::string> names;
  for (const auto& one : classes.classes()) names.push_back(one.name);
  for (auto& one : decisions) {
    const Case known = project.resolveCase(one.caseName);
    one.caseName = known.name;
    if (one.label && (one.className.empty() || !(one.label->mask.size() == known.geometry.size)))
      throw Error(ErrorKind::BadInput, "bad-decisions", "The label that goes with a decision is not of one class on the image's grid.",
                  {.caseName = known.name});
    if (!one.className.empty() && classes.indexOfName(one.className) < 0) {
      const std::string shown = sanitisedUtf8(one.className), near = nearestName(shown, names);
      throw Error(
          ErrorKind::BadInput, "unknown-class", "There is no class named " + shown + ".",
          {.caseName = one.caseName, .remedy = near.empty() ? "See the classes with `roundel classes`." : "Did you mean " + near + "?"});
    }
    one.who = one.who.empty() ? who : sanitisedUtf8(one.who);
    one.when = one.when.empty() ? utcNow() : sanitisedUtf8(one.when);
    one.note = sanitisedUtf8(one.note);
  }
}

}  // namespace

void Project::saveRun(const RunRecord& run) {
  runFolder(run.id);  // refuses a bad id
  m_store->write([&] {
    for (const char* sql : {"DELETE FROM score WHERE run = ?", "DELETE FROM round WHERE run = ?", "DELETE FROM run WHERE id = ?"}) {
      SQLite::Statement remove(m_store->database, sql);
      remove.bind(1, run.id);
      remove.exec();
    }
    insertRun(m_store->database, run);
    insertRounds(m_store->database, run);
    m_store->appendAudit("run taken in", {{"run", run.id},
                                          {"strategy", run.strategy},
                                          {"state", run.state},
                                          {"rounds", run.rounds.size()},
                                          {"weights_sha256", run.weightsSha256},
                                          {"sha256", run.documentSha256}});
  });
}

std::optional<RunRecord> Project::run(const std::string& id) const {
  return m_store->read([&]() -> std::optional<RunRecord> {
    SQLite::Statement query(m_store->database, std::string(kSelectRun) + "WHERE id = ?");
    query.bind(1, id);
    if (!query.executeStep()) return std::nullopt;
    RunRecord run = runOfRow(query);
    run.rounds = roundsOf(m_store->database, id);
    return run;
  });
}

std::vector<RunRecord> Project::runs() const {
  return m_store->read([&] {
    std::vector<RunRecord> runs;
    SQLite::Statement query(m_store->database, std::string(kSelectRun) + "ORDER BY position");
    while (query.executeStep()) runs.push_back(runOfRow(query));
    return runs;
  });
}

void Project::addDecisions(const std::string& runId, std::vector<Decision> decisions) {
  m_store->requireEdit();
  const fs::path folder = runFolder(runId);
  if (!fs::is_directory(folder))
    throw Error(ErrorKind::BadInput, "unknown-run", "There is no run named " + runId + " in the project.", {.path = displayPath(folder)});
  if (decisions.empty()) return;
  settleDecisions(*this, m_store->who, decisions);
  Json list = Json::array();
  for (const auto& one : decisions) list.push_back(toJson(one));
  const Json document = {{"schema", "roundel.decisions/1"}, {"run", runId}, {"decisions", std::move(list)}};
  fs::path file;
  try {
    m_store->write([&] {
      insertDecisions(m_store->database, runId, decisions);
      m_store->appendAudit("decisions saved",
                           {{"run", runId}, {"decisions", decisions.size()}, {"sha256", sha256Hex(storedJson(document))}});
      // The file comes before the commit: a run may read a decision that is being saved, but none that is saved is kept from it.
      fs::create_directories(folder / "decisions");
      file = nextDecisionFile(folder / "decisions");
      writeJsonAtomically(file, document);
    });
  } catch (...) {
    std::error_code code;
    if (!file.empty()) fs::remove(file, code);
    throw;
  }
}

std::vector<Decision> Project::decisions(const std::string& runId) const {
  return m_store->read([&] {
    std::vector<Decision> inOrder;
    SQLite::Statement query(m_store->database,
                            "SELECT case_name, class_name, verdict, who, at, note, label FROM decision WHERE run = ? ORDER BY id");
    query.bind(1, runId);
    while (query.executeStep()) {
      inOrder.push_back({.caseName = textOf(query.getColumn(0)),
                         .className = textOf(query.getColumn(1)),
                         .verdict = verdictFromString(textOf(query.getColumn(2))),
                         .who = textOf(query.getColumn(3)),
                         .when = textOf(query.getColumn(4)),
                         .note = textOf(query.getColumn(5))});
      if (const std::string label = textOf(query.getColumn(6)); !label.empty())
        inOrder.back().label = movedLabelFromJson(Json::parse(label));
    }
    return newestDecisions(inOrder);
  });
}

void Project::promote(PromotedModel model) {
  m_store->write([&] {
    model.who = model.who.empty() ? m_store->who : sanitisedUtf8(model.who);
    model.when = model.when.empty() ? utcNow() : model.when;
    SQLite::Statement insert(m_store->database, "INSERT INTO promoted_model(run, round, path, sha256, who, at, arm) VALUES(?,?,?,?,?,?,?)");
    insert.bind(1, model.run);
    insert.bind(2, model.round);
    insert.bind(3, model.path);
    insert.bind(4, model.sha256);
    insert.bind(5, model.who);
    insert.bind(6, model.when);
    insert.bind(7, model.arm);
    insert.exec();
    m_store->appendAudit("model promoted",
                         {{"run", model.run}, {"round", model.round}, {"arm", model.arm}, {"path", model.path}, {"sha256", model.sha256}});
  });
}

std::optional<PromotedModel> Project::promotedModel() const {
  return m_store->read([&]() -> std::optional<PromotedModel> {
    SQLite::Statement query(m_store->database,
                            "SELECT run, round, path, sha256, who, at, arm FROM promoted_model ORDER BY id DESC LIMIT 1");
    if (!query.executeStep()) return std::nullopt;
    return PromotedModel{.run = textOf(query.getColumn(0)),
                         .round = query.getColumn(1).getInt(),
                         .arm = textOf(query.getColumn(6)),
                         .path = textOf(query.getColumn(2)),
                         .sha256 = textOf(query.getColumn(3)),
                         .who = textOf(query.getColumn(4)),
                         .when = textOf(query.getColumn(5))};
  });
}

}  // namespace roundel
