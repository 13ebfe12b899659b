#include "core/bounded_json.h"

#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

/// Why reading stopped.
enum class Stop { No, Syntax, TooDeep, TooMany };

/// Builds the document event by event and stops at the limits.
class Builder : public nlohmann::json_sax<ForeignJson> {
 public:
  explicit Builder(JsonLimits limits) : m_limits(limits) {}

  ForeignJson result = nullptr;
  Stop stop = Stop::No;

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(std::int64_t value) override { return put(value); }
  bool number_unsigned(std::uint64_t value) override { return put(value); }
  bool number_float(double value, const std::string&) override { return put(value); }
  bool string(std::string& value) override { return put(std::move(value)); }
  bool binary(ForeignJson::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(ForeignJson::object()); }
  bool start_array(std::size_t) override { return open(ForeignJson::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    m_slot = &(*m_open.back())[name];
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    if (stop == Stop::No) stop = Stop::Syntax;
    return false;
  }

 private:
  ForeignJson* place(ForeignJson&& value) {
    if (++m_values > m_limits.values) {
      stop = Stop::TooMany;
      return nullptr;
    }
    if (m_open.empty()) {
      result = std::move(value);
      return &result;
    }
    if (m_open.back()->is_array()) {
      m_open.back()->push_back(std::move(value));
      return &m_open.back()->back();
    }
    *m_slot = std::move(value);
    return m_slot;
  }
  bool put(ForeignJson&& value) { return place(std::move(value)) != nullptr; }
  bool open(ForeignJson&& value) {
    if (static_cast<int>(m_open.size()) >= m_limits.depth) {
      stop = Stop::TooDeep;
      return false;
    }
    ForeignJson* placed = place(std::move(value));
    if (placed == nullptr) return false;
    m_open.push_back(placed);
    return true;
  }
  bool close() {
    m_open.pop_back();
    return true;
  }

  JsonLimits m_limits;
  std::int64_t m_values = 0;
  std::vector<ForeignJson*> m_open;
  ForeignJson* m_slot = nullptr;
};

/// Notes the outermost object's keys and forgets everything else.
class KeyCollector : public nlohmann::json_sax<ForeignJson> {
 public:
  explicit KeyCollector(JsonLimits limits) : m_limits(limits) {}

  std::set<std::string> keys;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(ForeignJson::binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    m_objectAtTop = m_objectAtTop || m_depth == 0;
    return ++m_depth <= m_limits.depth;
  }
  bool start_array(std::size_t) override { return ++m_depth <= m_limits.depth; }
  bool end_object() override {
    --m_depth;
    return true;
  }
  bool end_array() override {
    --m_depth;
    return true;
  }
  bool key(std::string& name) override {
    if (m_depth == 1 && m_objectAtTop && keys.size() < 1000) keys.insert(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  JsonLimits m_limits;
  int m_depth = 0;
  bool m_objectAtTop = false;
};

}  // namespace

ForeignJson parseForeignJson(std::string_view text, const std::filesystem::path& file, JsonLimits limits) {
  const std::string shown = displayPath(file);
  if (text.size() > limits.bytes)
    throw Error(ErrorKind::BadInput, "document-too-large", shown + " is larger than such a document can be.", {.path = shown});
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Builder builder(limits);
  const bool whole = ForeignJson::sax_parse(text.begin(), text.end(), &builder);
  if (builder.stop == Stop::TooDeep || builder.stop == Stop::TooMany)
    throw Error(ErrorKind::BadInput, "document-too-large",
                shown + (builder.stop == Stop::TooDeep ? " is nested too deeply." : " holds more values than such a document can."),
                {.path = shown});
  if (!whole) throw Error(ErrorKind::BadInput, "bad-document", shown + " is not valid JSON.", {.path = shown});
  return std::move(builder.result);
}

ForeignJson readForeignJson(const std::filesystem::path& file, JsonLimits limits) {
  return parseForeignJson(readFile(file, limits.bytes), file, limits);
}

std::set<std::string> outermostKeys(const std::filesystem::path& file, JsonLimits limits) {
  try {
    const std::string text = readFile(file, limits.bytes);
    KeyCollector collector(limits);
    ForeignJson::sax_parse(text, &collector);
    return std::move(collector.keys);
  } catch (const Error&) {
    return {};
  }
}

const ForeignJson* member(const ForeignJson& object, const std::string& key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::optional<std::int64_t> asInteger(const ForeignJson& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const auto number = value.get<double>();
  if (!(std::abs(number) < 9e15) || number != std::floor(number)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<std::int64_t> integerMember(const ForeignJson& object, const std::string& key) {
  const auto* value = member(object, key);
  return value == nullptr ? std::nullopt : asInteger(*value);
}

std::optional<double> numberMember(const ForeignJson& object, const std::string& key) {
  const auto* value = member(object, key);
  return value == nullptr || !value->is_number() ? std::nullopt : std::optional(value->get<double>());
}

std::optional<std::string> textMember(const ForeignJson& object, const std::string& key) {
  const auto* value = member(object, key);
  return value == nullptr || !value->is_string() ? std::nullopt : std::optional(sanitisedUtf8(value->get_ref<const std::string&>()));
}

const ForeignJson* arrayMember(const ForeignJson& object, const std::string& key) {
  const auto* value = member(object, key);
  return value == nullptr || !value->is_array() ? nullptr : value;
}

const ForeignJson* objectMember(const ForeignJson& object, const std::string& key) {
  const auto* value = member(object, key);
  return value == nullptr || !value->is_object() ? nullptr : value;
}

}  // namespace roundel
