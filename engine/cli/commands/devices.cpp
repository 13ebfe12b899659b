#include "device/device.h"

#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"

namespace roundel::cli {
namespace {

std::string gigabytes(std::uint64_t bytes) {
  const std::uint64_t tenths = (bytes * 10 + (std::uint64_t{1} << 29)) >> 30;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

Outcome devicesVerb(const GlobalOptions& options) {
  const DeviceReport& report = deviceReport();
  const ComputeChoice choice = chooseDevice(options.device, options.threads);
  Outcome outcome;
  outcome.result = toJson(report);
  outcome.result["chosen"] = environment(choice);
  outcome.result["chosen"]["precision"] = choice.fastPrecision == Precision::BFloat16 ? "bfloat16" : "float32";
  for (const auto& device : report.devices) {
    const bool cpu = device.kind == DeviceKind::Cpu;
    outcome.text +=
        (cpu ? std::string("cpu") : "cuda:" + std::to_string(device.index)) + "  " + device.name + ", " + gigabytes(device.memoryBytes);
    if (cpu) outcome.text += ", " + std::to_string(availableCores()) + " cores, " + instructionSet();
    else outcome.text += ", compute capability " + device.computeCapability;
    outcome.text += (device.usable ? "" : "  not usable: " + device.whyNot) + "\n";
  }
  outcome.text += "Computes on " + outcome.result["chosen"]["device"].get<std::string>() + " with " + std::to_string(choice.threads) +
                  " threads, convolutions in " + outcome.result["chosen"]["precision"].get<std::string>() + ".\n";
  if (!report.whyNotCuda.empty()) outcome.text += "No CUDA: " + report.whyNotCuda + "\n";
  return outcome;
}

}  // namespace

Command devicesCommand() {
  return {.name = "devices",
          .sentence = "What this machine can compute on, and why not the GPU",
          .examples = {"devices", "--json devices"},
          .declare = [](CLI::App&) { return [](Context& context) { return devicesVerb(context.options); }; }};
}

}  // namespace roundel::cli
