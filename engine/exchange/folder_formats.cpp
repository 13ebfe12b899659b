#include "exchange/folder_formats.h"

#include <algorithm>
#include <set>

#include "core/files.h"
#include "exchange/image_names.h"
#include "exchange/masks_format.h"
#include "exchange/study_builder.h"

namespace roundel {

bool ImagesImport::recognises(const ImportRequest& request) const {
  std::error_code code;
  if (!std::filesystem::exists(request.source, code)) return false;
  const auto files = filesUnder(request.source);
  return std::any_of(files.begin(), files.end(), isImageName);
}

ImportedStudy ImagesImport::read(const ImportRequest& request, ImageAccess& images, Job& job) const {
  if (request.labels) {
    ImportRequest labelled = request;
    labelled.images = request.images.value_or(request.source);
    return MasksImport(m_params).read(labelled, images, job);
  }
  StudyBuilder builder(request, {request.source}, images);
  const auto files = filesUnder(request.source);
  std::set<std::filesystem::path> names;
  for (const auto& file : files) names.insert(file.parent_path() / imageStem(file));
  std::int64_t done = 0;
  for (const auto& file : files) {
    job.throwIfStopped();
    // Named after its file: a name of the data set's own is not there.
    if (isImageName(file))
      if (auto one = builder.openFile(file, displayPath(file.filename()), {0, 0, 1})) builder.add(std::move(*one));
    const std::string stem = imageStem(file), other = withoutLabelEnding(stem);
    if (other != stem && names.contains(file.parent_path() / other))
      builder.count(
          "looks-like-labels",
          "A file looks like the labels of another by its name and was imported as an image; label files belong into a folder of their "
          "own, which --labels names");
    job.progress(++done, static_cast<std::int64_t>(files.size()), "looking at images");
  }
  return builder.finish();
}

}  // namespace roundel
