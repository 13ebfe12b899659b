#pragma once
#include "imaging/source_file.h"

namespace roundel {

/// Inflates gzip or zlib bytes up to `wanted` bytes and stops there: a file that holds more (a 4-D one) is not inflated further,
/// and one that holds less gives fewer. Damaged data throw through file.refuse().
Bytes inflateUpTo(const SourceFile& file, ByteView compressed, std::uint64_t wanted);
/// Inflates a raw deflate stream as a whole (deflated DICOM). More than `limit` bytes, or a damaged stream, is refused.
Bytes inflateRaw(const SourceFile& file, ByteView compressed, std::uint64_t limit);
/// gzip bytes with no time and no name in the header, so that the same pixels give the same bytes.
Bytes gzipped(ByteView plain);

bool looksLikeGzip(ByteView bytes);

}  // namespace roundel
