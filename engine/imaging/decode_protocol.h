#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/json.h"

namespace roundel {

// Between DecodeClient and its worker: messages over one stream socket, each a 4-byte little-endian length and that many bytes of
// JSON. Pixels do not travel in messages but in one anonymous file in memory that both hold open.
//
//   client: {"op": "decode", "paths": [hex], "limits": {...}, "palette": "colours", "volume": 0, "salt": "...",
//           "pixels": true}
//   worker: {"need": bytes}                     as soon as the header is understood; the client waits longer for large images
//           {"image": {...}, "bytes": n}        pixels lie in the anonymous file from its start
//                                               (with "pixels": false they stay where they were decoded, and n is 0)
//           {"error": {"kind", "code", "message", "path", "remedy"}}
//   client: {"op": "source", "paths": [hex], "limits": {...}, "salt": "..."}
//   worker: {"source": {...}} or {"error": {...}}: the DICOM objects behind a volume (dicom_source.h)
//   client: {"op": "probe", "paths": [hex], "limits": {...}, "salt": "..."}
//   worker: one {"probe": {...}} or {"error": {...}} a path, in order
// Paths are hexadecimal, because file names need not be UTF-8.

enum class ReceiveState { Message, TimedOut, Closed, Stopped };

struct Received {
  ReceiveState state = ReceiveState::Closed;
  Json message;
};

/// False where the other side is gone.
bool sendMessage(int socket, const Json& message);
/// Waits up to `seconds` (below 0: for ever), or until `stopRequested`, which is asked twenty times a second. A message that is no JSON or
/// too long counts as Closed.
Received receiveMessage(int socket, double seconds, const std::function<bool()>& stopRequested = {});

std::string hexOfPath(const std::filesystem::path& path);
std::filesystem::path pathOfHex(const std::string& hex);

}  // namespace roundel
