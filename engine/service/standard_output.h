#pragma once

namespace roundel {

/// Keeps standard output for the protocol alone: returns a private duplicate of it, which no child inherits, and lets descriptor 1 point at
/// standard error, so that whatever else prints there ends up in the log. Throws Error(Resource, "no-output") where it is closed.
int takeStandardOutput();

}  // namespace roundel
