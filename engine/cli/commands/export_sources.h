#pragma once
#include <filesystem>
#include <string>

#include "exchange/study.h"
#include "imaging/decode_client.h"
#include "project/project.h"

namespace roundel::cli {

/// What `export --what` and `--verdict` choose.
struct ExportChoice {
  std::string what = "labels";       ///< labels | predictions | pseudo
  std::string run = "last";          ///< predictions and pseudo
  int round = -1;                    ///< -1: the last that has them
  std::string verdict = "accepted";  ///< pseudo: accepted | all
};

/// The study's newest labels, or the unlabelled cases' predictions or pseudo-labels of a run's round, on the images' own grids:
/// where the pixel pipeline mirrors a case, it is mirrored back. A class whose pseudo-label is not accepted is not annotated.
/// `images` opens pictures for formats that hold them; both must outlive the source.
/// Throws Error(BadInput, "no-labels" | "unknown-run" | "no-predictions").
ExportSource exportSource(const Project& project, const ExportChoice& choice, DecodeClient& images);

}  // namespace roundel::cli
