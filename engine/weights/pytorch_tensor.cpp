#include "weights/pytorch_tensor.h"

#include <algorithm>
#include <map>

#include "weights/refusal.h"

namespace roundel {
namespace {

using pickle::Graph;
using pickle::Id;
using pickle::Kind;

constexpr std::size_t kLargestRank = 32, kMaximumArguments = 16;

bool isGlobal(const Graph& graph, Id id, std::string_view module, std::string_view name) {
  return graph.kind(id) == Kind::Global && graph.module(id) == module && graph.name(id) == name;
}

/// The call that puts a tensor together: function (a Global) and arguments.
struct Rebuild {
  Id function = pickle::kNothing;
  std::vector<Id> arguments;
};

/// Looks through the wrappers of parameters and of tensors with attributes of their own.
std::optional<Rebuild> rebuildOf(const Graph& graph, Id value) {
  if (graph.kind(value) != Kind::Object) return {};
  Rebuild call{graph.callable(value), graph.items(graph.arguments(value), kMaximumArguments)};
  for (int wrappers = 0; wrappers < 8; ++wrappers) {
    if (graph.kind(call.function) != Kind::Global) return {};
    if (isGlobal(graph, call.function, "torch._tensor", "_rebuild_from_type_v2")) {
      if (call.arguments.size() < 3) return {};
      call = {call.arguments[0], graph.items(call.arguments[2], kMaximumArguments)};
    } else if (isGlobal(graph, call.function, "torch._utils", "_rebuild_parameter") ||
               isGlobal(graph, call.function, "torch._utils", "_rebuild_parameter_with_state")) {
      if (call.arguments.empty() || graph.kind(call.arguments[0]) != Kind::Object) return {};
      const Id inner = call.arguments[0];
      call = {graph.callable(inner), graph.items(graph.arguments(inner), kMaximumArguments)};
    } else {
      return graph.module(call.function) == "torch._utils" && graph.name(call.function).starts_with("_rebuild") ? std::optional(call)
                                                                                                                : std::nullopt;
    }
  }
  return {};
}

/// "" for a storage or dtype that is not read, or that decides nothing.
std::string dtypeOf(const Graph& graph, Id id) {
  static const std::map<std::string_view, const char*> kStorages = {{"FloatStorage", "F32"},
                                                                    {"DoubleStorage", "F64"},
                                                                    {"HalfStorage", "F16"},
                                                                    {"BFloat16Storage", "BF16"},
                                                                    {"LongStorage", "I64"},
                                                                    {"IntStorage", "I32"},
                                                                    {"ShortStorage", "I16"},
                                                                    {"CharStorage", "I8"},
                                                                    {"ByteStorage", "U8"},
                                                                    {"BoolStorage", "BOOL"},
                                                                    {"float32", "F32"},
                                                                    {"float64", "F64"},
                                                                    {"float16", "F16"},
                                                                    {"bfloat16", "BF16"},
                                                                    {"int64", "I64"},
                                                                    {"int32", "I32"},
                                                                    {"int16", "I16"},
                                                                    {"int8", "I8"},
                                                                    {"uint8", "U8"},
                                                                    {"bool", "BOOL"},
                                                                    {"uint16", "U16"},
                                                                    {"uint32", "U32"},
                                                                    {"uint64", "U64"},
                                                                    {"float8_e5m2", "F8_E5M2"},
                                                                    {"float8_e4m3fn", "F8_E4M3"}};
  if (graph.kind(id) != Kind::Global || (graph.module(id) != "torch" && graph.module(id) != "torch.cuda")) return "";
  const auto found = kStorages.find(graph.name(id));
  return found == kStorages.end() ? "" : found->second;
}

class TensorReader {
 public:
  TensorReader(const Graph& graph, const std::filesystem::path& file, std::string_view name) : m_graph(graph), m_file(file), m_name(name) {}

  std::optional<PyTorchTensor> read(const Rebuild& call) const {
    const std::string_view function = m_graph.name(call.function);
    const bool typed = function == "_rebuild_tensor_v2" || function == "_rebuild_tensor", untyped = function == "_rebuild_tensor_v3";
    if (!typed && !untyped) return {};
    const auto& arguments = call.arguments;
    if (arguments.size() < (untyped ? 7 : 4) || m_graph.kind(arguments[0]) != Kind::Persistent) impossible("is not described fully");
    const auto storage = m_graph.items(m_graph.reference(arguments[0]), kMaximumArguments);
    const bool sound = m_graph.kind(m_graph.reference(arguments[0])) == Kind::Tuple && storage.size() >= 5 &&
                       m_graph.kind(storage[0]) == Kind::Text && m_graph.text(storage[0]) == "storage" &&
                       m_graph.kind(storage[1]) == Kind::Global && m_graph.kind(storage[2]) == Kind::Text;
    if (!sound) impossible("does not say where its numbers lie");
    PyTorchTensor tensor;
    tensor.dtype = dtypeOf(m_graph, untyped ? arguments[6] : storage[1]);
    if (tensor.dtype.empty()) return {};
    tensor.storage = keyOf(storage[2]);
    tensor.storageElements = count(storage[4], "a storage of an impossible size");
    tensor.offset = count(arguments[1], "an impossible offset");
    tensor.shape = counts(arguments[2], "an impossible size");
    tensor.strides = counts(arguments[3], "impossible strides");
    if (tensor.shape.size() != tensor.strides.size()) impossible("has sizes and strides that do not belong together");
    return tensor;
  }

 private:
  [[noreturn]] void impossible(const std::string& what) const { refuseWeights(m_file, "its tensor " + shownName(m_name) + " " + what); }

  /// A storage lies in the archive's folder data, under a plain name.
  std::string_view keyOf(Id id) const {
    const std::string_view key = m_graph.text(id);
    const bool plain = !key.empty() && key.size() <= 64 && std::all_of(key.begin(), key.end(), [](char letter) {
      return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' ||
             letter == '-';
    });
    if (!plain) refuseWeights(m_file, "its tensor " + shownName(m_name) + " wants to be read from a place outside the file", kDoNotTrust);
    return key;
  }
  std::int64_t count(Id id, const char* what) const {
    if (m_graph.kind(id) != Kind::Integer || m_graph.integer(id) < 0) impossible(std::string("has ") + what);
    return m_graph.integer(id);
  }
  /// A tuple, or a torch.Size of one.
  std::vector<std::int64_t> counts(Id id, const char* what) const {
    if (m_graph.kind(id) == Kind::Object && isGlobal(m_graph, m_graph.callable(id), "torch", "Size")) {
      const auto inner = m_graph.items(m_graph.arguments(id), 2);
      if (inner.size() == 1) id = inner[0];
    }
    if (m_graph.kind(id) != Kind::Tuple && m_graph.kind(id) != Kind::List) impossible(std::string("has ") + what);
    std::vector<std::int64_t> values;
    for (const Id item : m_graph.items(id, kLargestRank + 1)) values.push_back(count(item, what));
    if (values.size() > kLargestRank) impossible("has more dimensions than any tensor");
    return values;
  }

  const Graph& m_graph;
  const std::filesystem::path& m_file;
  std::string_view m_name;
};

}  // namespace

bool isTensor(const Graph& graph, Id value) { return rebuildOf(graph, value).has_value(); }

std::optional<PyTorchTensor> describeTensor(const Graph& graph, Id value, const std::filesystem::path& file, std::string_view name) {
  const auto call = rebuildOf(graph, value);
  return call ? TensorReader(graph, file, name).read(*call) : std::nullopt;
}

}  // namespace roundel
