#include "weights/weights_format.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "weights/refusal.h"

namespace roundel {
namespace {

using namespace std::string_view_literals;

/// Letters as small ones, without what is blank at the beginning.
std::string loweredStart(std::string_view start) {
  start.remove_prefix(std::min(start.find_first_not_of(" \t\r\n\xEF\xBB\xBF"), start.size()));
  std::string text(start.substr(0, 64));
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

bool isText(std::string_view start) {
  return std::all_of(start.begin(), start.end(), [](unsigned char letter) {
    return letter >= 0x20 ? letter != 0x7F : letter == '\n' || letter == '\r' || letter == '\t' || letter == '\f';
  });
}

[[noreturn]] void refuseText(const std::filesystem::path& path, const std::string& start) {
  if (start.starts_with("version https://git-lfs"))
    refuseWeights(path, "it is a pointer of Git LFS, which stands for the file that it names, not the weights themselves",
                  "Fetch the real file with \"git lfs pull\", or download it in the browser.");
  if (start.starts_with("<!doctype") || start.starts_with("<html") || start.starts_with("<?xml") || start.starts_with("<head"))
    refuseWeights(path, "it is a web page, saved in place of the weights",
                  "Open the download link in a browser: it may ask you to sign in or to agree to a licence first.");
  refuseWeights(path, "it is a text, not weights", "Choose the file of the weights (.pth, .pt or .safetensors), or download it again.");
}

}  // namespace

WeightsFormat recogniseWeights(const MappedFile& file) {
  const auto& path = file.path();
  const auto bytes = file.bytes();
  if (bytes.empty()) refuseWeights(path, "it is empty");
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 512));

  if (start.starts_with("PK\x03\x04"sv) || start.starts_with("PK\x05\x06"sv)) return WeightsFormat::PyTorch;
  // The number 0x1950a86a20f9469cfc6c, pickled: how torch.save began until 1.6. Still older files are tar archives.
  const bool legacy = start.starts_with("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"sv) ||
                      (start.size() > 262 && start.substr(257, 5) == "ustar");
  if (legacy)
    refuseWeights(path, "it is in PyTorch's legacy format, which was given up with version 1.6",
                  "Load it once with a current PyTorch and save its state_dict again with torch.save, or as a safetensors file.");
  if (start.size() > 2 && start[0] == '\x80' && start[1] >= 2 && start[1] <= 5)
    refuseWeights(path, "it is a pickled Python object, not what torch.save writes", kSaveAgain);
  if (start.starts_with("\x1f\x8b"sv) || start.starts_with("7z\xbc\xaf"sv) ||
      start.starts_with("\xfd"
                        "7zXZ"sv) ||
      start.starts_with("Rar!"sv) || start.starts_with("BZh"sv))
    refuseWeights(path, "it is compressed", "Unpack it first and choose the file inside.");
  if (start.starts_with("\x89HDF"sv))
    refuseWeights(path, "it is an HDF5 file, as Keras writes them", "Weights of this network are needed as PyTorch or safetensors files.");
  if (isText(start)) refuseText(path, loweredStart(start));
  if (start.size() > 8 && start[8] == '{') return WeightsFormat::Safetensors;
  refuseWeights(path, "it is neither a PyTorch file nor a safetensors file, or its beginning is damaged",
                "Choose the file of the weights (.pth, .pt or .safetensors), or copy it again from where it came.");
}

}  // namespace roundel
