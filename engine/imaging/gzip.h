#pragma once
#include "core/atomic_file.h"
#include "imaging/source_file.h"

namespace roundel {

/// Inflates gzip or zlib bytes up to `wanted` bytes and stops there: a file that holds more (a 4-D one) is not inflated further,
/// and one that holds less gives fewer. Damaged data throw through file.refuse().
Bytes inflateUpTo(const SourceFile& file, ByteView compressed, std::uint64_t wanted);
/// Leaves out the first `skip` bytes of what is unpacked and puts the next ones straight into `out`; looks at what follows them too,
/// so that a checksum that stands there is compared. Gives the number of bytes put; fewer than `out` holds: the data end there.
std::size_t inflateInto(const SourceFile& file, ByteView compressed, std::uint64_t skip, std::span<std::byte> out);
/// Inflates a raw deflate stream as a whole (deflated DICOM). More than `limit` bytes, or a damaged stream, is refused.
Bytes inflateRaw(const SourceFile& file, ByteView compressed, std::uint64_t limit);
/// The parts behind one another as one gzip stream, with no time and no name in its header, so that the same pixels give the same bytes.
void writeGzipped(AtomicFile& file, std::span<const ByteView> parts);

bool looksLikeGzip(ByteView bytes);

}  // namespace roundel
