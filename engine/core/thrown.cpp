#include "core/thrown.h"

#include <filesystem>
#include <new>

#include "core/files.h"
#include "core/json.h"

namespace roundel {
namespace {

Error fileError(const std::filesystem::filesystem_error& error) {
  const Error::Details details{.path = displayPath(error.path1())};
  const std::string what = details.path + " cannot be used: " + error.code().message() + ".";
  if (error.code() == std::errc::no_space_on_device) return Error(ErrorKind::Resource, "disk-full", what, details);
  if (error.code() == std::errc::read_only_file_system || error.code() == std::errc::permission_denied)
    return Error(ErrorKind::Locked, "not-writable", what, details);
  return Error(ErrorKind::BadInput, "unreadable-file", what, details);
}

}  // namespace

Error asError(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return Error(ErrorKind::Resource, "out-of-memory", "The memory of this machine did not suffice.",
                 {.remedy = "Close other programs or cases that are open, or choose a smaller preset or image size."});
  } catch (const std::filesystem::filesystem_error& error) {
    return fileError(error);
  } catch (const nlohmann::json::exception& error) {
    return Error(ErrorKind::BadInput, "bad-document",
                 std::string("A document is not of the expected form (") + sanitisedUtf8(error.what()) + ").");
  } catch (const std::exception& error) {
    return Error(ErrorKind::Defect, "defect", std::string("A defect of the program: ") + sanitisedUtf8(error.what()) + ".",
                 {.remedy = "Please report this with the command and go.log."});
  }
}

}  // namespace roundel
