#pragma once
#include "core/job.h"
#include "rounds/run_context.h"

namespace roundel {

/// Finds out what is done to a run's volumes (StudyData::volumes) and says what labels of labelled cases the crop cuts away. Throws
/// Error(Resource, "out-of-memory") with both numbers where they would not fit into memory while a specialist learns from them.
void prepareVolumes(const RunContext& context, Job& job);

}  // namespace roundel
