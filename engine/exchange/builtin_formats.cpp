#include "core/files.h"
#include "exchange/coco_format.h"
#include "exchange/cvat_format.h"
#include "exchange/dicom_seg_format.h"
#include "exchange/folder_formats.h"
#include "exchange/format.h"
#include "exchange/hdf5_format.h"
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

bool holdsFolders(const std::filesystem::path& folder) {
  std::error_code code;
  for (std::filesystem::directory_iterator at(folder, code), end; !code && at != end; at.increment(code))
    if (at->is_directory(code)) return true;
  return false;
}

}  // namespace

const Registry<ImportFormat>& importFormats() {
  static const Registry<ImportFormat> formats(
      "format",
      {
          {"nnunet",
           "nnU-Net data set (also the medical decathlon's): dataset.json, imagesTr, labelsTr",
           {labelGridParam()},
           withParams<NnunetImport>},
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
          {"monai", "A MONAI datalist (JSON) of images and label maps", {labelGridParam()}, withParams<MonaiImport>},
          {"hdf5", "Volumes of the semi-supervised literature: HDF5 with `image` and `label`", {}, plain<Hdf5Import, ImportFormat>},
          {"masks",
           "Folders of images and label maps: indexed PNG, NIfTI, NRRD; or one PNG a class",
           {labelGridParam()},
           withParams<MasksImport>},
          {"dicom",
           "DICOM files; the slices of a series are a volume, segmentation objects are labels",
           {labelGridParam()},
           withParams<DicomImport>},
          {"images", "A folder of images, with or without labels", {labelGridParam()}, withParams<ImagesImport>},
          {"dicom-seg",
           "DICOM segmentation objects (SEG) and the series that they are for",
           {},
           [](const Params& params) -> std::unique_ptr<ImportFormat> {
             return std::make_unique<DicomImport>(params, DicomImport::Labels::Required);
           }},
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
          {"nrrd", "An NRRD label map a case: one class a pixel", {}, plain<NrrdExport, ExportFormat>},
          {"dicom-seg", "A DICOM segmentation object a case: overlap kept, refers to the series", {}, plain<DicomSegExport, ExportFormat>},
          {"monai", "Images, label maps and a MONAI datalist", {}, plain<MonaiExport, ExportFormat>},
          {"hdf5",
           "An HDF5 file a case with `image` and `label`, as the semi-supervised literature reads it",
           {},
           plain<Hdf5Export, ExportFormat>},
          {"nnunet", "An nnU-Net v2 data set: images, label maps, dataset.json", {}, plain<NnunetExport, ExportFormat>},
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
  if (request.labels && std::filesystem::is_directory(request.source, code)) {
    const auto isOf = [&](const char* name) { return importFormats().create(name)->recognises(request); };
    if (isOf("nnunet")) return "nnunet";
    if (isOf("hdf5")) return "hdf5";
    // Label maps and segmentation objects lie right in the folder; a folder a case or a class is the other way to keep labels.
    if (isOf("dicom") && !holdsFolders(*request.labels)) return "dicom";
    return "masks";
  }
  std::string known;
  for (const auto& entry : importFormats().entries()) {
    if (importFormats().create(entry.name)->recognises(request)) return entry.name;
    known += (known.empty() ? "" : ", ") + entry.name;
  }
  throw Error(ErrorKind::BadInput, "unknown-format", "What kind of data " + shown + " holds could not be told.",
              {.path = shown, .remedy = "Name it with --format: " + known + "."});
}

}  // namespace roundel
