#include "exchange/image_facts.h"

namespace roundel {
namespace {

Json documentOf(const std::string& format, const std::string& bodyPart, bool burnedIn) {
  Json facts{{"format", format}};
  if (!bodyPart.empty()) facts["body_part"] = bodyPart;
  if (burnedIn) facts["burned_in_annotation"] = true;
  return facts;
}

}  // namespace

ImageFacts factsOf(const DecodedImage& decoded) {
  const StoredImage& image = decoded.image;
  return {.geometry = image.geometry,
          .laterality = image.laterality,
          .patientKey = decoded.patient.hasPatientId ? decoded.patient.patientKey : "",
          .seriesKey = decoded.seriesKey,
          .pages = decoded.volumes,
          .modality = image.modalityWord,
          .oriented = isOriented(image),
          .holdsLabels = image.source.is_object() && image.source.value("holds_labels", false),
          .warnings = decoded.warnings,
          .facts = documentOf(decoded.format, image.bodyPart, image.burnedInAnnotation)};
}

ImageFacts factsOf(const ImageProbe& probe) {
  return {.geometry = {.size = probe.size,
                       .spacingMm = probe.spacingMm,
                       .spacingSource = probe.spacingSource,
                       .originMm = probe.originMm,
                       .direction = probe.direction},
          .laterality = probe.laterality,
          .patientKey = probe.patient.hasPatientId ? probe.patient.patientKey : "",
          .seriesKey = probe.seriesKey,
          .pages = probe.volumes,
          .turned = probe.turned,
          .modality = probe.modalityWord,
          .seriesNumber = probe.seriesNumber,
          .oriented = probe.oriented,
          .holdsLabels = probe.holdsLabels,
          .facts = documentOf(probe.format, probe.bodyPart, probe.burnedInAnnotation)};
}

}  // namespace roundel
