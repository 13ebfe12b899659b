#include "weights/pytorch_nesting.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/files.h"
#include "weights/pytorch_tensor.h"
#include "weights/refusal.h"

namespace roundel {
namespace {

using pickle::Graph;
using pickle::Id;
using pickle::Kind;

constexpr std::size_t kMostTensors = 65'536, kMostOthers = 100, kLongestName = 512;
constexpr int kDeepestNesting = 4;
constexpr const char* kWrappers[] = {"model_state_dict", "state_dict", "model_state", "model",  "parameters",
                                     "params",           "network",    "net",         "weights"};

using Entry = std::pair<std::string_view, Id>;
enum class Visit { GoOn, Stop };

class Search {
 public:
  Search(const Graph& graph, const std::filesystem::path& file) : m_graph(graph), m_file(file) {}

  FoundWeights run() {
    if (!isMapping(m_graph.root())) refuseOutermost();
    const Id place = walk(m_graph.root());
    if (holdsTensors(place)) collect(place, "");
    else collectParts(place);
    std::sort(m_found.tensors.begin(), m_found.tensors.end());
    const auto twice =
        std::adjacent_find(m_found.tensors.begin(), m_found.tensors.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice != m_found.tensors.end()) refuseWeights(m_file, "its tensor " + shownName(twice->first) + " comes twice");
    return std::move(m_found);
  }

 private:
  [[noreturn]] void refuseOutermost() const {
    const Id root = m_graph.root();
    if (isTensor(m_graph, root))
      refuseWeights(m_file, "it holds a single tensor instead of a network's weights by their names", kSaveAgain);
    if (m_graph.kind(root) == Kind::Object)
      refuseWeights(m_file, "it holds a whole object of a Python program instead of a network's weights by their names", kSaveAgain);
    refuseWeights(m_file, "its outermost value is no dictionary of tensors by their names", kSaveAgain);
  }

  /// A dict, or what was filled like one: OrderedDict, defaultdict, a dict of somebody's own.
  bool isMapping(Id id) const {
    if (m_graph.kind(id) == Kind::Dict) return true;
    if (m_graph.kind(id) != Kind::Object || m_graph.appended(id)) return false;
    return m_graph.items(id, 1).size() == 1 || isOrderedDict(id);
  }
  bool isOrderedDict(Id id) const {
    const Id called = m_graph.callable(id);
    return m_graph.kind(called) == Kind::Global && m_graph.module(called) == "collections" && m_graph.name(called) == "OrderedDict";
  }

  /// The entries whose keys are texts, until `visit(key, value)` gives Visit::Stop.
  template <class Function>
  void forEachEntry(Id mapping, Function visit) const {
    Id key = pickle::kNothing;
    m_graph.forEachItem(mapping, [&](Id item) {
      if (key == pickle::kNothing) {
        key = item;
        return true;
      }
      const Id name = std::exchange(key, pickle::kNothing);
      return m_graph.kind(name) != Kind::Text || visit(m_graph.text(name), item) == Visit::GoOn;
    });
  }

  /// Whether a mapping holds tensors itself; remembered, since many may share one.
  bool holdsTensors(Id id) {
    const auto [known, isNew] = m_holdsTensors.try_emplace(id, false);
    if (isNew)
      forEachEntry(id, [&, &holds = known->second](std::string_view, Id value) {
        holds = isTensor(m_graph, value);
        return holds ? Visit::Stop : Visit::GoOn;
      });
    return known->second;
  }

  /// Steps into wrappers until the tensors are here or no wrapper is left.
  Id walk(Id place) {
    for (int depth = 0; depth < kDeepestNesting; ++depth) {
      const auto wrapper = wrapperIn(place);
      if (!wrapper) break;
      m_found.nesting += (m_found.nesting.empty() ? "" : ".") + shownName(wrapper->first);
      place = wrapper->second;
    }
    return place;
  }

  std::optional<Entry> wrapperIn(Id place) {
    std::optional<Entry> found;
    for (const char* name : kWrappers) {
      forEachEntry(place, [&](std::string_view key, Id value) {
        if (key == name && isMapping(value) && leadsToTensors(value)) found = {key, value};
        return found ? Visit::Stop : Visit::GoOn;
      });
      if (found) return found;
    }
    return holdsTensors(place) ? std::nullopt : onlyPart(place);
  }

  /// The only mapping here that holds tensors, perhaps under several names.
  std::optional<Entry> onlyPart(Id place) {
    std::optional<Entry> only;
    bool several = false;
    forEachEntry(place, [&](std::string_view key, Id value) {
      if (!isMapping(value) || !holdsTensors(value)) return Visit::GoOn;
      several = only && only->second != value;
      if (!only) only = {key, value};
      return several ? Visit::Stop : Visit::GoOn;
    });
    return several ? std::nullopt : only;
  }

  /// Itself, or in a mapping within it; remembered, too.
  bool leadsToTensors(Id id) {
    if (holdsTensors(id)) return true;
    const auto [known, isNew] = m_leadsToTensors.try_emplace(id, false);
    if (isNew)
      forEachEntry(id, [&, &leads = known->second](std::string_view, Id value) {
        leads = isMapping(value) && holdsTensors(value);
        return leads ? Visit::Stop : Visit::GoOn;
      });
    return known->second;
  }

  void collect(Id place, const std::string& before) {
    forEachEntry(place, [&](std::string_view key, Id value) {
      if (!isUtf8(key) || key.size() > kLongestName) refuseWeights(m_file, "the name of a tensor is not valid UTF-8, or endless");
      if (isTensor(m_graph, value)) m_found.tensors.emplace_back(before + std::string(key), value);
      else if (m_found.others.size() < kMostOthers) m_found.others.push_back(before + std::string(key));
      if (m_found.tensors.size() > kMostTensors) refuseWeights(m_file, "it holds more tensors than any network", kDoNotTrust);
      return Visit::GoOn;
    });
  }

  void collectParts(Id place) {
    std::set<Id> seen;
    forEachEntry(place, [&](std::string_view key, Id value) {
      const bool isPart = isMapping(value) && holdsTensors(value) && key.size() <= kLongestName && isUtf8(key);
      if (isPart && seen.insert(value).second) collect(value, std::string(key) + ".");
      return Visit::GoOn;
    });
  }

  const Graph& m_graph;
  const std::filesystem::path& m_file;
  FoundWeights m_found;
  std::map<Id, bool> m_holdsTensors, m_leadsToTensors;
};

}  // namespace

FoundWeights findWeights(const Graph& graph, const std::filesystem::path& file) { return Search(graph, file).run(); }

}  // namespace roundel
