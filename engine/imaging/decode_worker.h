#pragma once

namespace roundel {

/// The limited process behind DecodeClient: `roundel decode --worker`. Answers requests (decode_protocol.h) that come over the
/// socket on standard input and writes pixels to the anonymous file on descriptor 3; ends when the socket closes.
///
/// Before each file it sets its own limits: address space to what it uses now plus what DecodeLimits allow, processor time
/// likewise, and an alarm for the case that nobody watches. A reader that brings the process down is the parent's to report.
/// Returns the exit code.
int serveDecoding();

}  // namespace roundel
