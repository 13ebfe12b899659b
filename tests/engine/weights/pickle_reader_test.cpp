#include "weights/pickle_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "engine/weights/allocation_meter.h"
#include "engine/weights/pickle_builder.h"
#include "engine/weights/weights_support.h"
#include "weights/pickle_globals.h"

namespace roundel::pickle {
namespace {

namespace pickled = test::pickled;
using testing::HasSubstr;
using namespace std::string_literals;

/// Graphs hold views on the bytes, which therefore stay.
Graph parse(const std::string& bytes) {
  static std::deque<std::string> kept;
  return read(std::as_bytes(std::span(kept.emplace_back(bytes))), "weights.pth");
}

std::string refusalOfPickle(const std::string& bytes, const Limits& limits = {}) {
  return test::refusalOf([&] { read(std::as_bytes(std::span(bytes)), "weights.pth", limits); });
}

TEST(PickleReader, ReadsPlainValues) {
  // Written down by hand: [None, True, False, 1, -2, 300, 70000, -1, 2**70, 0.5, "é", b"ab", (1,), {}, set()] with several opcodes each.
  const std::string bytes =
      "\x80\x05]\x94(N\x88\x89K\x01J\xFE\xFF\xFF\xFFM\x2C\x01J\x70\x11\x01\x00"
      "\x8a\x01\xFF\x8a\x09\0\0\0\0\0\0\0\0\x40G\x3F\xE0\0\0\0\0\0\0X\x02\0\0\0\xC3\xA9"
      "C\x02"
      "abK\x01\x85\x7D\x8F"
      "e."s;
  const Graph graph = parse(bytes);
  const auto items = graph.items(graph.root(), 100);
  ASSERT_EQ(graph.kind(graph.root()), Kind::List);
  ASSERT_EQ(items.size(), 15u);
  const std::vector<Kind> kinds = {Kind::None,    Kind::Boolean, Kind::Boolean, Kind::Integer,    Kind::Integer,
                                   Kind::Integer, Kind::Integer, Kind::Integer, Kind::BigInteger, Kind::Real,
                                   Kind::Text,    Kind::Bytes,   Kind::Tuple,   Kind::Dict,       Kind::Set};
  for (std::size_t i = 0; i < items.size(); ++i) EXPECT_EQ(graph.kind(items[i]), kinds[i]) << i;
  EXPECT_TRUE(graph.boolean(items[1]));
  EXPECT_FALSE(graph.boolean(items[2]));
  EXPECT_EQ(graph.integer(items[4]), -2);
  EXPECT_EQ(graph.integer(items[5]), 300);
  EXPECT_EQ(graph.integer(items[6]), 70000);
  EXPECT_EQ(graph.integer(items[7]), -1);
  EXPECT_EQ(graph.real(items[9]), 0.5);
  EXPECT_EQ(graph.text(items[10]), "é");
  EXPECT_EQ(graph.text(items[11]), "ab");
}

TEST(PickleReader, SharesWhatTheMemoShares) {
  const Graph graph = parse("\x80\x04(" + pickled::kEmptyDict + "q\x05h\x05]\x94h\x00t."s);  // Python's own memo would have used 0 and 1
  const auto items = graph.items(graph.root(), 100);
  ASSERT_EQ(items.size(), 4u);
  EXPECT_EQ(items[0], items[1]);
  EXPECT_EQ(items[2], items[3]);
  EXPECT_EQ(graph.items(graph.root(), 2).size(), 2u);
}

TEST(PickleReader, WritesCallsDownInsteadOfMakingThem) {
  const Graph graph =
      parse(pickled::whole(pickled::call(pickled::global("mmengine.config", "Config"), {pickled::integer(7)}) + pickled::kEmptyState));
  ASSERT_EQ(graph.kind(graph.root()), Kind::Object);
  EXPECT_EQ(graph.module(graph.callable(graph.root())), "mmengine.config");
  EXPECT_EQ(graph.name(graph.callable(graph.root())), "Config");
  EXPECT_EQ(graph.integer(graph.items(graph.arguments(graph.root()), 1).at(0)), 7);
  EXPECT_EQ(graph.kind(graph.state(graph.root())), Kind::Dict);
}

TEST(PickleReader, ReadsNamesFromTheStack) {
  const Graph graph = parse(
      "\x80\x04\x8c\x05torch\x94\x8c\x0c"
      "FloatStorage\x94\x93\x94.");
  ASSERT_EQ(graph.kind(graph.root()), Kind::Global);
  EXPECT_EQ(graph.name(graph.root()), "FloatStorage");
}

TEST(PickleReader, RefusesDamagedPickles) {
  EXPECT_NE(refusalOfPickle(""), "");
  EXPECT_NE(refusalOfPickle("\x80"), "");
  EXPECT_THAT(refusalOfPickle("(dp0\n."), HasSubstr("form that is not read"));
  EXPECT_THAT(refusalOfPickle("\x80\x06."), HasSubstr("newer Python"));
  EXPECT_THAT(refusalOfPickle("\x80\x02}"), HasSubstr("cut short"));
  for (const std::string& damaged : {"."s,
                                     "R."s,
                                     "h\x07."s,
                                     "j\x07\0\0\0."s,
                                     "e."s,
                                     "t."s,
                                     "a."s,
                                     "s."s,
                                     "u."s,
                                     "b."s,
                                     "(K\x01"
                                     "a."s,
                                     "1."s,
                                     "0."s,
                                     "2."s,

                                     "(K\x01K\x02K\x03"
                                     "d."s,
                                     "}K\x01"
                                     "b."s,
                                     "K\x01K\x02R."s,
                                     "Q."s,
                                     "(o."s,
                                     "\x93."s,
                                     "K\x01K\x02\x93."s,
                                     "cab"s,
                                     "}(K\x01u."s,
                                     "\x8f(K\x01"
                                     "e."s,
                                     "](K\x01\x90."s,
                                     "]r\xff\xff\xff\x7f."s})
    EXPECT_NE(refusalOfPickle("\x80\x02" + damaged), "") << testing::PrintToString(damaged);
  for (const char opcode : {'I', 'L', 'F', 'S', 'V', 'p', 'g', 'P', 'i', '\x82', '\x83', '\x84', '\x97', '\x98', '\xff'})
    EXPECT_THAT(refusalOfPickle("\x80\x02" + std::string(1, opcode) + "1\n."), HasSubstr("instruction")) << static_cast<int>(opcode);
}

TEST(PickleReader, RefusesEveryCut) {
  const std::string whole = pickled::whole(pickled::orderedDict({{"w", pickled::tensor({})}, {"v", pickled::tensor({.offset = 1})}}));
  EXPECT_EQ(refusalOfPickle(whole), "");
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) EXPECT_NE(refusalOfPickle(whole.substr(0, bytes)), "") << bytes << " bytes";
}

TEST(PickleReader, BelievesNoLength) {
  for (const std::string& claim : {"\x8d\0\0\0\0\0\0\0\x10"s, "\x8e\xff\xff\xff\xff\xff\xff\xff\xff"s, "\x96\0\0\0\0\0\0\0\x10"s,
                                   "X\xff\xff\xff\xff"s, "B\xff\xff\xff\xff"s, "T\xff\xff\xff\xff"s, "\x8b\xff\xff\xff\x7f"s}) {
    const test::AllocationMeter meter;
    EXPECT_THAT(refusalOfPickle("\x80\x04" + claim + "abc."), HasSubstr("cut short"));
    EXPECT_LT(meter.peakBytes(), 100'000u);
  }
}

TEST(PickleReader, RefusesLoopsAndDepth) {
  EXPECT_THAT(refusalOfPickle("\x80\x02}q\x01X\x01\0\0\0wh\x01s."s), HasSubstr("contains itself"));
  EXPECT_THAT(refusalOfPickle("\x80\x02]q\x01(h\x01\x85"
                              "e."s),
              HasSubstr("contains itself"));
  const std::string ordered = pickled::global("collections", "OrderedDict") + ")R";
  EXPECT_THAT(refusalOfPickle("\x80\x02" + ordered + "q\x01X\x01\0\0\0wh\x01s."s), HasSubstr("contains itself"));
  const auto nested = [](std::size_t depth) { return "\x80\x02" + std::string(depth, ']') + std::string(depth - 1, 'a') + "."; };
  EXPECT_EQ(refusalOfPickle(nested(150)), "");
  EXPECT_THAT(refusalOfPickle(nested(300)), HasSubstr("nested deeper"));
  EXPECT_THAT(refusalOfPickle(nested(90'000)), HasSubstr("nested deeper"));
  EXPECT_THAT(refusalOfPickle(nested(200'000)), HasSubstr("deeper"));
  EXPECT_NE(refusalOfPickle("\x80\x02" + std::string(2'000, '(') + "."), "");
  EXPECT_NE(refusalOfPickle("\x80\x02N" + std::string(300'000, '\x85') + "."), "");
  // An object of a program may know its owner.
  EXPECT_EQ(refusalOfPickle("\x80\x02" + pickled::global("tools", "Owner") + ")Rq\x01}X\x01\0\0\0oh\x01sb."s), "");
}

TEST(PickleReader, StaysWithinItsLimits) {
  std::string many = "\x80\x02](";
  for (int i = 0; i < 1'000; ++i) many += "K\x07";
  EXPECT_EQ(refusalOfPickle(many + "e."), "");
  EXPECT_NE(refusalOfPickle(many + "e.", {.values = 500}), "");
  EXPECT_NE(refusalOfPickle(many + "e.", {.stack = 500}), "");
  EXPECT_NE(refusalOfPickle(many + "e.", {.bytes = 500}), "");
  // Lists made and dropped: the worst that a byte can cost.
  std::string dropped = "\x80\x02";
  for (int i = 0; i < 500'000; ++i) dropped += "]0";
  const test::AllocationMeter meter;
  EXPECT_EQ(refusalOfPickle(dropped + "N."), "");
  EXPECT_LT(meter.peakBytes(), 16 * dropped.size());
}

TEST(PickleReader, TakesTimeInProportion) {
  // A tuple of 50,000 shared by 50,000 calls: whoever looks through it at each call needs minutes.
  std::string bytes = "\x80\x02(";
  for (int i = 0; i < 50'000; ++i) bytes += 'N';
  bytes += "tq\x01" + pickled::global("tools", "Thing") + "q\x02(";
  for (int i = 0; i < 50'000; ++i) bytes += "h\x02h\x01R";
  EXPECT_EQ(refusalOfPickle(bytes + "t."), "");
}

TEST(PickleReader, RefusesWhatRunsPrograms) {
  const auto runs = [](const std::string& instructions) { return refusalOfPickle("\x80\x04" + instructions + "."); };
  const std::string order = pickled::tuple({pickled::text("touch /tmp/pwned")});
  EXPECT_THAT(runs(pickled::global("posix", "system") + order + "R"), HasSubstr("posix.system"));
  EXPECT_THAT(runs(pickled::global("posix", "system")), HasSubstr("Do not use it")) << "even where it is not called";
  EXPECT_NE(runs(pickled::text("builtins") + pickled::text("exec") + "\x93" + order + "R"), "");
  EXPECT_NE(runs("(" + pickled::global("subprocess", "Popen") + pickled::text("id") + "o"), "");
  EXPECT_NE(runs(pickled::global("subprocess", "Popen") + order + "\x81"), "");
  EXPECT_NE(runs(pickled::global("os", "popen") + order + "}\x92"), "");
  // getattr(pathlib.Path, "unlink") is fetched and called.
  const std::string fetched =
      pickled::call(pickled::global("builtins", "getattr"), {pickled::global("pathlib", "Path"), pickled::text("unlink")});
  EXPECT_EQ(runs(fetched), "");
  EXPECT_NE(runs(fetched + order + "R"), "");
  EXPECT_NE(runs(pickled::call(pickled::global("tools", "Make"), {}) + order + "R"), "") << "a result that is called";
  const std::string inner =
      pickled::call(pickled::global("__builtin__", "getattr"), {pickled::global("tools", "Outer"), pickled::text("Inner")});
  EXPECT_EQ(runs(inner + ")\x81"), "") << "a class in a class";
}

TEST(PickleGlobals, TellsDataFromPrograms) {
  for (const auto& [module, name] : std::vector<std::pair<std::string, std::string>>{{"collections", "OrderedDict"},
                                                                                     {"collections", "Counter"},
                                                                                     {"argparse", "Namespace"},
                                                                                     {"torch", "FloatStorage"},
                                                                                     {"torch", "device"},
                                                                                     {"torch._utils", "_rebuild_qtensor"},
                                                                                     {"numpy.core.multiarray", "scalar"},
                                                                                     {"numpy", "dtype"},
                                                                                     {"_codecs", "encode"},
                                                                                     {"pathlib", "PosixPath"},
                                                                                     {"datetime", "datetime"},
                                                                                     {"__main__", "Options"},
                                                                                     {"easydict", "EasyDict"},
                                                                                     {"yacs.config", "CfgNode"},
                                                                                     {"__builtin__", "set"},
                                                                                     {"functools", "partial"},
                                                                                     {"torch.nn.modules.conv", "Conv2d"},
                                                                                     {"parser", "Options"},
                                                                                     {"mmengine.config", "Config.Inner"}})
    EXPECT_TRUE(isHonest(module, name, Use::Called)) << module << "." << name;
  for (const auto& [module, name] : std::vector<std::pair<std::string, std::string>>{{"os", "system"},
                                                                                     {"nt", "system"},
                                                                                     {"posix", "popen"},
                                                                                     {"subprocess", "Popen"},
                                                                                     {"builtins", "eval"},
                                                                                     {"__builtin__", "execfile"},
                                                                                     {"builtins", "__import__"},
                                                                                     {"builtins", "compile"},
                                                                                     {"builtins", "open"},
                                                                                     {"sys", "exit"},
                                                                                     {"runpy", "run_path"},
                                                                                     {"importlib", "import_module"},
                                                                                     {"shutil", "rmtree"},
                                                                                     {"socket", "socket"},
                                                                                     {"webbrowser", "open"},
                                                                                     {"pty", "spawn"},
                                                                                     {"ctypes", "CDLL"},
                                                                                     {"pickle", "loads"},
                                                                                     {"_pickle", "loads"},
                                                                                     {"marshal", "loads"},
                                                                                     {"types", "CodeType"},
                                                                                     {"operator", "methodcaller"},
                                                                                     {"functools", "reduce"},
                                                                                     {"asyncio.subprocess", "create_subprocess_shell"},
                                                                                     {"torch", "load"},
                                                                                     {"torch.hub", "load"},
                                                                                     {"torch.utils.cpp_extension", "load_inline"},
                                                                                     {"numpy.testing._private.utils", "runstring"},
                                                                                     {"pip", "main"},
                                                                                     {"tools.files", "os.system"},
                                                                                     {"torch.serialization", "os.system"},
                                                                                     {"collections", "abc.sys.modules"},
                                                                                     {"tools", "Thing.__init__.__globals__"},
                                                                                     {"argparse", "_sys.exit"},
                                                                                     {"logging.config", "fileConfig"},
                                                                                     {"cloudpickle", "loads"}})
    EXPECT_FALSE(isHonest(module, name, Use::Named)) << module << "." << name;
  EXPECT_TRUE(isHonest("torch.nn.functional", "relu", Use::Named));
  EXPECT_FALSE(isHonest("torch.nn.functional", "relu", Use::Called));
}

}  // namespace
}  // namespace roundel::pickle
