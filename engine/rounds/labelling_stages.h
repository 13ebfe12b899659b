#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "rounds/labeller.h"
#include "rounds/run_context.h"
#include "rounds/score.h"

namespace roundel {

// The stages between two trainings: embed -> propose -> clean -> prompt -> refine -> gate. Each writes one file a case into its
// folder, skips the cases whose file is there, and returns the SHA-256 of what it made.

/// What is to be embedded of these cases.
std::vector<EmbeddingWish> embeddingWishes(const RunContext& context, const std::vector<int>& cases);
/// Embeddings of the unlabelled cases, where the generalist is worth caching (one without learnt weights is embedded when asked).
/// `adapted`: the folder of the stage that adapted the generalists; empty: as shipped.
std::string embedStage(const RunContext& context, const Labeller& labeller, const std::filesystem::path& adapted, Job& job);

/// The specialist's probabilities of the unlabelled cases.
std::string proposeStage(const RunContext& context, const std::filesystem::path& checkpoint, const std::filesystem::path& folder, Job& job);

std::string cleanStage(const RunContext& context, const Labeller& labeller, const std::filesystem::path& proposed,
                       const std::filesystem::path& folder, Job& job);

std::string promptStage(const RunContext& context, const Labeller& labeller, const std::filesystem::path& cleaned,
                        const std::filesystem::path& folder, Job& job);

std::string refineStage(const RunContext& context, const Labeller& labeller, const std::filesystem::path& proposed,
                        const std::filesystem::path& cleaned, const std::filesystem::path& prompted, const std::filesystem::path& folder,
                        Job& job);

/// What cleanStage and promptStage wrote of a case.
CleanedCase readCleanedCase(const std::filesystem::path& file);
std::vector<ClassPrompts> readClassPrompts(const std::filesystem::path& file);

}  // namespace roundel
