#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/param_spec.h"

namespace roundel {

/// One member of a family (a generalist, a strategy, a format ...), as its family's list names it.
template <class Interface>
struct RegistryEntry {
  std::string name;                                                 ///< the word of the command line
  std::string sentence;                                             ///< what it is, for a person
  std::vector<ParamSpec> params;                                    ///< what can be set
  std::function<std::unique_ptr<Interface>(const Params&)> create;  ///< takes resolved params
};

/// A family: filled by one explicit list (`builtin_*.cpp`), never by self-registering globals.
template <class Interface>
class Registry {
 public:
  Registry(std::string family, std::vector<RegistryEntry<Interface>> entries)
      : m_family(std::move(family)), m_entries(std::move(entries)) {}

  const std::string& family() const { return m_family; }
  const std::vector<RegistryEntry<Interface>>& entries() const { return m_entries; }

  /// Throws Error(Usage, "unknown-<family>") that names the nearest member.
  const RegistryEntry<Interface>& find(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& entry : m_entries) {
      if (entry.name == name) return entry;
      names.push_back(entry.name);
    }
    std::string list;
    for (const auto& known : names) list += (list.empty() ? "" : ", ") + known;
    const std::string near = nearestName(name, names);
    throw Error(ErrorKind::Usage, "unknown-" + m_family, "There is no " + m_family + " named " + name + ".",
                {.remedy = near.empty() ? "Known: " + list + "." : "Did you mean " + near + "?"});
  }

  /// `given` may hold a part of the parameters.
  std::unique_ptr<Interface> create(const std::string& name, const Json& given = Json::object()) const {
    const auto& entry = find(name);
    return entry.create(resolveParams(entry.params, given));
  }

 private:
  std::string m_family;
  std::vector<RegistryEntry<Interface>> m_entries;
};

}  // namespace roundel
