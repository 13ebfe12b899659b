#include "imaging/decode_worker.h"

#include <malloc.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <new>

#include "core/error.h"
#include "core/files.h"
#include "core/machine_memory.h"
#include "imaging/decode_protocol.h"
#include "imaging/dicom_source.h"
#include "imaging/gdcm_codec.h"
#include "imaging/image_reader.h"

namespace roundel {
namespace {

constexpr int kSocket = 0, kPixelFile = 3;

std::uint64_t addressSpace() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t pages = 0;
  statm >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Lowers the soft limit only, so that the next file can have more.
void setSoftLimit(int which, std::uint64_t value) {
  rlimit limit{};
  if (::getrlimit(static_cast<__rlimit_resource_t>(which), &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? value : std::min<rlim_t>(value, limit.rlim_max);
  ::setrlimit(static_cast<__rlimit_resource_t>(which), &limit);
}

void setAlarm(double seconds) {
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(std::ceil(seconds));
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

/// What the process may use for the file in hand.
class Allowance {
 public:
  Allowance(const DecodeLimits& limits, std::uint64_t fileBytes) : m_limits(limits), m_fileBytes(fileBytes), m_base(addressSpace()) {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    m_used = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + 2;
    grant(0);
  }
  ~Allowance() {
    setAlarm(0);
    setSoftLimit(RLIMIT_AS, RLIM_INFINITY);
    ::malloc_trim(0);  // what one file left on the heap must not widen the next one's limit
  }
  Allowance(const Allowance&) = delete;
  Allowance& operator=(const Allowance&) = delete;

  /// A file's bytes are mapped, so they take address space but no memory.
  void grant(std::uint64_t needBytes) const {
    setSoftLimit(RLIMIT_AS, m_base + m_fileBytes + memoryFor(m_limits, needBytes));
    const double seconds = secondsFor(m_limits, needBytes);
    setSoftLimit(RLIMIT_CPU, static_cast<std::uint64_t>(std::ceil(m_used + seconds)));
    setAlarm(2 * seconds + 5);
  }

 private:
  DecodeLimits m_limits;
  std::uint64_t m_fileBytes;
  std::uint64_t m_base;
  double m_used = 0;
};

std::uint64_t bytesOf(const std::vector<std::filesystem::path>& paths) {
  std::uint64_t all = 0;
  for (const auto& path : paths) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(path, failure);
    if (!failure) all += size;
  }
  return all;
}

Json errorJson(const Error& error) {
  return {{"kind", static_cast<int>(error.kind())},
          {"code", error.code()},
          {"message", error.what()},
          {"path", error.details().path},
          {"remedy", error.details().remedy}};
}

/// Runs `work` and turns whatever it throws into an error message about `path`.
template <class Work>
Json answered(const std::filesystem::path& path, Work work) {
  const auto sentence = [&path](const std::string& reason) {
    return errorJson(Error(ErrorKind::BadInput, "unreadable-image", displayPath(path.filename()) + " cannot be read: " + reason + ".",
                           {.path = displayPath(path)}));
  };
  try {
    return work();
  } catch (const Error& error) {
    return {{"error", errorJson(error)}};
  } catch (const std::bad_alloc&) {
    return {{"error", sentence("it needs more memory than a file of its size may take")}};
  } catch (const std::exception&) {
    return {{"error", sentence("it is damaged")}};
  }
}

void writePixels(const PixelValues& values) {
  const auto bytes = valueBytes(values);
  if (::ftruncate(kPixelFile, 0) != 0) throw Error(ErrorKind::Resource, "out-of-memory", "The decoded pixels could not be handed over.");
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto wrote = ::pwrite(kPixelFile, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) throw Error(ErrorKind::Resource, "out-of-memory", "There is not enough memory to hand over the decoded pixels.");
    done += static_cast<std::size_t>(wrote);
  }
}

struct Request {
  std::string op;
  std::vector<std::filesystem::path> paths;
  DecodeContext context;
  PixelUse use = PixelUse::HandOver;
};

Request requestFrom(const Json& message) {
  Request request{.op = message.at("op").get<std::string>()};
  for (const auto& hex : message.at("paths")) request.paths.push_back(pathOfHex(hex.get<std::string>()));
  DecodeContext& context = request.context;
  const Json& limits = message.at("limits");
  context.limits = {.memoryBytes = limits.at("memory").get<std::uint64_t>(),
                    .seconds = limits.at("seconds").get<double>(),
                    .largestImageBytes = limits.at("largest").get<std::uint64_t>(),
                    .freeBytes = limits.at("free").get<std::uint64_t>()};
  context.salt = message.at("salt").get<std::string>();
  context.volume = message.value("volume", 0);
  request.use = message.value("pixels", true) ? PixelUse::HandOver : PixelUse::LookOnly;
  context.palette = message.value("palette", "colours") == "indices" ? PaletteUse::Indices : PaletteUse::Colours;
  return request;
}

/// Throws where an image of this size does not fit into the memory that is free.
void requireFreeMemory(const std::filesystem::path& path, const Request& request, std::uint64_t need) {
  const std::uint64_t free = request.context.limits.freeBytes != 0 ? request.context.limits.freeBytes : freeMachineMemory();
  const std::uint64_t wanted = freeMemoryFor(need, request.use);
  if (wanted <= free) return;
  const auto megabytes = [](std::uint64_t bytes) { return std::to_string((bytes + 999'999) / 1'000'000) + " MB"; };
  throw Error(ErrorKind::Resource, "out-of-memory",
              displayPath(path.filename()) + " needs about " + megabytes(wanted) + " of memory to be worked on, but only " +
                  megabytes(free) + " are free.",
              {.path = displayPath(path), .remedy = "Close other programs, crop the volume, or use a machine with more memory."});
}

bool decode(Request& request) {
  const Allowance allowance(request.context.limits, bytesOf(request.paths));
  const std::filesystem::path first = request.paths.empty() ? std::filesystem::path() : request.paths.front();
  std::uint64_t most = 0;
  request.context.onNeed = [&](std::uint64_t need) {
    if (need <= most) return;  // a frame of what was granted as a whole
    most = need;
    requireFreeMemory(first, request, need);
    allowance.grant(need);
    sendMessage(kSocket, {{"need", need}});
  };
  return sendMessage(kSocket, answered(first, [&]() -> Json {
                       DecodedImage decoded = readImage(request.paths, request.context);
                       if (request.use == PixelUse::LookOnly) {
                         std::visit([](auto& typed) { typed = {}; }, decoded.image.values);
                         return {{"image", toJson(decoded)}, {"bytes", 0}};
                       }
                       writePixels(decoded.image.values);
                       return {{"image", toJson(decoded)}, {"bytes", valueBytes(decoded.image.values).size()}};
                     }));
}

bool describeSource(Request& request) {
  const Allowance allowance(request.context.limits, bytesOf(request.paths));
  const std::filesystem::path first = request.paths.empty() ? std::filesystem::path() : request.paths.front();
  return sendMessage(kSocket, answered(first, [&]() -> Json {
                       return {{"source", toJson(readDicomSource(request.paths, request.context))}};
                     }));
}

bool probe(Request& request) {
  for (const auto& path : request.paths) {
    const Allowance allowance(request.context.limits, bytesOf({path}));
    if (!sendMessage(kSocket, answered(path, [&]() -> Json { return {{"probe", toJson(probeImage(path, request.context))}}; })))
      return false;
  }
  return true;
}

}  // namespace

int serveDecoding() {
  rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
  silenceGdcm();
  if (!sendMessage(kSocket, {{"ready", 1}})) return 3;
  while (true) {
    const Received received = receiveMessage(kSocket, -1);
    if (received.state != ReceiveState::Message) return 0;
    try {
      Request request = requestFrom(received.message);
      const bool sent = request.op == "probe" ? probe(request) : request.op == "source" ? describeSource(request) : decode(request);
      if (!sent) return 0;
    } catch (const std::exception&) {
      return 3;  // not our client
    }
  }
}

}  // namespace roundel
