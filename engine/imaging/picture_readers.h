#pragma once
#include "imaging/decoded_image.h"
#include "imaging/source_file.h"

namespace roundel {

// Plain pictures: PNG (1 to 16 bits), JPEG (8 bits), TIFF (8, 16, 32 bits and floating point, first page), BMP. Grey or RGB as stored;
// an opacity channel is dropped, palettes become RGB unless indices are asked for (PNG and BMP). Strict: a picture that is damaged or
// ends early is refused, never filled up. No gamma, no colour profile, no EXIF rotation is applied: pixels are where labels
// were drawn. All throw Error(BadInput, "unreadable-image").

/// Whether EXIF's or TIFF's orientation (1: as stored) asks viewers to turn or mirror the picture, and what is said of it.
bool asksToBeTurned(int orientation);
Warning rotationIgnored();

bool looksLikePng(ByteView bytes);
DecodedImage readPng(const SourceFile& file, const DecodeContext& context);
ImageProbe probePng(const SourceFile& file, const DecodeContext& context);

bool looksLikeJpeg(ByteView bytes);
DecodedImage readJpeg(const SourceFile& file, const DecodeContext& context);
ImageProbe probeJpeg(const SourceFile& file, const DecodeContext& context);

bool looksLikeTiff(ByteView bytes);
DecodedImage readTiff(const SourceFile& file, const DecodeContext& context);
ImageProbe probeTiff(const SourceFile& file, const DecodeContext& context);

bool looksLikeBmp(ByteView bytes);
DecodedImage readBmp(const SourceFile& file, const DecodeContext& context);
ImageProbe probeBmp(const SourceFile& file, const DecodeContext& context);

}  // namespace roundel
