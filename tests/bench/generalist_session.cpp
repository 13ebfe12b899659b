// Trains generalists on a device that is lent for minutes; gpu_session.sh runs it. Needs LibTorch alone.
//
//   generalist_session OUT SECONDS PLAN.json... [--device cpu|cuda:0] [--threads N] [--makers N] [--probe SECONDS]
//
// Plans that differ in the form of the network alone learn from the same batches, which are made once, so that forms are compared on the
// same lessons. How many steps fit is measured: for `probe` seconds the learning rate stays where it is, then the number of steps is set so
// that the training ends, its learning rate fallen, when SECONDS are over. Writes OUT/NAME/model.safetensors with its card, and the plan
// that was carried out, OUT/NAME/plan.json: with it `roundel generalist train` does the same again.
#include <ATen/Context.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "core/elapsed.h"
#include "core/error.h"
#include "core/files.h"
#include "device/device.h"
#include "train/generalist_batches.h"

namespace {

using namespace roundel;
using Clock = std::chrono::steady_clock;

/// Makes every batch once, for several trainings that run abreast.
class SharedBatches {
 public:
  SharedBatches(const GeneralistPlan& plan, const PieceForm& form, std::size_t takers) : m_plan(plan), m_form(form), m_latest(takers, 0) {}

  std::shared_ptr<const PreparedBatch> take(std::size_t taker, std::int64_t step) {
    // Called by makers: on a machine whose processors are all theirs, the threads that feed the device come first.
    static thread_local const int lowered = ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10);
    static_cast<void>(lowered);
    std::promise<std::shared_ptr<const PreparedBatch>> promise;
    std::shared_future<std::shared_ptr<const PreparedBatch>> future;
    bool first = false;
    {
      std::unique_lock lock(m_mutex);
      if (m_latest[taker] < step) m_latest[taker] = step;
      m_changed.notify_all();
      m_changed.wait(lock, [&] { return step <= *std::min_element(m_latest.begin(), m_latest.end()) + kAhead; });
      auto [found, made] = m_kept.try_emplace(step);
      if (made) found->second.future = promise.get_future().share(), first = true;
      future = found->second.future;
      if (++found->second.taken == m_latest.size()) m_kept.erase(found);
    }
    if (first) promise.set_value(std::make_shared<const PreparedBatch>(preparedBatch(makeSampleBatch(m_plan, {}, step), m_form)));
    return future.get();
  }

  /// Nobody waits for it any more.
  void leave(std::size_t taker) {
    const std::lock_guard lock(m_mutex);
    m_latest[taker] = INT64_MAX - kAhead;
    m_changed.notify_all();
  }

 private:
  static constexpr std::int64_t kAhead = 32;
  struct Kept {
    std::shared_future<std::shared_ptr<const PreparedBatch>> future;
    std::size_t taken = 0;
  };
  const GeneralistPlan& m_plan;
  PieceForm m_form;
  std::vector<std::int64_t> m_latest;  ///< step that each of them asked for last
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::map<std::int64_t, Kept> m_kept;
};

/// Stops when its time is over; remembers when steps were.
class TimedJob : public Job {
 public:
  TimedJob(std::string name, Clock::time_point end) : m_name(std::move(name)), m_end(end) {}
  bool stopRequested() const override { return Clock::now() >= m_end; }
  void progress(std::int64_t done, std::int64_t, const std::string&) override {
    const auto now = Clock::now();
    // The first seconds choose kernels and fill queues.
    if (!m_began || (m_warming && now - m_start > std::chrono::seconds(12)))
      m_warming = m_began, m_began = true, m_start = now, m_from = done;
    m_done = done;
    if (now - m_start > std::chrono::milliseconds(1)) m_rate = static_cast<double>(done - m_from) / secondsSince(m_start);
  }
  void log(const std::string& line) override {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    std::cout << m_name << " " << line << std::endl;
  }
  double rate() const { return m_rate; }  ///< steps a second
  std::int64_t done() const { return m_done; }

 private:
  std::string m_name;
  Clock::time_point m_end, m_start;
  bool m_began = false, m_warming = true;
  std::int64_t m_from = 0, m_done = 0;
  double m_rate = 0;
};

