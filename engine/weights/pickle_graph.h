#pragma once
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string_view>
#include <vector>

namespace roundel::pickle {

/// A value of a graph; shared where the pickle shares it.
using Id = std::uint32_t;
inline constexpr Id kNothing = std::numeric_limits<Id>::max();

enum class Kind : std::uint8_t {
  None,
  Boolean,
  Integer,     ///< fits 64 bits
  BigInteger,  ///< does not; its value is not kept
  Real,
  Text,  ///< meant to be UTF-8, unchecked
  Bytes,
  List,
  Tuple,
  Set,
  Dict,
  Global,      ///< the name of a class or function: never looked up, never called
  Object,      ///< what a class or function would have made of its arguments
  Persistent,  ///< what lies outside the pickle: a storage
};

/// What a pickle describes, as plain data in few flat arrays: nothing in it can be run, and neither a loop nor a deep nest in it
/// can overflow a stack, here or when it is freed. Texts are views on the pickle's bytes, which must outlive the graph.
class Graph {
 public:
  Id root() const { return m_root; }
  Kind kind(Id id) const { return m_nodes[id].kind; }

  bool boolean(Id id) const { return m_nodes[id].value != 0; }
  std::int64_t integer(Id id) const { return static_cast<std::int64_t>(m_nodes[id].value); }
  double real(Id id) const { return std::bit_cast<double>(m_nodes[id].value); }
  /// Of a Text or Bytes.
  std::string_view text(Id id) const { return m_source.substr(m_nodes[id].value, m_nodes[id].first); }
  /// Of a Global: where it is defined and its name.
  std::string_view module(Id id) const { return text(low(id)); }
  std::string_view name(Id id) const { return text(high(id)); }
  /// Of an Object: what was called (a Global, or an Object that stands for one), with which Tuple, and the state given later, if any.
  Id callable(Id id) const { return low(id); }
  Id arguments(Id id) const { return high(id); }
  Id state(Id id) const { return m_nodes[id].extra; }
  /// Of a Persistent.
  Id reference(Id id) const { return low(id); }

  /// The members of a container in their order; of a Dict, and of an Object that was filled like one, keys and values in turn. Ends
  /// early where `visit` gives false.
  template <class Visit>
  void forEachItem(Id id, Visit visit) const {
    if (!isContainer(id)) return;
    for (Id cell = m_nodes[id].first; cell != kNothing; cell = m_cells[cell].next)
      if (!visit(m_cells[cell].item)) return;
  }
  /// The first of them, at most so many: a container may be large and shared by many.
  std::vector<Id> items(Id id, std::size_t most) const;
  /// Whether an Object was filled as a list as well, which no mapping is.
  bool appended(Id id) const { return m_nodes[id].appended; }
  /// What bounds the memory: values, or members of containers, whichever are more.
  std::size_t size() const { return std::max(m_nodes.size(), m_cells.size()); }

  enum class Shape { Sound, Circular, TooDeep };
  /// Whether the containers in it are nested at most `deepest` deep and none holds itself. States of Objects are left out: objects of
  /// a program may refer to each other.
  Shape checkShape(std::size_t deepest) const;

  // Building, for the reader alone.
  explicit Graph(std::string_view source) : m_source(source) {}
  Id addPlain(Kind kind, std::uint64_t value = 0) { return add({.kind = kind, .value = value}); }
  Id addText(Kind kind, std::size_t offset, std::size_t length) {
    return add({.kind = kind, .first = static_cast<Id>(length), .value = offset});
  }
  Id addPair(Kind kind, Id low, Id high = kNothing) { return add({.kind = kind, .value = std::uint64_t{high} << 32 | low}); }
  void append(Id container, Id item);
  void markAppended(Id object) { m_nodes[object].appended = true; }
  void setState(Id object, Id state) { m_nodes[object].extra = state; }
  void setRoot(Id root) { m_root = root; }

 private:
  /// Containers chain their members through cells.
  struct Node {
    Kind kind = Kind::None;
    bool appended = false;
    Id first = kNothing;  ///< first cell; of a text its length
    Id last = kNothing;
    Id extra = kNothing;
    std::uint64_t value = 0;
  };
  struct Cell {
    Id item = kNothing;
    Id next = kNothing;
  };

  Id add(Node node);
  Id low(Id id) const { return static_cast<Id>(m_nodes[id].value); }
  Id high(Id id) const { return static_cast<Id>(m_nodes[id].value >> 32); }
  bool isContainer(Id id) const;

  std::string_view m_source;
  std::deque<Node> m_nodes;  // grows without a second copy
  std::deque<Cell> m_cells;
  Id m_root = kNothing;
};

}  // namespace roundel::pickle
