#include "core/files.h"
#include "exchange/coco_format.h"
#include "exchange/cvat_format.h"
#include "exchange/folder_formats.h"
#include "exchange/format.h"
#include "exchange/image_names.h"
#include "exchange/labelme_format.h"
#include "exchange/masks_format.h"
#include "exchange/nnunet_format.h"

namespace roundel {
namespace {

template <class Format, class Interface>
std::unique_ptr<Interface> plain(const Params&) {
  return std::make_unique<Format>();
}

template <class Format>
std::unique_ptr<ImportFormat> withParams(const Params& params) {
  return std::make_unique<Format>(params);
}

}  // namespace

const Registry<ImportFormat>& importFormats() {
  static const Registry<ImportFormat> formats(
      "format",
      {
          {"nnunet", "nnU-Net v2 data set: dataset.json, imagesTr, labelsTr", {}, plain<NnunetImport, ImportFormat>},
          {"coco",
           "COCO JSON: polygons and run lengths, overlap kept",
           {{.name = "crowd",
             .type = ParamType::Choice,
             .defaultValue = "mask",
             .choices = {"mask", "ignore"},
             .sentence = "Whether objects marked iscrowd are labels like any other or regions to ignore"}},
           withParams<CocoImport>},
          {"cvat",
           "CVAT for images 1.1 XML, one file or a folder of them",
           {{.name = "attribute",
             .type = ParamType::Text,
             .defaultValue = "auto",
             .sentence =
                 "The attribute whose value is the class; auto: the only selection of the only label; none: the label is the class"}},
           withParams<CvatImport>},
          {"labelme", "A folder of labelme JSON files", {}, plain<LabelmeImport, ImportFormat>},
          {"monai", "A MONAI datalist (JSON) of images and label maps", {}, plain<MonaiImport, ImportFormat>},
          {"masks", "Folders of images and label maps: indexed PNG, NIfTI, NRRD; or one PNG a class", {}, plain<MasksImport, ImportFormat>},
          {"dicom", "A folder of DICOM files; slices of a series that fill a folder are a volume", {}, plain<DicomImport, ImportFormat>},
          {"images", "A folder of images without labels", {}, plain<ImagesImport, ImportFormat>},
      });
  return formats;
}

const Registry<ExportFormat>& exportFormats() {
  static const Registry<ExportFormat> formats(
      "format",
      {
          {"coco", "COCO JSON with run lengths: keeps overlap, absent, not annotated and ignored", {}, plain<CocoExport, ExportFormat>},
          {"masks", "An indexed PNG a case: one class a pixel", {}, plain<MasksExport, ExportFormat>},
          {"class-masks", "A PNG a class and case: keeps overlap", {}, plain<ClassMasksExport, ExportFormat>},
          {"nifti", "A NIfTI label map a case: one class a pixel", {}, plain<NiftiExport, ExportFormat>},
          {"nnunet", "An nnU-Net v2 data set: images, label maps, dataset.json", {}, plain<NnunetExport, ExportFormat>},
          {"monai", "A MONAI datalist: images and indexed PNGs, one class a pixel", {}, plain<MonaiExport, ExportFormat>},
          {"labelme", "A labelme JSON a case: outlines, overlap kept", {}, plain<LabelmeExport, ExportFormat>},
          {"cvat", "CVAT for images 1.1 XML with run lengths: overlap kept", {}, plain<CvatExport, ExportFormat>},
      });
  return formats;
}

std::string recognisedFormat(const ImportRequest& request) {
  const std::string shown = displayPath(request.source);
  std::error_code code;
  if (!std::filesystem::exists(request.source, code))
    throw Error(ErrorKind::BadInput, "unreadable-file", shown + " is not there.", {.path = shown});
  if (std::filesystem::is_directory(request.source, code) && filesUnder(request.source).empty())
    throw Error(ErrorKind::BadInput, "empty-folder", "The folder " + shown + " is empty.", {.path = shown});
  if (request.labels && std::filesystem::is_directory(request.source, code) &&
      importFormats().find("masks").create({})->recognises(request)) {
    const bool nnunet = importFormats().find("nnunet").create({})->recognises(request);
    return nnunet ? "nnunet" : "masks";
  }
  std::string known;
  for (const auto& entry : importFormats().entries()) {
    if (importFormats().create(entry.name)->recognises(request)) return entry.name;
    known += (known.empty() ? "" : ", ") + entry.name;
  }
  throw Error(ErrorKind::BadInput, "unknown-format", "What kind of data " + shown + " holds could not be told.",
              {.path = shown, .remedy = "Name it with --format: " + known + "."});
}

void requireBuiltFormat(const std::string& name, const std::vector<std::string>& built) {
  if (name != "hdf5" && name != "dicom-seg") return;
  std::string list;
  for (const auto& one : built) {
    if (one == name) return;
    list += (list.empty() ? "" : ", ") + one;
  }
  throw Error(ErrorKind::Usage, "format-not-yet", "The format " + name + " is not built yet.", {.remedy = "These work: " + list + "."});
}

}  // namespace roundel
