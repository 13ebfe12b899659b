#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/annotation.h"

namespace roundel {

/// An annotation with the ids of its classes, as a label version keeps it: it stays readable when classes are added, renamed
/// or put in another order.
struct StoredLabels {
  std::vector<std::int64_t> classIds;  ///< one an entry of annotation.classes
  Annotation annotation;
};

/// Run lengths as variable-length numbers, compressed with zlib. The same labels give the same bytes for one zlib.
std::string packLabels(const StoredLabels& labels);
/// Throws Error(BadInput, "damaged-project"); bytes from anywhere can be given: it allocates no more than the packed size justifies.
StoredLabels unpackLabels(std::string_view bytes);

/// The annotation with one entry for each of `classIds`, in that order; ids that were not stored are not annotated.
Annotation inClassOrder(StoredLabels labels, const std::vector<std::int64_t>& classIds);

}  // namespace roundel
