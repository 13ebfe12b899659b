#include "project/audit.h"

#include "core/hash.h"

namespace roundel {

std::string auditHash(const AuditEntry& entry) {
  return sha256Hex(Json::array({entry.number, entry.when, entry.who, entry.action, entry.details, entry.previous})
                       .dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace roundel
