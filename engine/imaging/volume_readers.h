#pragma once
#include "imaging/decoded_image.h"
#include "imaging/source_file.h"

namespace roundel {

// Volumes: NIfTI-1 and -2 (one file or a pair, plain or gzip), Analyze 7.5, NRRD (attached or detached), MetaImage (MHA, MHD).
// Values come as stored, with the scaling of the file as modality transform (NIfTI scl_slope and scl_inter). World coordinates
// are turned into LPS; a NIfTI world is RAS. Own parsers, because those of the libraries allocate what a header asks for and
// write past their buffers on crafted files, and ITK takes a cut NIfTI file for whole (docs/DEPENDENCIES.md). 4-D files give
// volume `context.volume`. All throw Error(BadInput, "unreadable-image").

bool looksLikeNifti(ByteView bytes);
DecodedImage readNifti(const SourceFile& file, const DecodeContext& context);
ImageProbe probeNifti(const SourceFile& file, const DecodeContext& context);

bool looksLikeNrrd(ByteView bytes);
DecodedImage readNrrd(const SourceFile& file, const DecodeContext& context);
ImageProbe probeNrrd(const SourceFile& file, const DecodeContext& context);

bool looksLikeMetaImage(ByteView bytes);
DecodedImage readMetaImage(const SourceFile& file, const DecodeContext& context);
ImageProbe probeMetaImage(const SourceFile& file, const DecodeContext& context);

}  // namespace roundel
