#include "device/torch_errors.h"

#include <c10/util/Exception.h>

#include <new>

#include "core/error.h"

namespace roundel {
namespace {

[[noreturn]] void outOfMemory(const std::string& doing) {
  throw Error(ErrorKind::Resource, "out-of-memory", "The memory did not suffice while " + doing + ".",
              {.remedy = "Take a smaller batch or smaller pictures (--set batch=..., --set width=...), or close other programs."});
}

}  // namespace

void translatingTorchErrors(const std::string& doing, const std::function<void()>& work) {
  try {
    work();
  } catch (const std::bad_alloc&) {
    outOfMemory(doing);
  } catch (const c10::OutOfMemoryError&) {
    outOfMemory(doing);
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    if (text.find("allocate memory") != std::string::npos || text.find("not enough memory") != std::string::npos ||
        text.find("out of memory") != std::string::npos)
      outOfMemory(doing);
    if (text.find("CUDA error") != std::string::npos || text.find("cuDNN error") != std::string::npos)
      throw Error(ErrorKind::Resource, "device-failed", "The GPU failed while " + doing + ": " + text.substr(0, text.find('\n')) + ".",
                  {.remedy = "Start the same command again: it goes on from its last checkpoint. If it fails again, use --device cpu."});
    throw Error(ErrorKind::Defect, "torch-error", "LibTorch failed while " + doing + ": " + text.substr(0, text.find('\n')) + ".");
  }
}

}  // namespace roundel
