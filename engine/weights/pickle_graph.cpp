#include "weights/pickle_graph.h"

namespace roundel::pickle {

Id Graph::add(Node node) {
  m_nodes.push_back(node);
  return static_cast<Id>(m_nodes.size() - 1);
}

void Graph::append(Id container, Id item) {
  const auto cell = static_cast<Id>(m_cells.size());
  m_cells.push_back({.item = item});
  Node& node = m_nodes[container];
  if (node.first == kNothing) node.first = cell;
  else m_cells[node.last].next = cell;
  node.last = cell;
}

std::vector<Id> Graph::items(Id id, std::size_t most) const {
  std::vector<Id> items;
  forEachItem(id, [&](Id item) {
    if (items.size() < most) items.push_back(item);
    return items.size() < most;
  });
  return items;
}

bool Graph::isContainer(Id id) const {
  switch (m_nodes[id].kind) {
    case Kind::List:
    case Kind::Tuple:
    case Kind::Set:
    case Kind::Dict:
    case Kind::Object: return true;
    default: return false;
  }
}

Graph::Shape Graph::checkShape(std::size_t deepest) const {
  enum class Visit : std::uint8_t { Never, Open, Done };
  struct Step {
    Id node;
    Id cell;  // the next to visit
    bool argumentsVisited;
  };
  std::vector<Visit> visits(m_nodes.size(), Visit::Never);
  std::vector<Step> path;
  const auto enter = [&](Id id) {
    visits[id] = Visit::Open;
    path.push_back({id, m_nodes[id].first, m_nodes[id].kind != Kind::Object});
  };
  if (m_root != kNothing && isContainer(m_root)) enter(m_root);
  while (!path.empty()) {
    Step& step = path.back();
    Id next = kNothing;
    if (!step.argumentsVisited) {
      step.argumentsVisited = true;
      next = arguments(step.node);
    } else if (step.cell != kNothing) {
      next = m_cells[step.cell].item;
      step.cell = m_cells[step.cell].next;
    } else {
      visits[step.node] = Visit::Done;
      path.pop_back();
      continue;
    }
    if (!isContainer(next) || visits[next] == Visit::Done) continue;
    if (visits[next] == Visit::Open) return Shape::Circular;
    if (path.size() >= deepest) return Shape::TooDeep;
    enter(next);
  }
  return Shape::Sound;
}

}  // namespace roundel::pickle
