#include "imaging/decode_client.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "engine/imaging/imaging_support.h"
#include "imaging/image_writer.h"

namespace roundel {
namespace {

const std::vector<std::uint8_t> kFour{1, 2, 3, 4};

std::size_t openDescriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

TEST(DecodeClient, RefusesWhatIsNoFile) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  test::writeBytes(folder / "empty.dcm", "");
  test::writeBytes(folder / "text.png", "this is no picture");
  ASSERT_EQ(::mkfifo((folder / "pipe.png").c_str(), 0600), 0);
  EXPECT_NE(test::refusal(client, folder / "empty.dcm").find("empty"), std::string::npos);
  EXPECT_NE(test::refusal(client, folder / "text.png").find("none of the kinds"), std::string::npos);
  EXPECT_NE(test::refusal(client, folder / "pipe.png").find("not a plain file"), std::string::npos);
  EXPECT_NE(test::refusal(client, folder / "missing.png").find("no such file"), std::string::npos);
  EXPECT_NE(test::refusal(client, folder.path()).find("holds no DICOM"), std::string::npos);
  EXPECT_NE(test::refusal(client, "/dev/zero").find("not a plain file"), std::string::npos);
  EXPECT_EQ(client.workersStarted(), 1);
}

TEST(DecodeClient, AnErrorNamesTheFileAndHasACode) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  test::writeBytes(folder / "broken.png", std::string("\x89PNG\r\n\x1a\n", 8) + "rubbish");
  try {
    client.decode(folder / "broken.png");
    FAIL() << "was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::BadInput);
    EXPECT_EQ(error.code(), "unreadable-image");
    EXPECT_NE(std::string(error.what()).find("broken.png"), std::string::npos);
    EXPECT_NE(error.details().path.find("broken.png"), std::string::npos);
  }
}

TEST(DecodeClient, UnreadablePermissionsAreASentence) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  writeGreyPng(folder / "secret.png", 2, 2, kFour);
  ::chmod((folder / "secret.png").c_str(), 0);
  EXPECT_NE(test::refusal(client, folder / "secret.png").find("may not read"), std::string::npos);
}

TEST(DecodeClient, FileNamesNeedNotBeUtf8) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const auto good = folder / "r\xF6ntgen \"1\"\n.png", bad = folder / "\xFF\xFE.png";
  writeGreyPng(good, 2, 2, kFour);
  test::writeBytes(bad, "nothing");
  EXPECT_EQ(client.decode(good).image.values, PixelValues(kFour));
  EXPECT_NE(test::refusal(client, bad).find("\xEF\xBF\xBD"), std::string::npos);
  EXPECT_EQ(client.probe({good, bad}).size(), 2U);
}

TEST(DecodeClient, AKilledWorkerIsReplaced) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  writeGreyPng(folder / "a.png", 2, 2, kFour);
  for (int round = 1; round <= 3; ++round) {
    EXPECT_EQ(client.decode(folder / "a.png").image.values, PixelValues(kFour));
    EXPECT_EQ(client.workersStarted(), round);
    ::kill(client.workerId(), SIGKILL);
  }
  EXPECT_TRUE(std::holds_alternative<ImageProbe>(client.probe({folder / "a.png"}).at(0)));
}

TEST(DecodeClient, AWorkerKilledInMidFileIsReplaced) {
  const test::TemporaryFolder folder;
  writeGreyPng(folder / "a.png", 2, 2, kFour);
  DecodeClient client(test::workerOptions());
  client.decode(folder / "a.png");
  const int stopped = client.workerId();
  ::kill(stopped, SIGSTOP);  // as good as a file that takes long
  const auto killIt = [stopped] {
    ::kill(stopped, SIGKILL);
    return false;
  };
  EXPECT_EQ(client.decode({.paths = {folder / "a.png"}, .stopRequested = killIt}).image.values, PixelValues(kFour));
  EXPECT_EQ(client.workersStarted(), 2);
}

TEST(DecodeClient, AFileWhoseWorkersAreKilledTwiceIsRefused) {
  const test::TemporaryFolder folder;
  writeGreyPng(folder / "a.png", 2, 2, kFour);
  DecodeClientOptions options = test::workerOptions();
  options.command = {"/bin/sh", "-c", R"(printf '\016\000\000\000{"ready":true}' >&0; head -c 4 <&0 >/dev/null; kill -9 $$)"};
  DecodeClient client(options);
  EXPECT_NE(test::refusal(client, folder / "a.png").find("memory runs out"), std::string::npos);
  EXPECT_EQ(client.workersStarted(), 2);
  const auto probed = client.probe({folder / "a.png"});
  ASSERT_EQ(probed.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Error>(probed[0]));
  EXPECT_EQ(client.workersStarted(), 4);
}

TEST(DecodeClient, AFileThatTakesTooLongIsRefusedAndTheNextOneRead) {
  const test::TemporaryFolder folder;
  writeGreyPng(folder / "a.png", 2, 2, kFour);
  DecodeClientOptions options = test::workerOptions();
  options.limits.seconds = 0;
  DecodeClient client(options);
  EXPECT_NE(test::refusal(client, folder / "a.png").find("longer"), std::string::npos);
  EXPECT_EQ(client.workerId(), 0);
}

TEST(DecodeClient, StopsInMidWaitWhenAskedAndServesTheNextOne) {
  const test::TemporaryFolder folder;
  writeGreyPng(folder / "a.png", 2, 2, kFour);
  DecodeClient client(test::workerOptions());
  client.decode(folder / "a.png");
  ::kill(client.workerId(), SIGSTOP);  // as good as a file that takes for ever
  int asked = 0;
  EXPECT_THROW(client.decode({.paths = {folder / "a.png"}, .stopRequested = [&asked] { return ++asked > 2; }}), Cancelled);
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(client.workerId(), 0);
  EXPECT_EQ(client.decode(folder / "a.png").image.values, PixelValues(kFour));
}

