#include "cli/studies.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

#include "core/hash.h"

namespace roundel::test {
namespace {

/// Held while the shared study is looked at or made: tests run side by side.
class SharedLock {
 public:
  explicit SharedLock(const fs::path& file) : m_file(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) { ::flock(m_file, LOCK_EX); }
  SharedLock(const SharedLock&) = delete;
  SharedLock& operator=(const SharedLock&) = delete;
  ~SharedLock() { ::close(m_file); }

 private:
  int m_file;
};

/// Names this build of the program: what another one made is of no use.
std::string buildKey() {
  const auto time = fs::last_write_time(ROUNDEL_PROGRAM).time_since_epoch().count();
  return std::to_string(fs::file_size(ROUNDEL_PROGRAM)) + "-" + std::to_string(time);
}

void makeStudyIn(const fs::path& folder) {
  const std::string phantoms = folder / "phantoms", study = folder / "study";
  resultOf({"phantom", "dental", phantoms, "--cases", "14", "--width", "64", "--height", "32", "--classes", "3", "--seed", "1"});
  resultOf({"project", "new", study});
  resultOf({"import", study, phantoms, "--format", "coco"});
  resultOf({"split", study, "--labelled", "4", "--unlabelled", "rest", "--validation", "2", "--test", "4", "--seed", "1"});
}

void appendBigEndian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

void appendChunk(std::string& png, const std::string& type, const std::string& data) {
  appendBigEndian(png, static_cast<std::uint32_t>(data.size()));
  const std::string body = type + data;
  png += body;
  appendBigEndian(png, static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))));
}

}  // namespace

std::vector<std::string> tiny() {
  return {"--set", "width=4", "--set", "nnunet_width=4",      "--set", "nnunet_levels=3",  "--set",  "steps=6",
          "--set", "size=64", "--set", "stability_prompts=1", "--set", "not_found=absent", "--seed", "1"};
}

std::vector<std::string> tinyRun(std::vector<std::string> arguments) {
  const auto more = tiny();
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::string makeStudy(const TempFolder& folder) {
  makeStudyIn(folder.path());
  return folder / "study";
}

std::string finishedStudy(const TempFolder& folder) {
  const fs::path shared = ROUNDEL_TEST_CACHE;
  fs::create_directories(shared);
  const SharedLock lock(shared / "lock");
  const fs::path made = shared / buildKey();
  if (!fs::exists(made / "complete")) {
    for (const auto& entry : fs::directory_iterator(shared))
      if (entry.is_directory()) fs::remove_all(entry.path());
    fs::create_directories(made);
    makeStudyIn(made);
    resultOf(tinyRun({"run", made / "study", "--strategy", "sam-carries-the-burden", "--rounds", "1"}));
    if (!testing::Test::HasFailure()) writeText(made / "complete", "");
  }
  fs::copy(made / "study", folder.path() / "study", fs::copy_options::recursive);
  return folder / "study";
}

Json identity(const fs::path& runFolder) {
  const Json run = jsonOf(runFolder / "run.json");
  Json rounds = Json::array();
  for (const auto& round : run["rounds"]) {
    Json stages = Json::object();
    for (const auto& stage : round["stages"]) stages[stage["name"].get<std::string>()] = stage["sha256"];
    rounds.push_back({{"stages", stages}, {"scores", sha256Hex(round["scores"].dump())}});
  }
  return {{"plan", run["plan_sha256"]}, {"weights", run["weights_sha256"]}, {"rounds", rounds}};
}

void writeGreyPng(const fs::path& file, int width, int height, const std::vector<std::uint8_t>& grey) {
  std::string header;
  appendBigEndian(header, static_cast<std::uint32_t>(width));
  appendBigEndian(header, static_cast<std::uint32_t>(height));
  header += std::string("\x08\x00\x00\x00\x00", 5);  // 8 bits, grey
  std::string rows;
  for (int y = 0; y < height; ++y) {
    rows += '\0';
    rows.append(reinterpret_cast<const char*>(grey.data()) + static_cast<std::size_t>(y) * static_cast<std::size_t>(width),
                static_cast<std::size_t>(width));
  }
  uLongf size = ::compressBound(static_cast<uLong>(rows.size()));
  std::string packed(size, '\0');
  ::compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(rows.data()), static_cast<uLong>(rows.size()));
  packed.resize(size);
  std::string png = "\x89PNG\r\n\x1a\n";
  appendChunk(png, "IHDR", header);
  appendChunk(png, "IDAT", packed);
  appendChunk(png, "IEND", "");
  writeText(file, png);
}

}  // namespace roundel::test
