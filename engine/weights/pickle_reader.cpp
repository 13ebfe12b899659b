#include "weights/pickle_reader.h"

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weights/pickle_globals.h"
#include "weights/refusal.h"

namespace roundel::pickle {
namespace {

/// Python's names and codes (Lib/pickle.py).
// clang-format off
enum Opcode : unsigned char {
  Mark = '(', Stop = '.', Pop = '0', PopMark = '1', Dup = '2', BinFloat = 'G', BinInt = 'J', BinInt1 = 'K', BinInt2 = 'M', NoneValue =
  'N', BinPersid = 'Q', Reduce = 'R', BinString = 'T', ShortBinString = 'U', BinUnicode = 'X', Append = 'a', Build = 'b', GlobalName =
  'c', DictOfMark = 'd', EmptyDict = '}', Appends = 'e', BinGet = 'h', LongBinGet = 'j', ListOfMark = 'l', EmptyList = ']', Obj = 'o',
  BinPut = 'q', LongBinPut = 'r', SetItem = 's', TupleOfMark = 't', EmptyTuple = ')', SetItems = 'u', BinBytes = 'B', ShortBinBytes =
  'C', Proto = 0x80, NewObj = 0x81, Tuple1 = 0x85, Tuple2 = 0x86, Tuple3 = 0x87, NewTrue = 0x88, NewFalse = 0x89, Long1 = 0x8a, Long4 =
  0x8b, ShortBinUnicode = 0x8c, BinUnicode8 = 0x8d, BinBytes8 = 0x8e, EmptySet = 0x8f, AddItems = 0x90, FrozenSet = 0x91, NewObjEx =
  0x92, StackGlobal = 0x93, Memoize = 0x94, Frame = 0x95, ByteArray8 = 0x96
};
// clang-format on

class Machine {
 public:
  Machine(std::span<const std::byte> bytes, const std::filesystem::path& file, const Limits& limits)
      : m_source(reinterpret_cast<const char*>(bytes.data()), bytes.size()), m_file(file), m_limits(limits), m_graph(m_source) {
    if (bytes.size() > limits.bytes) refuse("its list of tensors is larger than that of any checkpoint", kSaveAgain);
    m_none = m_graph.addPlain(Kind::None);
    m_false = m_graph.addPlain(Kind::Boolean, 0);
    m_true = m_graph.addPlain(Kind::Boolean, 1);
    m_emptyTuple = m_graph.addPlain(Kind::Tuple);
  }

  Graph run() {
    if (m_source.size() < 2 || static_cast<unsigned char>(m_source[0]) != Proto)
      refuse("its list of tensors is written in a form that is not read", kSaveAgain);
    while (step()) {
      if (m_graph.size() > m_limits.values || m_stack.size() > m_limits.stack || m_marks.size() > m_limits.marks)
        refuse("its list of tensors is larger or deeper than that of any checkpoint", kDoNotTrust);
    }
    switch (m_graph.checkShape(m_limits.depth)) {
      case Graph::Shape::Circular: refuse("its list of tensors contains itself", kDoNotTrust);
      case Graph::Shape::TooDeep: refuse("its list of tensors is nested deeper than that of any checkpoint", kDoNotTrust);
      case Graph::Shape::Sound: break;
    }
    return std::move(m_graph);
  }

 private:
  [[noreturn]] void refuse(const std::string& reason, const char* remedy = kFetchAgain) const { refuseWeights(m_file, reason, remedy); }
  [[noreturn]] void damaged() const { refuse("its list of tensors is damaged at byte " + std::to_string(m_at)); }

