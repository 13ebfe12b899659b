#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/error.h"
#include "imaging/decoded_image.h"
#include "imaging/dicom_source.h"
#include "imaging/limits.h"

namespace roundel {

struct DecodeClientOptions {
  /// Program and arguments of the worker; empty: environment ROUNDEL_DECODER (a program, which is given "decode --worker"), else this
  /// very program if it is `roundel`, else the `roundel` beside it.
  std::vector<std::string> command = {};
  DecodeLimits limits = {};
  /// A secret of the project: patient and series keys of two projects do not match. May be empty.
  std::string salt = {};
};

struct DecodeRequest {
  /// One file; or a folder with one DICOM series; or several files: the slices of one series.
  std::vector<std::filesystem::path> paths;
  int volume = 0;               ///< of a 4-D file
  bool paletteIndices = false;  ///< label maps: numbers of an indexed PNG or BMP instead of its colours (`source.palette` has them),
                                ///< the labels of an HDF5 file instead of its image
  /// Asked while waiting; empty: nobody stops. The worker is killed then.
  std::function<bool()> stopRequested = {};
};

/// What probing one file gave.
using ProbeResult = std::variant<ImageProbe, Error>;

/// The only way to a foreign image file. Files are opened in a child process under limits of memory and time; the child lives
/// as long as the client and serves file after file. Where it dies, hangs or is killed, the file in hand is refused with a
/// sentence and the next one gets a new child. No temporary files; no child outlives the client.
///
/// Thread-safe: calls of several threads follow one another (make several clients to decode in parallel).
class DecodeClient {
 public:
  explicit DecodeClient(DecodeClientOptions options = {});
  ~DecodeClient();
  DecodeClient(const DecodeClient&) = delete;
  DecodeClient& operator=(const DecodeClient&) = delete;

  /// Throws Error(BadInput, "unreadable-image" | "several-series") that names the file, Error(Resource, "out-of-memory") where the image
  /// needs more memory than is free, Error(Resource, "no-decoder") where no worker can be started, or Cancelled.
  DecodedImage decode(const DecodeRequest& request);
  DecodedImage decode(const std::filesystem::path& path) { return decode(DecodeRequest{.paths = {path}}); }

  /// Decodes to the end and leaves the pixels in the limited process: whether the whole file can be read, and all that it says.
  /// `image.values` is empty, of the right type. Throws like decode().
  DecodedImage inspect(const DecodeRequest& request);

  /// The DICOM objects behind a volume, for an object that refers to them. Throws like decode(), and Error(BadInput, "not-dicom").
  DicomSource source(const DecodeRequest& request);

  /// Headers only, one result a path, in order. `each`, if given, is called after every file with the number done; it may throw
  /// to stop.
  std::vector<ProbeResult> probe(const std::vector<std::filesystem::path>& paths, const std::function<void(std::size_t)>& each = {});

  /// Starts the worker now, so that the first file does not wait for it. Throws Error(Resource, "no-decoder").
  void start();

  /// Process id of the worker now running; 0: none. For tests.
  int workerId() const;
  /// How many workers were started so far. For tests.
  int workersStarted() const;

 private:
  class Worker;
  Worker& worker();
  Worker& send(const Json& message);
  DecodedImage ask(const DecodeRequest& request, PixelUse use);
  /// A worker that was killed from outside, by no fault of the file, may be replaced and asked again, once.
  enum class IfKilled { AskAgain, Refuse };
  /// What became of a worker, as the end of a sentence.
  struct Obituary {
    std::string reason;
    bool killed = false;  ///< from outside
  };
  /// Nothing where the worker was killed and may be asked again.
  std::optional<DecodedImage> receive(const DecodeRequest& request, PixelUse use, IfKilled ifKilled);
  Obituary bury(bool timedOut);

  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace roundel
