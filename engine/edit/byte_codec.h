#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/mask.h"

namespace roundel {

/// Numbers of variable length (base 128, lowest first), texts and run lengths as bytes. The `take` functions cut off what they read
/// and throw Error(BadInput, "damaged-edit") where it is not there; they allocate no more than the bytes justify.
void putNumber(std::string& out, std::uint64_t value);
std::uint64_t takeNumber(std::string_view& in);
void putText(std::string& out, std::string_view text);
std::string takeText(std::string_view& in);
/// x, y, z; every axis up to 2^20 pixels.
void putSize(std::string& out, const Size& size);
Size takeSize(std::string_view& in);
/// Number of runs, then gap and length of each; a gap counts from the end of the run before.
void putRuns(std::string& out, const Mask& mask);
Mask takeRuns(std::string_view& in, const Size& size);

/// What every `take` throws.
[[noreturn]] void damagedEdit();

}  // namespace roundel
