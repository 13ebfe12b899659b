#include "imaging/image_reader.h"

#include <algorithm>

#include "core/error.h"
#include "core/series_list.h"
#include "imaging/dicom_dataset.h"
#include "imaging/dicom_reader.h"
#include "imaging/gzip.h"
#include "imaging/hdf5_reader.h"
#include "imaging/picture_readers.h"
#include "imaging/volume_readers.h"

namespace roundel {
namespace {

/// One kind of file: how to tell it, how to read it.
struct FileKind {
  bool (*looksLike)(const SourceFile& file);
  DecodedImage (*read)(const SourceFile& file, const DecodeContext& context);
  ImageProbe (*probe)(const SourceFile& file, const DecodeContext& context);
};

bool isImgOfPair(const SourceFile& file) { return file.extension() == ".img" || file.path().string().ends_with(".img.gz"); }

bool isNifti(const SourceFile& file) {
  if (!looksLikeGzip(file.bytes())) return looksLikeNifti(file.bytes()) || isImgOfPair(file);
  if (isImgOfPair(file)) return true;
  return looksLikeNifti(inflateUpTo(file, file.bytes(), 540));
}

const std::vector<FileKind>& fileKinds() {
  static const std::vector<FileKind> kinds{
      {[](const SourceFile& file) { return looksLikePng(file.bytes()); }, readPng, probePng},
      {[](const SourceFile& file) { return looksLikeJpeg(file.bytes()); }, readJpeg, probeJpeg},
      // A DICOM preamble may hold a TIFF header; DICOM's own word decides.
      {[](const SourceFile& file) { return looksLikeDicom(file.bytes()); }, readDicom, probeDicom},
      {[](const SourceFile& file) { return looksLikeTiff(file.bytes()); }, readTiff, probeTiff},
      {[](const SourceFile& file) { return looksLikeBmp(file.bytes()); }, readBmp, probeBmp},
      {[](const SourceFile& file) { return looksLikeNrrd(file.bytes()); }, readNrrd, probeNrrd},
      {isNifti, readNifti, probeNifti},
      {[](const SourceFile& file) { return looksLikeMetaImage(file.bytes()); }, readMetaImage, probeMetaImage},
      {[](const SourceFile& file) { return looksLikeHdf5(file.bytes()); }, readHdf5, probeHdf5},
  };
  return kinds;
}

const FileKind& kindOf(const SourceFile& file) {
  for (const auto& kind : fileKinds())
    if (kind.looksLike(file)) return kind;
  file.refuse("it is none of the kinds of image that can be read",
              "Use DICOM, PNG, JPEG, TIFF, BMP, NIfTI, NRRD, MetaImage, Analyze or HDF5.");
}

bool isSeriesList(const SourceFile& file) {
  return looksLikeSeriesList({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()});
}

/// A series may take as much as its files are large, before any of them is opened.
DecodedImage readSeries(const std::vector<std::filesystem::path>& paths, const DecodeContext& context) {
  std::uint64_t all = 0;
  for (const auto& path : paths) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(path, failure);
    if (!failure) all += size;
  }
  if (context.onNeed) context.onNeed(std::min(all, context.limits.largestImageBytes));
  return readDicomSeries(paths, context);
}

DecodedImage readAny(const std::vector<std::filesystem::path>& paths, const DecodeContext& context) {
  if (paths.empty()) throw Error(ErrorKind::Usage, "no-file", "No image file was given.");
  std::error_code failure;
  if (paths.size() > 1) return readSeries(paths, context);
  if (std::filesystem::is_directory(paths.front(), failure)) return readSeries(seriesFiles(paths.front(), context), context);
  const SourceFile file(paths.front());
  if (isSeriesList(file)) return readSeries(readSeriesList(file.path()).files, context);
  return kindOf(file).read(file, context);
}

}  // namespace

DecodedImage readImage(const std::vector<std::filesystem::path>& paths, const DecodeContext& context) {
  DecodedImage decoded = readAny(paths, context);
  requireConsistent(decoded.image);
  return decoded;
}

ImageProbe probeImage(const std::filesystem::path& path, const DecodeContext& context) {
  const SourceFile file(path);
  return kindOf(file).probe(file, context);
}

}  // namespace roundel
