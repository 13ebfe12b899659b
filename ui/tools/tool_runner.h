#pragma once
#include <QObject>
#include <atomic>
#include <memory>
#include <thread>

#include "edit/edit_tool.h"

namespace roundel {

class SeenImage;

/// Runs one tool at a time beside the window, on a copy of the labels; a newer wish stops the one that is under way.
class ToolRunner : public QObject {
  Q_OBJECT

 public:
  struct Order {
    const EditTool* tool = nullptr;
    Annotation annotation;
    Geometry geometry;
    std::shared_ptr<SeenImage> image;  ///< null: the tool needs none
    int classIndex = 0;
    std::optional<SlicePlane> slice;
    std::vector<EditPoint> points;
    PaintPolicy policy;
    Json params;
  };

  explicit ToolRunner(QObject* parent = nullptr) : QObject(parent) {}
  ~ToolRunner() override;
  void run(Order order);
  void stop();
  bool running() const { return m_running; }

 Q_SIGNALS:
  void done(const roundel::LabelEdit& edit);
  void failed(const QString& sentence);

 private:
  std::thread m_thread;
  std::shared_ptr<std::atomic<bool>> m_stop;
  bool m_running = false;
};

}  // namespace roundel
