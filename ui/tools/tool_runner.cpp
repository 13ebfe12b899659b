#include "ui/tools/tool_runner.h"

#include "ui/seen_image.h"
#include "ui/texts.h"

namespace roundel {
namespace {

class StoppableJob : public Job {
 public:
  explicit StoppableJob(std::shared_ptr<std::atomic<bool>> stop) : m_stop(std::move(stop)) {}
  bool stopRequested() const override { return *m_stop; }

 private:
  std::shared_ptr<std::atomic<bool>> m_stop;
};

}  // namespace

ToolRunner::~ToolRunner() { stop(); }

void ToolRunner::stop() {
  if (m_stop) *m_stop = true;
  if (m_thread.joinable()) m_thread.join();
  m_running = false;
}

void ToolRunner::run(Order order) {
  stop();
  m_stop = std::make_shared<std::atomic<bool>>(false);
  m_running = true;
  m_thread = std::thread([this, stop = m_stop, order = std::move(order)] {
    // What is told is passed over where it was stopped meanwhile.
    const auto tell = [this, stop](auto what) {
      QMetaObject::invokeMethod(this, [this, stop, what] {
        if (*stop) return;
        m_running = false;
        what();
      });
    };
    try {
      const std::shared_ptr<const Image> image = order.image ? order.image->get() : nullptr;
      const EditRequest request{.annotation = order.annotation,
                                .geometry = order.geometry,
                                .image = image.get(),
                                .classIndex = order.classIndex,
                                .slice = order.slice,
                                .points = order.points,
                                .policy = order.policy};
      const LabelEdit edit = useEditTool(*order.tool, request, order.params, StoppableJob(stop));
      tell([this, edit] { Q_EMIT done(edit); });
    } catch (const Cancelled&) {
      return;
    } catch (const Error& error) {
      tell([this, sentence = sentenceOf(error)] { Q_EMIT failed(sentence); });
    } catch (const std::exception& error) {
      tell([this, sentence = QString::fromUtf8(error.what())] { Q_EMIT failed(sentence); });
    }
  });
}

}  // namespace roundel
