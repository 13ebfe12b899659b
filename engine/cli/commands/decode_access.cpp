#include "cli/commands/decode_access.h"

#include "core/error.h"
#include "imaging/image_source.h"

namespace roundel::cli {

ImageFacts DecodeAccess::probe(const std::filesystem::path& file) {
  std::error_code code;
  if (std::filesystem::is_directory(file, code)) {
    // A series has no header of its own: its grid is known once its slices are sorted.
    const DecodedImage decoded = m_client.decode(file);
    return {.geometry = decoded.image.geometry,
            .laterality = decoded.image.laterality,
            .patientKey = decoded.patient.hasPatientId ? decoded.patient.patientKey : "",
            .seriesKey = decoded.seriesKey,
            .modality = decoded.image.modalityWord,
            .facts = {{"format", decoded.format}}};
  }
  auto results = m_client.probe({file});
  if (auto* error = std::get_if<Error>(&results.at(0))) throw *error;
  const ImageProbe& probe = std::get<ImageProbe>(results[0]);
  ImageFacts facts{.laterality = probe.laterality,
                   .patientKey = probe.patient.hasPatientId ? probe.patient.patientKey : "",
                   .seriesKey = probe.seriesKey,
                   .modality = probe.modalityWord};
  facts.pages = probe.volumes;
  facts.turned = probe.turned;
  facts.geometry.size = probe.size;
  facts.geometry.spacingMm = probe.spacingMm;
  facts.geometry.spacingSource = probe.spacingSource;
  // Where a volume lies in the world stands in its header, which only the decoder reads whole.
  if (probe.size.z > 1) facts.geometry = m_client.decode(file).image.geometry;
  facts.facts = {{"format", probe.format}};
  if (!probe.bodyPart.empty()) facts.facts["body_part"] = probe.bodyPart;
  if (probe.burnedInAnnotation) facts.facts["burned_in_annotation"] = true;
  return facts;
}

StoredImage DecodeAccess::load(const std::filesystem::path& file) { return loadLabelMap(m_client, file).image; }

}  // namespace roundel::cli
