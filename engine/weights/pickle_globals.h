#pragma once
#include <string_view>

namespace roundel::pickle {

enum class Use {
  Named,   ///< the pickle mentions the class or function
  Called,  ///< it wants it called with arguments
};

/// Whether a checkpoint may honestly mention this class or function of Python. The reader never runs anything; this tells a file with
/// foreign objects in it (options of a training program, numpy numbers), which are passed over, from one that was made to run
/// commands on the computer that opens it, which is refused.
///
/// - Of Python's own library and of packages that start programs or fetch files, nothing but what holds data.
/// - Of torch, classes, and of its functions those that put tensors together.
/// - Of any other package, whatever is not reached through another module ("os.system" of a package that imports os).
bool isHonest(std::string_view module, std::string_view name, Use use);

}  // namespace roundel::pickle