TEST(DecodeClient, LargerThanTheLimitIsRefused) {
  const test::TemporaryFolder folder;
  writeGreyPng(folder / "a.png", 2, 2, kFour);
  DecodeClientOptions options = test::workerOptions();
  options.limits.largestImageBytes = 3;
  DecodeClient client(options);
  EXPECT_NE(test::refusal(client, folder / "a.png").find("limit"), std::string::npos);
}

TEST(DecodeClient, LeavesNoProcessAndNoDescriptor) {
  const test::TemporaryFolder folder;
  writeGreyPng(folder / "a.png", 2, 2, kFour);
  const std::size_t before = openDescriptors();
  int process = 0;
  {
    DecodeClient client(test::workerOptions());
    client.decode(folder / "a.png");
    process = client.workerId();
    EXPECT_EQ(::kill(process, 0), 0);
  }
  EXPECT_NE(::kill(process, 0), 0) << "the worker lives on";
  EXPECT_EQ(openDescriptors(), before);
}

TEST(DecodeClient, ServesWhateverDescriptorsAreOpen) {
  const test::TemporaryFolder folder;
  writeGreyPng(folder / "picture.png", 2, 2, kFour);
  for (int left = 3; left < 20; ++left) ::close(left);  // by a shell, so that every number has its turn
  std::vector<int> others;
  for (int count = 0; count < 16; ++count) {
    DecodeClient client(test::workerOptions());
    EXPECT_EQ(client.decode(folder / "picture.png").image.values, PixelValues(kFour)) << count << " other descriptors";
    others.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }
  for (const int other : others) ::close(other);
}

TEST(DecodeClient, AWorkerThatDoesNotStartIsASentence) {
  const test::TemporaryFolder folder;
  writeGreyPng(folder / "a.png", 2, 2, kFour);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"/nonexistent/roundel"}, std::vector<std::string>{IMAGING_WORKER, "end"}}) {
    DecodeClient client({.command = command});
    try {
      client.decode(folder / "a.png");
      FAIL() << "was read";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Resource);
      EXPECT_EQ(error.code(), "no-decoder");
    }
  }
}

TEST(DecodeClient, ACrashIsTheFilesFaultAndOnlyItsOwn) {
  const test::TemporaryFolder folder;
  writeGreyPng(folder / "a.png", 2, 2, kFour);
  DecodeClient client({.command = {IMAGING_WORKER, "abort"}});
  EXPECT_NE(test::refusal(client, folder / "a.png").find("a.png cannot be read: it is damaged in a way"), std::string::npos);
  EXPECT_EQ(client.workerId(), 0);
  const auto results = client.probe({folder / "a.png", folder / "a.png", folder / "a.png"});
  ASSERT_EQ(results.size(), 3U);
  for (const auto& result : results) EXPECT_TRUE(std::holds_alternative<Error>(result));
  EXPECT_EQ(client.workersStarted(), 4);
}

TEST(DecodeClient, AWorkerIsNotTakenAtItsWord) {
  const test::TemporaryFolder folder;
  writeGreyPng(folder / "a.png", 2, 2, kFour);
  DecodeClient client({.command = {IMAGING_WORKER, "lie"}});
  EXPECT_NE(test::refusal(client, folder / "a.png").find("more than was asked for"), std::string::npos);
}

TEST(DecodeClient, ServesSeveralThreads) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  for (std::uint8_t index = 0; index < 4; ++index) writeGreyPng(folder / std::to_string(index), 1, 1, std::vector<std::uint8_t>{index});
  std::vector<std::thread> threads;
  std::array<int, 4> wrong{};
  for (std::uint8_t index = 0; index < 4; ++index)
    threads.emplace_back([&, index] {
      for (int round = 0; round < 20; ++round)
        wrong[index] += client.decode(folder / std::to_string(index)).image.values == PixelValues(std::vector<std::uint8_t>{index}) ? 0 : 1;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, (std::array<int, 4>{}));
  EXPECT_EQ(client.workersStarted(), 1);
}

TEST(DecodeClient, ProbingStopsWhenAsked) {
  const test::TemporaryFolder folder;
  writeGreyPng(folder / "a.png", 2, 2, kFour);
  DecodeClient client(test::workerOptions());
  const std::vector<std::filesystem::path> many(200, folder / "a.png");
  EXPECT_THROW(client.probe(many,
                            [](std::size_t done) {
                              if (done == 70) throw Cancelled();
                            }),
               Cancelled);
  EXPECT_EQ(client.decode(folder / "a.png").image.values, PixelValues(kFour));
}

TEST(DecodeClient, PicturesWithoutAPatientShareTheirFoldersKey) {
  const test::TemporaryFolder folder, other;
  writeGreyPng(folder / "a.png", 2, 2, kFour);
  writeGreyPng(folder / "b.png", 2, 2, kFour);
  writeGreyPng(other / "a.png", 2, 2, kFour);
  DecodeClient client(test::workerOptions()), salted({.command = test::workerOptions().command, .salt = "another"});
  const PatientFacts a = client.decode(folder / "a.png").patient;
  EXPECT_FALSE(a.hasPatientId);
  EXPECT_EQ(a, client.decode(folder / "b.png").patient);
  EXPECT_NE(a, client.decode(other / "a.png").patient);
  EXPECT_NE(a, salted.decode(folder / "a.png").patient);
}

}  // namespace
}  // namespace roundel
