#include "weights/safetensors_header.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "weights/refusal.h"

namespace roundel {
namespace {

constexpr int kMaximumDepth = 4;  // header, tensor, list: three are needed
constexpr std::size_t kMaximumRank = 32, kMaximumMetadata = 10'000;

/// Follows the JSON's events. Depth 1 is the header, depth 2 a tensor's description or the metadata, depth 3 a list of numbers.
class HeaderReader : public nlohmann::json_sax<Json> {
 public:
  std::string reason = "its header is not valid JSON";
  SafetensorsHeader header;

  bool null() override { return other(); }
  bool boolean(bool) override { return other(); }
  bool binary(binary_t&) override { return other(); }
  bool number_integer(number_integer_t) override { return notACount(); }  // negative
  bool number_float(number_float_t, const string_t&) override { return notACount(); }
  bool number_unsigned(number_unsigned_t value) override {
    if (m_depth != 3 || m_list == nullptr) return other();
    if (m_list->size() >= (m_list == &m_offsets ? 2 : kMaximumRank))
      return m_list == &m_offsets ? badOffsets() : no(subject() + " has an impossible shape");
    m_list->push_back(value);
    return true;
  }
  bool string(string_t& text) override {
    if (m_depth == 2 && m_inMetadata) return addMetadata(text);
    if (m_depth == 2 && m_field == "dtype") {
      entry().dtype = text;
      return true;
    }
    return other();
  }
  bool start_object(std::size_t) override {
    if (m_depth == 1) return enter();
    return (m_depth == 0 || other()) && enter();
  }
  bool end_object() override {
    --m_depth;
    if (m_depth != 1) return true;
    return m_inMetadata || finishEntry();
  }
  bool start_array(std::size_t) override {
    if (m_depth == 0) return no("its header is no JSON object");
    if (m_depth == 2 && !m_inMetadata && m_field == "shape") m_list = &entry().shape;
    else if (m_depth == 2 && !m_inMetadata && m_field == "data_offsets") m_list = &m_offsets;
    else if (!other()) return false;
    return enter();
  }
  bool end_array() override {
    --m_depth;
    if (m_depth == 2) m_list = nullptr;
    return true;
  }
  bool key(string_t& name) override {
    if (m_depth == 1) return startValue(name);
    if (m_depth != 2) return true;
    m_field = name;
    // Texts of the metadata are as many as somebody likes; a tensor has three fields, and few unknown ones.
    if (m_fields.size() >= kMaximumMetadata)
      return no(m_inMetadata ? "its metadata has too many entries" : subject() + " is described by too many fields");
    return m_fields.insert(name).second || no("its header names " + shownName(name) + " twice");
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

 private:
  SafetensorsEntry& entry() { return header.entries.back(); }
  std::string subject() { return "tensor " + shownName(entry().name); }

  bool no(std::string because) {
    reason = std::move(because);
    return false;
  }
  bool badOffsets() { return no(subject() + " has offsets that are no pair of numbers"); }
  bool badMetadata() { return no("its metadata is no object of texts"); }
  bool notACount() {
    if (m_depth != 3 || m_list == nullptr) return other();
    return m_list == &m_offsets ? badOffsets() : no(subject() + " has a shape that is no list of sizes");
  }
  bool enter() { return ++m_depth <= kMaximumDepth || no("its header is nested deeper than the format allows"); }

  bool startValue(const std::string& name) {
    m_inMetadata = name == "__metadata__";
    m_fields.clear();
    m_field.clear();
    m_offsets.clear();
    if (!m_inMetadata) header.entries.push_back({.name = name});
    else if (std::exchange(m_metadataSeen, true)) return no("its header names __metadata__ twice");
    return true;
  }

  /// A value where none of its kind is wanted.
  bool other() {
    if (m_depth == 0) return no("its header is no JSON object");
    if (m_inMetadata) return badMetadata();
    if (m_depth == 1) return no(subject() + " is not described by an object");
    if (m_field == "dtype") return no(subject() + " has the unknown type of a value that is no text");
    if (m_field == "shape") return no(subject() + " has a shape that is no list of sizes");
    return m_field != "data_offsets" || badOffsets();
  }

  bool addMetadata(const std::string& text) {
    header.metadata[m_field] = text;
    return true;
  }

  bool finishEntry() {
    for (const char* field : {"dtype", "shape", "data_offsets"})
      if (!m_fields.contains(field)) return no(subject() + " has no \"" + field + "\"");
    if (m_offsets.size() != 2) return badOffsets();
    entry().begin = m_offsets[0];
    entry().end = m_offsets[1];
    return true;
  }

  int m_depth = 0;
  bool m_inMetadata = false;
  bool m_metadataSeen = false;
  std::string m_field;
  std::set<std::string> m_fields;
  std::vector<std::uint64_t> m_offsets;
  std::vector<std::uint64_t>* m_list = nullptr;
};

}  // namespace

SafetensorsHeader parseSafetensorsHeader(const std::filesystem::path& path, std::string_view text) {
  if (text.empty()) refuseSafetensors(path, "its header is empty");
  if (!isUtf8(text)) refuseSafetensors(path, "its header is not valid UTF-8");
  HeaderReader reader;
  try {
    if (!Json::sax_parse(text, &reader)) refuseSafetensors(path, reader.reason);
  } catch (const nlohmann::json::exception&) {
    refuseSafetensors(path, "its header is not valid JSON");
  }
  auto& entries = reader.header.entries;
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name == b.name; });
  if (twice != entries.end()) refuseSafetensors(path, "its header names " + shownName(twice->name) + " twice");
  return std::move(reader.header);
}

void refuseSafetensors(const std::filesystem::path& path, const std::string& reason) {
  const std::string shown = displayPath(path);
  throw Error(ErrorKind::BadInput, "bad-weights", shown + " is not a sound safetensors file: " + reason + ".",
              {.path = shown, .remedy = kFetchAgain});
}

}  // namespace roundel
