#pragma once
#include <QString>
#include <functional>
#include <vector>

#include "core/json.h"
#include "core/param_spec.h"

class QObject;

namespace roundel {

/// What the engine says it can do (`describe`): asked once, then remembered. `then` gets the document's result, or a sentence where there
/// is none. Where `owner` goes, `then` is not called.
void withDescription(QObject* owner, std::function<void(const Json& description, const QString& failure)> then);

/// Parameters as `describe` lists them; what is not understood is left out.
std::vector<ParamSpec> paramSpecsFrom(const Json& list);

/// A sentence that the engine wrote, translated where the program's words know it.
QString engineSentence(const std::string& sentence);

}  // namespace roundel
