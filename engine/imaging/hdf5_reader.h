#pragma once
#include "imaging/decoded_image.h"
#include "imaging/source_file.h"

namespace roundel {

// HDF5 as the semi-supervised literature keeps volumes (UA-MT, SSL4MIS, SemiSAM-O1): a data set `image` at the root and, beside
// it, its labels as `label`. With PaletteUse::Indices the labels are read instead of the image.
//
// Two sides are rows and columns. Of three sides the order is that of the attribute `axes` of the data set ("xyz", "zyx"); where
// there is none the slices' axis comes last (x, y, z: left atrium), unless the first side is shorter than both others (z, y, x: ACDC).
// Where the volume lies in the world no such file says; those that `export --format hdf5` writes do (attribute `geometry`).
//
// Read with the HDF5 library, which crafted files are known to bring down: in the limited process alone. Links that leave the file,
// external storage, virtual data sets and filters other than shuffle, deflate and checksum are refused; no plug-in is ever loaded.
// Numbers: integers up to 64 bits where they fit 32, floats of 16 to 64 bits, and booleans.
// Both throw Error(BadInput, "unreadable-image"), and "no-labels" where the file holds no `label`.

bool looksLikeHdf5(ByteView bytes);
DecodedImage readHdf5(const SourceFile& file, const DecodeContext& context);
ImageProbe probeHdf5(const SourceFile& file, const DecodeContext& context);

}  // namespace roundel
