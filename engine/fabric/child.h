#pragma once
#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "fabric/wire.h"

namespace roundel {

/// The descriptor under which a child of ours finds its wire, and the variable that says so.
inline constexpr int kChildWire = 3;
inline constexpr const char* kChildWireVariable = "ROUNDEL_WIRE";

/// A process of this very program that works beside it, with a wire to it. It is no part of the terminal's group (Ctrl-C is this process's
/// to handle), writes nothing to standard output, and is killed by the kernel where this process dies.
class Child {
 public:
  /// Throws Error(Resource, "no-process").
  Child(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Gives it a moment to end by itself, now that its wire is closed; then kills it.
  ~Child();

  const Wire& wire() const { return m_wire; }
  Wire takeWire() { return std::move(m_wire); }
  pid_t id() const { return m_id; }
  /// How it ended ("it was ended by signal 9 (Killed)"), if it does within the time; empty: it lives.
  std::string obituary(std::chrono::milliseconds within);

 private:
  Wire m_wire;
  pid_t m_id = -1;
  std::string m_ended;
};

}  // namespace roundel
