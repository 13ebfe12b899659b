#pragma once
#include <string>

namespace roundel {

/// Which build of the program this is, as hexadecimal digits: the identity that the linker computed over the finished program
/// (ELF note NT_GNU_BUILD_ID). Two programs with the same one compute the same. Empty where the linker wrote none.
const std::string& buildId();

}  // namespace roundel
