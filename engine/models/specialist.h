#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/image.h"
#include "core/job.h"
#include "core/json.h"
#include "core/label_set.h"
#include "core/prediction.h"

namespace roundel {

/// Whether to average over views of the same picture (shifts and, where classes have mirrors, the mirrored picture).
enum class TestTimeAugmentation { No, Yes };

struct PredictOptions {
  TestTimeAugmentation augmentation = TestTimeAugmentation::No;
  int batch = 8;                ///< pictures or windows at once; fewer where memory is short
  double overlap = 0.5;         ///< of a volume's windows, as a share of the patch
  bool gaussian = true;         ///< the middle of a window counts more; else all its voxels alike (the papers)
  std::string device = "auto";  ///< auto | cpu | cuda:N
  int threads = 0;              ///< 0: all cores
};

/// A trained, task-specific network, loaded from a Checkpoint file. Deterministic: the same picture gives the same numbers.
class Specialist {
 public:
  /// Throws Error(BadInput, "bad-weights") where the file is no checkpoint of ours or does not fit its own network, and
  /// Error(Locked, "schema-newer") where a newer version wrote it.
  static Specialist load(const std::filesystem::path& checkpoint, const PredictOptions& options = {});
  Specialist(Specialist&&) noexcept;
  Specialist& operator=(Specialist&&) noexcept;
  ~Specialist();

  /// The name of its kind ("unet2d"), its classes, the working size it was trained at, and the settings its images went through.
  const std::string& kind() const;
  const LabelSet& classes() const;
  Size workingSize() const;
  const Json& pixelPipeline() const;
  const std::string& weightsSha256() const;
  /// Everything else the checkpoint says: plan, hashes, environment.
  const Json& header() const;

  /// Probabilities of all classes, one Prediction an image, in order. Pictures of any size, after the pixel pipeline, grey in [0, 1], are
  /// brought to the working size bilinearly, and the prediction has that size. Volumes are brought to the spacing that was learnt at, where
  /// there is one, and slid over in windows of the working size; the prediction has the volume's size at that spacing. Throws Cancelled,
  /// Error(BadInput, "bad-image") on an empty image, Error(BadInput, "not-2d") on a volume where pictures were learnt from,
  /// and Error(Resource, "out-of-memory").
  std::vector<Prediction> predict(std::span<const Image> images, Job& job) const;

  /// The same of one volume, slab by slab and first slice first: slab(first slice, the probabilities of some slices). Beside the volume
  /// itself no more than a slab is in memory, whatever the number of classes. Where views are averaged all is one slab.
  using SlabReceiver = std::function<void(std::int64_t first, const Prediction& slab)>;
  void predictSlabs(const Image& volume, const SlabReceiver& slab, Job& job) const;
  /// Of a volume's prediction.
  Size predictedSize(const Geometry& geometry) const;

 private:
  struct Parts;
  explicit Specialist(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> m_parts;
};

/// The picture at the size of a network (bilinear; antialiased where it shrinks).
std::vector<float> resampledTo(const Image& image, int width, int height);
/// A prediction on another grid, each class linearly: from the working size to the image's own.
Prediction resampledTo(const Prediction& prediction, Size size);

}  // namespace roundel
