#pragma once
#include "ui/tools/gesture_tool.h"
#include "ui/tools/livewire_paths.h"

namespace roundel {

/// The gesture of the livewire: between the corners that are clicked the line is shown where it would run, also to the mouse.
class LivewireTool : public GestureTool {
 public:
  using GroundOf = std::function<LivewirePaths::Ground(const SliceView& view)>;

  LivewireTool(Ready ready, GroundOf ground);
  bool pointer(const PointerEvent& event) override;
  void paint(QPainter& painter, const SliceView& view) override;
  /// The line from the last corner to the mouse, as it is known now; for tests.
  const std::vector<EditPoint>& wire() const { return m_wire; }

 private:
  struct Piece {
    EditPoint from, to;
    std::vector<EditPoint> path;
  };
  const Piece* pieceOf(const EditPoint& from, const EditPoint& to) const;

  GroundOf m_ground;
  LivewirePaths m_paths;
  std::vector<Piece> m_pieces;  ///< between corners
  std::vector<EditPoint> m_wire;
  EditPoint m_wireFrom;
};

}  // namespace roundel
