#include "fabric/meeting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

#include "core/error.h"
#include "engine/fabric/forked.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

using std::chrono::milliseconds;
using test::Forked;
using testing::HasSubstr;

RankPlace place(int rank, int size) {
  return {.rank = rank, .size = size, .localRank = rank, .localSize = size, .launcher = "test", .job = "one"};
}

int sumOfRanks(Fabric& fabric) {
  std::vector<double> value{static_cast<double>(1 + fabric.rank())};
  fabric.allReduce(value);
  return static_cast<int>(value[0]);
}

int freePort() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  socklen_t length = sizeof address;
  ::bind(probe, reinterpret_cast<sockaddr*>(&address), length);
  ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &length);
  ::close(probe);
  return ntohs(address.sin_port);
}

Error errorOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::Defect, "nothing", "nothing was thrown");
}

TEST(MeetingTest, RanksOfOneMachineMeetAtASocketThatIsGoneAfterwards) {
  const test::TemporaryFolder folder;
  const MeetingOptions options{.folder = folder.path()};
  Forked one([&] { return sumOfRanks(*meet(place(1, 3), options)); });
  Forked two([&] { return sumOfRanks(*meet(place(2, 3), options)); });
  EXPECT_EQ(sumOfRanks(*meet(place(0, 3), options)), 6);
  EXPECT_EQ(one.code(), 6);
  EXPECT_EQ(two.code(), 6);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(MeetingTest, OfAPlaceAloneNothingIsOpened) {
  const test::TemporaryFolder folder;
  EXPECT_TRUE(meet({}, {.folder = folder.path() / "not even there"})->alone());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(MeetingTest, AFolderThatOthersMayOpenIsNoPlaceToMeet) {
  const test::TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  EXPECT_EQ(errorOf([&] { meet(place(0, 2), {.folder = folder.path()}); }).code(), "no-socket");
}

TEST(MeetingTest, WhoDoesNotArriveIsNamed) {
  const test::TemporaryFolder folder;
  const MeetingOptions options{.limit = milliseconds(700), .folder = folder.path()};
  Forked one([&] {
    const std::string said = errorOf([&] { meet(place(1, 3), options); }).what();
    return said.find("Rank 0") != std::string::npos ? 0 : 1;
  });
  const Error missing = errorOf([&] { meet(place(0, 3), options); });
  EXPECT_EQ(missing.code(), "ranks-missing");
  EXPECT_THAT(missing.what(), HasSubstr("within 1 s: "));
  EXPECT_THAT(missing.what(), HasSubstr("2."));
}

TEST(MeetingTest, WaitingEndsWhereItIsAskedTo) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(meet(place(0, 2), {.stop = [] { return true; }, .folder = folder.path()}), Cancelled);
}

TEST(MeetingTest, SeveralMachinesMeetOnlyWhereAPortIsSaid) {
  RankPlace far = place(0, 4);
  far.localSize = 2;
  const Error refused = errorOf([&] { meet(far); });
  EXPECT_EQ(refused.code(), "several-machines");
  EXPECT_THAT(refused.what(), HasSubstr("2 of 4"));
  EXPECT_EQ(errorOf([&] { meet(far, {.port = 29617}); }).code(), "bad-ranks");  // nobody said where rank 0 is
}

TEST(MeetingTest, AtAPortStrangersAreTurnedAway) {
  const int port = freePort();
  const auto far = [](int rank) {
    RankPlace one = place(rank, 2);
    one.localSize = 1, one.localRank = 0, one.address = "127.0.0.1";
    return one;
  };
  Forked stranger([&] {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int attempt = 0; attempt < 200; ++attempt) {
      const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
      if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        const std::string words(64, 'G');
        ::send(socket, words.data(), words.size(), MSG_NOSIGNAL);
        char answer = 0;
        const bool closed = ::recv(socket, &answer, 1, 0) <= 0;
        ::close(socket);
        return closed ? 0 : 1;
      }
      ::close(socket);
      std::this_thread::sleep_for(milliseconds(20));
    }
    return 2;
  });
  Forked rank([&] {
    std::this_thread::sleep_for(milliseconds(300));
    return sumOfRanks(*meet(far(1), {.port = port}));
  });
  EXPECT_EQ(sumOfRanks(*meet(far(0), {.port = port})), 3);
  EXPECT_EQ(rank.code(), 3);
  EXPECT_EQ(stranger.code(), 0);
}

TEST(MeetingTest, ChildrenMeetTheirParentByTheWiresTheyWereGiven) {
  auto [mine, theirs] = wirePair();
  Forked child([&] {
    mine.close();
    return sumOfRanks(*meetParent(std::move(theirs), place(1, 2)));
  });
  theirs.close();
  std::vector<Wire> wires;
  wires.push_back(std::move(mine));
  EXPECT_EQ(sumOfRanks(*meetChildren(std::move(wires))), 3);
  EXPECT_EQ(child.code(), 3);
}

}  // namespace
}  // namespace roundel
