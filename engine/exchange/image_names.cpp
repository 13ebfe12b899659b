#include "exchange/image_names.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <numeric>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

constexpr std::size_t kMaximumFiles = 1'000'000;
constexpr std::array<const char*, 15> kImageEndings{".nii.gz", ".png",  ".jpg",  ".jpeg", ".tif", ".tiff", ".bmp", ".dcm",
                                                    ".nii",    ".nrrd", ".nhdr", ".mha",  ".mhd", ".hdr",  ".ima"};

bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::string lowerCase(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::size_t endingLength(const std::string& name) {
  const std::string lower = lowerCase(name);
  for (const char* ending : kImageEndings)
    if (lower.ends_with(ending)) return std::string_view(ending).size();
  return 0;
}

}  // namespace

bool naturallyBefore(const std::string& a, const std::string& b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (!isDigit(a[i]) || !isDigit(b[j])) {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i;
      ++j;
      continue;
    }
    const auto number = [](const std::string& text, std::size_t& at) {
      while (at < text.size() && text[at] == '0') ++at;
      const std::size_t start = at;
      while (at < text.size() && isDigit(text[at])) ++at;
      return text.substr(start, at - start);
    };
    const std::string left = number(a, i), right = number(b, j);
    if (left.size() != right.size()) return left.size() < right.size();
    if (left != right) return left < right;
  }
  if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
  return a < b;  // "01" and "1"
}

std::vector<std::filesystem::path> filesUnder(const std::filesystem::path& folder) {
  std::error_code code;
  if (std::filesystem::is_regular_file(folder, code)) return {folder};
  const auto refuse = [&](const std::string& word, const std::string& reason) {
    throw Error(ErrorKind::BadInput, word, displayPath(folder) + " " + reason + ".",
                {.path = displayPath(folder), .remedy = "Name a folder that is there and may be read."});
  };
  if (!std::filesystem::is_directory(folder, code)) refuse("unreadable-file", "is not there");
  std::vector<std::filesystem::path> files;
  auto at = std::filesystem::recursive_directory_iterator(folder, std::filesystem::directory_options::skip_permission_denied, code);
  for (; !code && at != std::filesystem::recursive_directory_iterator(); at.increment(code)) {
    const bool hidden = at->path().filename().native().starts_with(".");
    std::error_code ignored;
    if (hidden) {
      if (at->is_directory(ignored)) at.disable_recursion_pending();
      continue;
    }
    if (at.depth() > 32) at.disable_recursion_pending();
    if (!at->is_regular_file(ignored)) continue;
    if (files.size() == kMaximumFiles) refuse("too-many-files", "holds more than a million files");
    files.push_back(at->path());
  }
  if (code) refuse("unreadable-file", "cannot be read: " + code.message());
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return naturallyBefore(a.native(), b.native()); });
  return files;
}

bool beginsAsDicom(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::array<char, 132> head{};
  return stream.read(head.data(), static_cast<std::streamsize>(head.size())) && std::string_view(head.data() + 128, 4) == "DICM";
}

bool isImageName(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  if (endingLength(name) > 0) return true;
  const std::string extension = lowerExtension(file);
  const bool known = extension == ".json" || extension == ".xml" || extension == ".csv" || extension == ".txt" || extension == ".md";
  return !known && beginsAsDicom(file);
}

std::string lowerExtension(const std::filesystem::path& file) { return lowerCase(file.extension().string()); }

std::string imageStem(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  const std::size_t ending = endingLength(name);
  return ending < name.size() ? name.substr(0, name.size() - ending) : name;
}

std::string withoutLabelEnding(const std::string& stem) {
  for (const char* ending : {"_mask", "_masks", "_label", "_labels", "_seg", "_gt"})
    if (stem.size() > std::string_view(ending).size() && stem.ends_with(ending))
      return stem.substr(0, stem.size() - std::string_view(ending).size());
  return stem;
}

std::vector<std::string> imageReferences(const std::vector<std::filesystem::path>& images) {
  constexpr int kMostFolders = 16;
  std::vector<std::string> references(images.size());
  std::vector<std::size_t> open(images.size());
  std::iota(open.begin(), open.end(), std::size_t{0});
  for (int folders = 0; !open.empty() && folders <= kMostFolders; ++folders) {
    std::map<std::string, int> times;
    for (const std::size_t i : open) {
      std::filesystem::path folder = images[i].parent_path();
      for (int up = 1; up < folders; ++up) folder = folder.parent_path();
      const std::string file = displayPath(images[i].filename());
      if (folders == 0) references[i] = file;
      else if (const auto name = folder.filename(); !name.empty()) references[i] = displayPath(name) + "/" + references[i];
      ++times[references[i]];
    }
    std::erase_if(open, [&](std::size_t i) { return times[references[i]] == 1; });
  }
  return references;
}

}  // namespace roundel
