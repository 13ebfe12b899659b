#include "ui/run_lock.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <string>

namespace roundel {

bool isLockedHere(const std::filesystem::path& file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return false;
  // "1: FLOCK  ADVISORY  WRITE 4711 08:01:131074 0 EOF": the file stands as device and inode. A device has other numbers under an overlay,
  // so the inode alone is compared.
  const std::string wanted = ":" + std::to_string(facts.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, mode, access, process, where;
    words >> number >> kind >> mode >> access >> process >> where;
    if (kind == "->") continue;  // one that waits
    if (kind == "FLOCK" && where.size() > wanted.size() && where.compare(where.size() - wanted.size(), wanted.size(), wanted) == 0)
      return true;
  }
  return false;
}

}  // namespace roundel