  // The source.
  template <class Number>
  Number number() {
    Number value = 0;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view take(std::uint64_t count) {
    if (count > m_source.size() - m_at) refuse("its list of tensors is cut short, or claims a text longer than the file");
    const auto taken = m_source.substr(m_at, count);
    m_at += count;
    return taken;
  }
  Id text(Kind kind, std::uint64_t length) {
    const std::size_t offset = m_at;
    take(length);
    return m_graph.addText(kind, offset, length);
  }
  Id line() {
    const std::size_t end = m_source.substr(m_at, 1024).find('\n');
    if (end == m_source.npos) damaged();
    const Id id = text(Kind::Text, end);
    ++m_at;
    return id;
  }
  Id bigNumber(std::uint64_t length) {
    const std::string_view digits = take(length);
    if (digits.size() > 8) return m_graph.addPlain(Kind::BigInteger);
    const bool negative = !digits.empty() && (digits.back() & 0x80) != 0;
    std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
    std::memcpy(&value, digits.data(), digits.size());
    return m_graph.addPlain(Kind::Integer, value);
  }
  Id integer(std::int64_t value) { return m_graph.addPlain(Kind::Integer, static_cast<std::uint64_t>(value)); }
  Id real() {
    auto bits = number<std::uint64_t>();  // big-endian
    std::uint64_t value = 0;
    for (int byte = 0; byte < 8; ++byte, bits >>= 8) value = value << 8 | (bits & 0xFF);
    return m_graph.addPlain(Kind::Real, value);
  }

  // The stack. What lies below the newest mark is out of reach until that is taken away.
  std::size_t floor() const { return m_marks.empty() ? 0 : m_marks.back(); }
  void push(Id id) { m_stack.push_back(id); }
  Id pop() {
    if (m_stack.size() <= floor()) damaged();
    const Id id = m_stack.back();
    m_stack.pop_back();
    return id;
  }
  Id top() const {
    if (m_stack.size() <= floor()) damaged();
    return m_stack.back();
  }
  /// Everything above the newest mark, which goes away.
  std::vector<Id> popMark() {
    if (m_marks.empty()) damaged();
    std::vector<Id> items(m_stack.begin() + static_cast<std::ptrdiff_t>(m_marks.back()), m_stack.end());
    m_stack.resize(m_marks.back());
    m_marks.pop_back();
    return items;
  }

  // Containers.
  Id container(Kind kind, const std::vector<Id>& items) {
    if (kind == Kind::Tuple && items.empty()) return m_emptyTuple;
    if (kind == Kind::Dict && items.size() % 2 != 0) damaged();
    const Id id = m_graph.addPlain(kind);
    for (const Id item : items) m_graph.append(id, item);
    return id;
  }
  Id tuple(std::size_t count) {
    std::vector<Id> items(count);
    while (count > 0) items[--count] = pop();
    return container(Kind::Tuple, items);
  }
  void extend(const std::vector<Id>& items) {
    const Id target = top();
    const Kind kind = m_graph.kind(target);
    if (kind == Kind::Object) m_graph.markAppended(target);
    else if (kind != Kind::List) damaged();
    for (const Id item : items) m_graph.append(target, item);
  }
  void addToSet(const std::vector<Id>& items) {
    if (m_graph.kind(top()) != Kind::Set) damaged();
    for (const Id item : items) m_graph.append(top(), item);
  }
  void setItems(const std::vector<Id>& items) {
    const Kind kind = m_graph.kind(top());
    if ((kind != Kind::Dict && kind != Kind::Object) || items.size() % 2 != 0) damaged();
    for (const Id item : items) m_graph.append(top(), item);
  }
  void setItem() {
    const Id value = pop(), key = pop();
    setItems({key, value});
  }

  // The memo.
  void put(std::uint64_t index) {
    if (index > m_source.size()) damaged();  // Python counts them up
    if (index >= m_memo.size()) m_memo.resize(index + 1, kNothing);
    m_memo[index] = top();
  }
  void memoize() {
    while (m_next < m_memo.size() && m_memo[m_next] != kNothing) ++m_next;
    put(m_next);
  }
  Id get(std::uint64_t index) const {
    if (index >= m_memo.size() || m_memo[index] == kNothing) damaged();
    return m_memo[index];
  }

  // Names and calls.
  [[noreturn]] void distrust(const std::string& name) const {
    refuse("it wants Python to run " + shownName(name) + ", which weights have no need of; it may have been made to do harm", kDoNotTrust);
  }
  Id global(Id module, Id name) {
    if (m_graph.kind(module) != Kind::Text || m_graph.kind(name) != Kind::Text) damaged();
    if (!isHonest(m_graph.text(module), m_graph.text(name), Use::Named))
      distrust(std::string(m_graph.text(module)) + "." + std::string(m_graph.text(name)));
    return m_graph.addPair(Kind::Global, module, name);
  }
  Id stackGlobal() {
    const Id name = pop();
    return global(pop(), name);
  }
  /// What a callable is called in Python: a Global, or getattr(Global, "Inner"), by which nested classes are pickled.
  void checkCallable(Id callable) const {
    std::string attributes;
    for (int depth = 0; m_graph.kind(callable) == Kind::Object && depth < 4; ++depth) {
      const Id called = m_graph.callable(callable);
      const auto arguments = m_graph.items(m_graph.arguments(callable), 3);
      if (m_graph.kind(called) != Kind::Global || m_graph.name(called) != "getattr" || arguments.size() != 2 ||
          m_graph.kind(arguments[1]) != Kind::Text)
        break;
      attributes = "." + std::string(m_graph.text(arguments[1])) + attributes;
      callable = arguments[0];
    }
    if (m_graph.kind(callable) != Kind::Global) distrust("a function that it puts together itself");
    const std::string module(m_graph.module(callable)), name = std::string(m_graph.name(callable)) + attributes;
    if (!isHonest(module, name, Use::Called)) distrust(module + "." + name);
  }
  Id call(Id callable, Id arguments) {
    if (m_graph.kind(arguments) != Kind::Tuple) damaged();
    checkCallable(callable);
    return m_graph.addPair(Kind::Object, callable, arguments);
  }
  Id reduce() {
    const Id arguments = pop();
    return call(pop(), arguments);
  }
  Id newObjectEx() {
    const Id named = pop();
    if (m_graph.kind(named) != Kind::Dict) damaged();
    return reduce();
  }
  Id objectOfMark() {
    std::vector<Id> items = popMark();
    if (items.empty()) damaged();
    const Id callable = items.front();
    items.erase(items.begin());
    return call(callable, container(Kind::Tuple, items));
  }
  void build() {
    const Id state = pop();
    if (m_graph.kind(top()) != Kind::Object) damaged();
    m_graph.setState(top(), state);
  }
  void markHere() { m_marks.push_back(m_stack.size()); }
  void popOne() {
    if (!m_marks.empty() && m_marks.back() == m_stack.size()) m_marks.pop_back();
    else pop();
  }
  void checkProtocol() {
    if (number<std::uint8_t>() > 5) refuse("its list of tensors was written by a newer Python than is known here", kSaveAgain);
  }

  /// One instruction; false at the last one.
  bool step() {
    switch (number<std::uint8_t>()) {
      case Proto: checkProtocol(); break;
      case Frame: number<std::uint64_t>(); break;
      case Stop: m_graph.setRoot(pop()); return false;
      case Mark: markHere(); break;
      case Pop: popOne(); break;
      case PopMark: popMark(); break;
      case Dup: push(top()); break;

      case NoneValue: push(m_none); break;
      case NewTrue: push(m_true); break;
      case NewFalse: push(m_false); break;
      case BinInt: push(integer(number<std::int32_t>())); break;
      case BinInt1: push(integer(number<std::uint8_t>())); break;
      case BinInt2: push(integer(number<std::uint16_t>())); break;
      case Long1: push(bigNumber(number<std::uint8_t>())); break;
      case Long4: push(bigNumber(number<std::uint32_t>())); break;
      case BinFloat: push(real()); break;

      case ShortBinUnicode: push(text(Kind::Text, number<std::uint8_t>())); break;
      case BinUnicode: push(text(Kind::Text, number<std::uint32_t>())); break;
      case BinUnicode8: push(text(Kind::Text, number<std::uint64_t>())); break;
      case ShortBinString: push(text(Kind::Text, number<std::uint8_t>())); break;
      case BinString: push(text(Kind::Text, number<std::uint32_t>())); break;
      case ShortBinBytes: push(text(Kind::Bytes, number<std::uint8_t>())); break;
      case BinBytes: push(text(Kind::Bytes, number<std::uint32_t>())); break;
      case BinBytes8:
      case ByteArray8: push(text(Kind::Bytes, number<std::uint64_t>())); break;

      case EmptyList: push(m_graph.addPlain(Kind::List)); break;
      case EmptyDict: push(m_graph.addPlain(Kind::Dict)); break;
      case EmptySet: push(m_graph.addPlain(Kind::Set)); break;
      case EmptyTuple: push(m_emptyTuple); break;
      case Tuple1: push(tuple(1)); break;
      case Tuple2: push(tuple(2)); break;
      case Tuple3: push(tuple(3)); break;
      case TupleOfMark: push(container(Kind::Tuple, popMark())); break;
      case ListOfMark: push(container(Kind::List, popMark())); break;
      case DictOfMark: push(container(Kind::Dict, popMark())); break;
      case FrozenSet: push(container(Kind::Set, popMark())); break;
      case Append: extend({pop()}); break;
      case Appends: extend(popMark()); break;
      case AddItems: addToSet(popMark()); break;
      case SetItem: setItem(); break;
      case SetItems: setItems(popMark()); break;

      case BinPut: put(number<std::uint8_t>()); break;
      case LongBinPut: put(number<std::uint32_t>()); break;
      case Memoize: memoize(); break;
      case BinGet: push(get(number<std::uint8_t>())); break;
      case LongBinGet: push(get(number<std::uint32_t>())); break;

      case GlobalName: {
        const Id module = line();
        push(global(module, line()));
        break;
      }
      case StackGlobal: push(stackGlobal()); break;
      case BinPersid: push(m_graph.addPair(Kind::Persistent, pop())); break;
      case Reduce:
      case NewObj: push(reduce()); break;
      case NewObjEx: push(newObjectEx()); break;
      case Obj: push(objectOfMark()); break;
      case Build: build(); break;
      default:
        refuse("its list of tensors uses an instruction that PyTorch does not write (byte " + std::to_string(m_at - 1) + ")", kSaveAgain);
    }
    return true;
  }

  std::string_view m_source;
  std::size_t m_at = 0;
  const std::filesystem::path& m_file;
  const Limits& m_limits;
  Graph m_graph;
  std::vector<Id> m_stack;
  std::vector<std::size_t> m_marks;
  std::vector<Id> m_memo;
  std::size_t m_next = 0;  // the memo's first free place
  Id m_none, m_false, m_true, m_emptyTuple;
};

}  // namespace

Graph read(std::span<const std::byte> bytes, const std::filesystem::path& file, const Limits& limits) {
  return Machine(bytes, file, limits).run();
}

}  // namespace roundel::pickle
