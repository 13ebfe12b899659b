#include <CLI/CLI.hpp>

#include <cstdlib>

#include "cli/commands/commands.h"
#include "core/error.h"
#include "core/files.h"
#include "imaging/decode_client.h"
#include "imaging/decode_worker.h"

namespace roundel::cli {
namespace {

struct DecodeFlags {
  std::vector<std::string> files;
  std::string out;
  std::string salt;
  int volume = 0;
  bool labels = false;
  bool worker = false;
};

std::string describe(const DecodedImage& decoded) {
  const Geometry& geometry = decoded.image.geometry;
  std::string text = decoded.format + ", " + std::to_string(geometry.size.x) + " x " + std::to_string(geometry.size.y);
  if (geometry.size.z > 1) text += " x " + std::to_string(geometry.size.z);
  return text + ", " + valueTypeName(decoded.image.values) + ", " + toString(decoded.image.photometric) + ", spacing from " +
         toString(geometry.spacingSource);
}

Outcome decodeVerb(const DecodeFlags& flags) {
  // The limited process itself: it speaks decode_protocol.h on its standard input and never comes back to the verb's frame.
  if (flags.worker) std::_Exit(serveDecoding());
  if (flags.files.empty())
    throw Error(ErrorKind::Usage, "no-file", "No image file was given.", {.remedy = "roundel decode FILE --out FOLDER"});
  if (flags.out.empty())
    throw Error(ErrorKind::Usage, "no-out", "The folder for the decoded pixels is missing.", {.remedy = "Give it with --out FOLDER."});
  DecodeClient client({.salt = flags.salt});
  DecodeRequest request{.volume = flags.volume, .paletteIndices = flags.labels};
  for (const auto& file : flags.files) request.paths.emplace_back(file);
  const DecodedImage decoded = client.decode(request);

  const std::filesystem::path out = flags.out;
  std::error_code failure;
  std::filesystem::create_directories(out, failure);
  if (failure)
    throw Error(ErrorKind::Locked, "not-writable", "The folder " + displayPath(out) + " cannot be made: " + failure.message() + ".",
                {.path = displayPath(out)});
  std::filesystem::path stem = request.paths.front().filename();
  if (stem.empty()) stem = request.paths.front().parent_path().filename();
  std::filesystem::path pixels = out / stem, document = out / stem;
  pixels += ".raw";
  document += ".json";
  const auto bytes = valueBytes(decoded.image.values);
  writeFileAtomically(pixels, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  Json json = toJson(decoded);
  json["values"]["file"] = displayPath(pixels.filename());
  // Texts of a foreign file are made valid UTF-8 when they are read.
  writeJsonAtomically(document, json);
  json["document"] = displayPath(document);
  return {.result = std::move(json), .text = displayPath(document) + "\n" + describe(decoded) + "\n", .warnings = decoded.warnings};
}

}  // namespace

Command decodeCommand() {
  return {.name = "decode",
          .sentence = "Open one foreign image under limits and write its plain pixels",
          .examples = {"decode chest.dcm --out decoded", "decode series-folder --out decoded", "--json decode scan.nii.gz --out decoded"},
          .declare = [](CLI::App& app) {
            const auto flags = std::make_shared<DecodeFlags>();
            app.add_option("files", flags->files, "an image, a folder with one DICOM series, or the slices of one series");
            app.add_option("--out", flags->out, "folder for <name>.raw and <name>.json");
            app.add_option("--volume", flags->volume, "which volume of a 4-D file, from 0")->check(CLI::NonNegativeNumber);
            app.add_option("--salt", flags->salt, "secret that goes into the patient key");
            app.add_flag("--labels", flags->labels, "numbers of an indexed picture instead of its colours");
            app.add_flag("--worker", flags->worker)->group("");
            return [flags](Context&) { return decodeVerb(*flags); };
          }};
}

}  // namespace roundel::cli