struct Session {
  std::vector<GeneralistPlan> plans;
  std::vector<std::filesystem::path> folders;  ///< of the plans
  std::string device = "auto";
  int threads = 0, makers = 4;

  /// All plans at once. The slowest rate, and the steps of the one that came furthest.
  std::pair<double, std::int64_t> carryOut(Clock::time_point end) const {
    const PieceForm form = pieceForm(plans.front(), chooseDevice(device, threads));
    SharedBatches batches(plans.front(), form, plans.size());
    std::vector<std::future<std::pair<double, std::int64_t>>> all;
    for (std::size_t i = 0; i < plans.size(); ++i)
      all.push_back(std::async(std::launch::async, [&, i] {
        const GeneralistPlan& plan = plans[i];
        TimedJob job(folders[i].filename().string(), end);
        const GeneralistLesson lesson{.batches = [&, i](std::int64_t step) { return batches.take(i, step); }};
        try {
          const GeneralistTraining done = trainGeneralist(plan, folders[i], device, threads, makers, job, lesson);
          job.log("ended: " + done.curve.back().dump());
        } catch (const Cancelled&) {
        } catch (...) {
          batches.leave(i);
          throw;
        }
        batches.leave(i);
        return std::pair{job.rate(), job.done()};
      }));
    std::pair<double, std::int64_t> together{1e9, 0};
    for (auto& one : all) {
      const auto [rate, done] = one.get();
      together = {std::min(together.first, rate), std::max(together.second, done)};
    }
    return together;
  }
};

int session(int count, char** words) {
  Session session;
  const double seconds = std::stod(words[2]);
  double probe = 60;
  const auto begin = Clock::now();
  for (int i = 3; i < count; ++i) {
    const std::string word = words[i];
    const auto value = [&] {
      if (++i == count) throw Error(ErrorKind::Usage, "no-value", word + " needs a value.");
      return std::string(words[i]);
    };
    if (word == "--device") session.device = value();
    else if (word == "--threads") session.threads = std::stoi(value());
    else if (word == "--makers") session.makers = std::stoi(value());
    else if (word == "--probe") probe = std::stod(value());
    else {
      session.plans.push_back(generalistPlanFromJson(readJson(word)));
      session.folders.push_back(std::filesystem::path(words[1]) / std::filesystem::path(word).stem());
    }
  }
  const auto at = [&](double after) { return begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(after)); };
  std::cout << toJson(deviceReport()).dump() << std::endl;
  at::globalContext().setBenchmarkCuDNN(true);  // batches all have the same shape
  const std::vector<GeneralistPlan> wanted = session.plans;
  for (auto& plan : session.plans) plan.params["steps"] = 10'000'000, plan.params["validate_every"] = 1'000'000;
  const auto [rate, done] = session.carryOut(at(probe));
  // What is left for validation at the end and for writing.
  const double left = std::max(1.0, 0.97 * (seconds - secondsSince(begin)) - 8);
  double fall = 0;
  for (const auto& plan : session.plans) fall = std::max(fall, plan.at<double>("fall"));
  // Nobody may have come to the fall of the learning rate yet.
  const auto least = static_cast<std::int64_t>(static_cast<double>(done + 1) / std::max(0.01, 1 - fall)) + 2;
  const auto steps = std::max(least, done + static_cast<std::int64_t>(rate * left));
  std::cout << done << " steps, " << rate << " a second: " << steps << " in all" << std::endl;
  session.plans = wanted;
  for (std::size_t i = 0; i < session.plans.size(); ++i) {
    GeneralistPlan& plan = session.plans[i];
    plan.params["steps"] = steps, plan.params["validate_every"] = std::max<std::int64_t>(1, steps / 8);
    writeJsonAtomically(session.folders[i] / "plan.json", toJson(plan));
  }
  session.carryOut(at(10 * seconds));
  std::cout << "after " << secondsSince(begin) << " s" << std::endl;
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) {
    std::cerr << "generalist_session OUT SECONDS PLAN.json... [--device D] [--threads N] [--makers N] [--probe SECONDS]\n";
    return 2;
  }
  try {
    return session(count, words);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
