#pragma once
#include <cstddef>
#include <span>

namespace roundel {

enum class InflateResult {
  Done,         ///< `plain` is full, and the packed bytes ended with it
  Damaged,      ///< they are no deflated data, or unpack to another length
  Unsupported,  ///< this build has no zlib
};

/// Unpacks raw deflated data (RFC 1951, as zip files hold them) into memory that the caller has bounded and allocated.
InflateResult inflateInto(std::span<const std::byte> packed, std::span<std::byte> plain);

}  // namespace roundel
