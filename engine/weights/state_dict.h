#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/json.h"
#include "weights/mapped_file.h"
#include "weights/strided_tensor.h"

namespace roundel {

/// The weights of a network by the names of its parameters, as they lie in a file: nothing has been copied, and nothing of the
/// file was run.
struct StateDict {
  std::filesystem::path path;
  std::string format;   ///< "pytorch" | "safetensors"
  std::string nesting;  ///< the key under which the weights lie in the file: "model_state_dict"; inner ones after a dot; "": none
  std::string prefix;   ///< what all names began with and was taken away: "module."
  std::map<std::string, StridedTensor> tensors;
  std::vector<std::string> skipped;     ///< names beside them that are no readable tensors: numbers, sparse ones; a hundred or so
  std::shared_ptr<const void> mapping;  ///< keeps the tensors' bytes alive; who keeps a tensor's bytes keeps this
  Json metadata = Json::object();       ///< safetensors' "__metadata__": texts
};

/// Whether the bytes are compared with the checksums that a PyTorch file holds. That reads the file once, on several threads: 2.4 GB take
/// about two seconds on two busy cores where they are in memory already, and as long as the disk takes where they are not, which the
/// way to the device would wait for otherwise.
enum class Checksums {
  Verify,  ///< of all tensors that are handed out, now
  Trust,   ///< for a file whose content hash is known to be right
};

/// Opens a file of weights, whose format is recognised by its content: PyTorch's zip format (torch.save since 1.6) or safetensors.
///
/// The file is mapped; tensors are views on it. Only what was deflated, which PyTorch never does, is unpacked into memory, at
/// most eight times the file's size. In a PyTorch file the weights may lie in a wrapper (model_state_dict, state_dict, model_state,
/// model, parameters, ...), beside other things, which are passed over; a prefix "module." or "_orig_mod." that all names have is taken
/// away.
///
/// Throws Error(BadInput, "unreadable-file" | "bad-weights") with the file's name, what is wrong and what to do: not a file of
/// weights, the legacy format, cut short, damaged, hostile, or without any tensor.
StateDict readStateDict(const std::filesystem::path& path, Checksums checksums = Checksums::Verify);
StateDict readStateDict(const MappedFile& mapped, Checksums checksums = Checksums::Verify);

}  // namespace roundel
