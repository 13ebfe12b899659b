#include "imaging/image_source.h"

#include <cmath>

#include "core/files.h"

namespace roundel {

LoadedImage loadImage(DecodeClient& client, const ImageReference& reference, const PixelPipelineSettings& settings,
                      const std::function<bool()>& stopRequested) {
  return renderImage(client.decode({.paths = reference.files, .volume = reference.volume, .stopRequested = stopRequested}), settings);
}

LoadedImage renderImage(const DecodedImage& decoded, const PixelPipelineSettings& settings) {
  LoadedImage loaded{.settings = resolved(settings, decoded.image), .patient = decoded.patient, .warnings = decoded.warnings};
  loaded.image = applyPixelPipeline(decoded.image, loaded.settings);
  return loaded;
}

DecodedImage loadLabelMap(DecodeClient& client, const std::filesystem::path& path) {
  DecodedImage decoded = client.decode(DecodeRequest{.paths = {path}, .paletteIndices = true});
  const auto refuse = [&path](const std::string& reason) {
    throw Error(ErrorKind::BadInput, "unreadable-image", displayPath(path.filename()) + " is no label map: " + reason + ".",
                {.path = displayPath(path)});
  };
  if (decoded.image.channels != 1) refuse("it holds colours");
  std::visit(
      [&refuse](const auto& typed) {
        using T = typename std::decay_t<decltype(typed)>::value_type;
        if constexpr (std::is_floating_point_v<T>)
          for (const T value : typed)
            if (!std::isfinite(value) || value != std::floor(value)) refuse("it holds numbers that are no whole ones");
      },
      decoded.image.values);
  return decoded;
}

}  // namespace roundel
