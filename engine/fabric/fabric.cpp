#include "fabric/fabric.h"

#include <cstdint>

namespace roundel {

std::string Fabric::broadcastText(const std::string& text) {
  if (alone()) return text;
  std::uint64_t bytes = text.size();
  broadcast(std::as_writable_bytes(std::span(&bytes, 1)));
  std::string told = first() ? text : std::string(bytes, '\0');
  broadcast(std::as_writable_bytes(std::span(told.data(), told.size())));
  return told;
}

}  // namespace roundel
