#include "weights/state_dict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstring>

#include "engine/weights/allocation_meter.h"
#include "engine/weights/pickle_builder.h"
#include "engine/weights/weights_support.h"
#include "weights/inflate.h"

namespace roundel {
namespace {

namespace pickled = test::pickled;
using test::floatBytes;
using test::torchArchive;
using test::WrittenFile;
using testing::ElementsAre;
using testing::HasSubstr;

StateDict readBytes(const std::string& bytes) { return readStateDict(WrittenFile(bytes).path()); }
std::string refusalOfWeights(const std::string& bytes) {
  return test::refusalOf([&] { readBytes(bytes); });
}
StateDict readTorch(const std::string& value) { return readBytes(torchArchive(value, {{"0", floatBytes(12)}}).finish()); }
std::string refusedTorch(const std::string& value) { return refusalOfWeights(torchArchive(value, {{"0", floatBytes(12)}}).finish()); }
std::string refusedTensor(const pickled::Tensor& tensor) {
  return refusedTorch(pickled::dict({{"layer.weight", pickled::tensor(tensor)}}));
}

/// All elements of an F32 tensor, by its strides.
std::vector<float> valuesOf(const StridedTensor& tensor) {
  std::vector<float> values;
  for (std::int64_t flat = 0; flat < tensor.elementCount(); ++flat) {
    std::int64_t rest = flat, offset = 0;
    for (std::size_t d = tensor.shape.size(); d-- > 0; rest /= tensor.shape[d]) offset += rest % tensor.shape[d] * tensor.strides[d];
    float value = 0;
    std::memcpy(&value, tensor.bytes.data() + offset * 4, sizeof value);
    values.push_back(value);
  }
  return values;
}
std::vector<float> oneTo(int count) {
  std::vector<float> values;
  for (int i = 1; i <= count; ++i) values.push_back(static_cast<float>(i));
  return values;
}
std::vector<std::string> namesOf(const StateDict& weights) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : weights.tensors) names.push_back(name);
  return names;
}

TEST(StateDict, ReadsAFlatFile) {
  const StateDict weights = readTorch(pickled::orderedDict({{"w", pickled::tensor({})}}) + pickled::kEmptyState);
  EXPECT_EQ(weights.format, "pytorch");
  EXPECT_EQ(weights.nesting, "");
  EXPECT_EQ(weights.path.filename(), "weights.pth");
  const StridedTensor& w = weights.tensors.at("w");
  EXPECT_EQ(w.dtype, "F32");
  EXPECT_THAT(w.shape, ElementsAre(3, 4));
  EXPECT_TRUE(w.isRowMajor());
  EXPECT_EQ(valuesOf(w), oneTo(12)) << "and the mapping outlives the file's name";
}

TEST(StateDict, ReadsViewsOnOneStorage) {
  const auto view = [](std::int64_t offset, std::vector<std::int64_t> shape, std::vector<std::int64_t> strides) {
    return pickled::tensor({.offset = offset, .shape = std::move(shape), .strides = std::move(strides)});
  };
  const StateDict weights = readTorch(pickled::dict({{"transposed", view(0, {4, 3}, {1, 4})},
                                                     {"row", view(4, {4}, {1})},
                                                     {"every other", view(1, {3, 2}, {4, 2})},
                                                     {"repeated", view(11, {2, 2}, {0, 0})},
                                                     {"number", view(6, {}, {})},
                                                     {"empty", view(12, {0, 4}, {4, 1})},
                                                     {"odd strides", view(0, {1, 12, 1}, {999, 1, 999})}}));
  EXPECT_THAT(valuesOf(weights.tensors.at("transposed")), ElementsAre(1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12));
  EXPECT_THAT(valuesOf(weights.tensors.at("row")), ElementsAre(5, 6, 7, 8));
  EXPECT_THAT(valuesOf(weights.tensors.at("every other")), ElementsAre(2, 4, 6, 8, 10, 12));
  EXPECT_THAT(valuesOf(weights.tensors.at("repeated")), ElementsAre(12, 12, 12, 12));
  EXPECT_THAT(valuesOf(weights.tensors.at("number")), ElementsAre(7));
  EXPECT_EQ(weights.tensors.at("empty").bytes.size(), 0u);
  EXPECT_EQ(valuesOf(weights.tensors.at("odd strides")), oneTo(12));
  EXPECT_EQ(weights.tensors.at("every other").bytes.size(), 11u * 4);
  EXPECT_TRUE(weights.tensors.at("odd strides").isRowMajor());
  EXPECT_FALSE(weights.tensors.at("transposed").isRowMajor());
}

TEST(StateDict, KnowsPyTorchsTypes) {
  for (const auto& [storage, dtype, bytes] : std::vector<std::tuple<std::string, std::string, int>>{{"DoubleStorage", "F64", 8},
                                                                                                    {"HalfStorage", "F16", 2},
                                                                                                    {"BFloat16Storage", "BF16", 2},
                                                                                                    {"LongStorage", "I64", 8},
                                                                                                    {"IntStorage", "I32", 4},
                                                                                                    {"ByteStorage", "U8", 1},
                                                                                                    {"BoolStorage", "BOOL", 1}}) {
    const std::string value = pickled::dict({{"w", pickled::tensor({.storageType = storage})}});
    const StateDict weights = readBytes(torchArchive(value, {{"0", std::string(static_cast<std::size_t>(12 * bytes), 1)}}).finish());
    EXPECT_EQ(weights.tensors.at("w").dtype, dtype);
    EXPECT_EQ(weights.tensors.at("w").bytes.size(), static_cast<std::size_t>(12 * bytes));
  }
}

TEST(StateDict, LooksIntoParametersAndPassesOverOthers) {
  const std::string tensor = pickled::tensor({});
  const std::string parameter = pickled::call(pickled::global("torch._utils", "_rebuild_parameter"), {tensor, "\x88", "N"});
  const std::string subclass = pickled::call(pickled::global("torch._tensor", "_rebuild_from_type_v2"),
                                             {pickled::global("torch._utils", "_rebuild_parameter"), pickled::global("tools", "Tensor"),
                                              pickled::tuple({tensor, "\x88", "N"}), pickled::kEmptyDict});
  const std::string sparse = pickled::call(pickled::global("torch._utils", "_rebuild_sparse_tensor"), {"N", "N"});
  const StateDict weights =
      readTorch(pickled::dict({{"a", parameter},
                               {"b", subclass},
                               {"c", sparse},
                               {"d", pickled::tensor({.storageType = "ComplexFloatStorage"})},
                               {"epoch", pickled::integer(3)},
                               {"scale", pickled::call(pickled::global("numpy.core.multiarray", "scalar"), {"N", "N"})}}));
  EXPECT_THAT(namesOf(weights), ElementsAre("a", "b"));
  EXPECT_THAT(weights.skipped, testing::UnorderedElementsAre("c", "d", "epoch", "scale"));
  EXPECT_EQ(valuesOf(weights.tensors.at("b")), oneTo(12));
}

TEST(StateDict, StepsIntoWrappers) {
  const std::string inner = pickled::orderedDict({{"w", pickled::tensor({})}});
  const std::string optimizer =
      pickled::dict({{"state", pickled::dict({{"0", pickled::dict({{"exp_avg", pickled::tensor({})}})}})}, {"param_groups", "]"}});
  const std::string options = pickled::global("argparse", "Namespace") + ")\x81" + pickled::dict({{"lr", "N"}}) + "b";
  for (const char* name : {"model_state_dict", "state_dict", "model_state", "model", "parameters", "net", "somebody's own"}) {
    const StateDict weights =
        readTorch(pickled::dict({{"args", options}, {"loss", pickled::integer(1)}, {"optimizer", optimizer}, {name, inner}}));
    EXPECT_EQ(weights.nesting, name);
    EXPECT_THAT(namesOf(weights), ElementsAre("w"));
  }
  const StateDict loss = readTorch(pickled::dict({{"best", pickled::tensor({})}, {"model", inner}}));
  EXPECT_EQ(loss.nesting, "model") << "beside a tensor";
  const StateDict twice = readTorch(pickled::dict({{"model", pickled::dict({{"state_dict", inner}, {"ema", inner}})}}));
  EXPECT_EQ(twice.nesting, "model.state_dict");
  const StateDict parts = readTorch(pickled::dict({{"encoder", inner}, {"decoder", pickled::dict({{"v", pickled::tensor({})}})}}));
  EXPECT_THAT(namesOf(parts), ElementsAre("decoder.v", "encoder.w"));
  const StateDict same = readTorch(pickled::dict({{"best", inner + "q\x01"}, {"last", "h\x01"}}));
  EXPECT_EQ(same.nesting, "best");
}

TEST(StateDict, TakesPrefixesAway) {
  const auto named = [](const std::string& a, const std::string& b) {
    return readTorch(pickled::dict({{a, pickled::tensor({})}, {b, pickled::tensor({})}}));
  };
  EXPECT_THAT(namesOf(named("module.a.w", "module.b")), ElementsAre("a.w", "b"));
  EXPECT_EQ(named("module.a", "module.b").prefix, "module.");
  EXPECT_EQ(named("module._orig_mod.a", "module._orig_mod.b").prefix, "module._orig_mod.");
  EXPECT_THAT(namesOf(named("module.a", "b")), ElementsAre("b", "module.a"));
  EXPECT_THAT(namesOf(named("module.", "module.a")), ElementsAre("module.", "module.a"));
}

TEST(StateDict, ReadsSafetensorsByContent) {
  const std::string header = R"({"__metadata__":{"by":"us"},"module.w":{"dtype":"F32","shape":[3,4],"data_offsets":[0,48]}})";
  const std::string bytes = test::littleEndian(static_cast<std::uint64_t>(header.size())) + header + floatBytes(12);
  const StateDict weights = readBytes(bytes);  // its name ends in .pth
  EXPECT_EQ(weights.format, "safetensors");
  EXPECT_EQ(weights.metadata["by"], "us");
  EXPECT_EQ(weights.prefix, "module.");
  EXPECT_EQ(valuesOf(weights.tensors.at("w")), oneTo(12));
  EXPECT_THAT(weights.tensors.at("w").strides, ElementsAre(4, 1));
}

TEST(StateDict, ReadsZip64AndDeflatedArchives) {
  const std::string value = pickled::dict({{"w", pickled::tensor({})}});
  const auto storages = std::vector<std::pair<std::string, std::string>>{{"0", floatBytes(12)}};
  EXPECT_EQ(valuesOf(readBytes(torchArchive(value, storages, {.zip64 = true}).finish({.zip64 = true})).tensors.at("w")), oneTo(12));
  if (inflateInto({}, {}) == InflateResult::Unsupported) GTEST_SKIP() << "built without zlib";
  EXPECT_EQ(valuesOf(readBytes(torchArchive(value, storages, {.deflated = true}).finish()).tensors.at("w")), oneTo(12));
}

TEST(StateDict, CopiesNothing) {
  constexpr std::size_t kFloats = 4 << 20;
  const std::string value = pickled::dict({{"w", pickled::tensor({.elements = kFloats, .shape = {kFloats}, .strides = {1}})}});
  const WrittenFile file(torchArchive(value, {{"0", std::string(kFloats * 4, '\x01')}}).finish());
  const test::AllocationMeter meter;
  const StateDict weights = readStateDict(file.path());
  EXPECT_EQ(weights.tensors.at("w").bytes.size(), kFloats * 4);
  EXPECT_LT(meter.peakBytes(), 100'000u);
}

TEST(StateDict, ComparesChecksums) {
  const std::string value = pickled::dict({{"w", pickled::tensor({})}});
  std::string bytes = torchArchive(value, {{"0", floatBytes(12)}, {"1", floatBytes(12)}}).finish();
  const std::size_t first = bytes.find(floatBytes(12)), second = bytes.find(floatBytes(12), first + 1);
  bytes[second + 5] ^= 1;
  EXPECT_EQ(refusalOfWeights(bytes), "") << "a storage that no tensor uses";
  bytes[first + 5] ^= 1;
  EXPECT_THAT(refusalOfWeights(bytes), HasSubstr("checksum"));
  EXPECT_EQ(readStateDict(WrittenFile(bytes).path(), Checksums::Trust).tensors.size(), 1u);
  // Many and large storages are shared out to threads; the damaged one is found whichever it is.
  pickled::Entries entries;
  std::vector<std::pair<std::string, std::string>> storages;
  for (int i = 0; i < 40; ++i) {
    const auto name = std::to_string(i);
    entries.emplace_back(name, pickled::tensor({.key = name, .elements = 1 << 18, .shape = {1 << 18}, .strides = {1}}));
    storages.emplace_back(name, std::string(1 << 20, static_cast<char>(i + 1)));
  }
  std::string large = torchArchive(pickled::dict(entries), storages).finish();
  EXPECT_EQ(refusalOfWeights(large), "");
  large[large.find(std::string(100, '\x22')) + 50] ^= 4;
  EXPECT_THAT(refusalOfWeights(large), HasSubstr("data/33"));
}

TEST(StateDict, RefusesImpossibleTensors) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  EXPECT_EQ(refusedTensor({}), "");
  EXPECT_THAT(refusedTensor({.offset = 1}), HasSubstr("layer.weight reaches beyond"));
  EXPECT_THAT(refusedTensor({.offset = 100}), HasSubstr("begins beyond"));
  EXPECT_THAT(refusedTensor({.offset = -1}), HasSubstr("offset"));
  EXPECT_THAT(refusedTensor({.offset = std::numeric_limits<std::int64_t>::max()}), HasSubstr("begins beyond"));
  EXPECT_THAT(refusedTensor({.shape = {4, 4}}), HasSubstr("reaches beyond"));
  EXPECT_THAT(refusedTensor({.shape = {-3, 4}}), HasSubstr("size"));
  EXPECT_THAT(refusedTensor({.strides = {-4, 1}}), HasSubstr("strides"));
  EXPECT_THAT(refusedTensor({.strides = {kHuge, 1}}), HasSubstr("than can be counted"));
  EXPECT_THAT(refusedTensor({.shape = {3}, .strides = {kHuge}}), HasSubstr("than can be counted"));
  EXPECT_THAT(refusedTensor({.shape = {kHuge, 4}, .strides = {0, 0}}), HasSubstr("than can be counted"));
  EXPECT_THAT(refusedTensor({.shape = {std::int64_t{1} << 33, std::int64_t{1} << 33}, .strides = {0, 0}}),
              HasSubstr("than can be counted"));
  EXPECT_THAT(refusedTensor({.shape = {1 << 20, 1 << 20}, .strides = {0, 0}}), HasSubstr("repeats its numbers"));
  EXPECT_THAT(refusedTensor({.shape = {3, 4}, .strides = {1}}), HasSubstr("do not belong together"));
  EXPECT_THAT(refusedTensor({.shape = std::vector<std::int64_t>(40, 1), .strides = std::vector<std::int64_t>(40, 1)}),
              HasSubstr("dimensions"));
  EXPECT_THAT(refusedTensor({.elements = 1000}), HasSubstr("claims 1000 numbers"));
  EXPECT_THAT(refusedTensor({.elements = 6}), HasSubstr("claims 6 numbers"));
  EXPECT_THAT(refusedTensor({.elements = std::numeric_limits<std::int64_t>::max()}), HasSubstr("claims"));
  EXPECT_THAT(refusedTensor({.key = "1"}), HasSubstr("missing from the file"));
  EXPECT_THAT(refusedTensor({.key = "../../../../etc/passwd"}), HasSubstr("outside the file"));
  EXPECT_THAT(refusedTensor({.key = ""}), HasSubstr("outside the file"));
  EXPECT_NE(refusedTensor({.storageType = "DoubleStorage"}), "");
}

TEST(StateDict, BoundsWhatSharedTensorsAddUpTo) {
  // Each of a thousand views is the whole storage: unrolled they are a thousand times the file.
  const std::string shared = pickled::tensor({.elements = 1 << 18, .shape = {1 << 18}, .strides = {1}});
  pickled::Entries entries;
  for (int i = 0; i < 1000; ++i) entries.emplace_back(std::to_string(i), i == 0 ? shared + "q\x01" : "h\x01");
  EXPECT_THAT(refusalOfWeights(torchArchive(pickled::dict(entries), {{"0", std::string(1 << 20, 'x')}}).finish()),
              HasSubstr("repeats its numbers"));
}

TEST(StateDict, BoundsWhatNamesAddUpTo) {
  // A long name before many short ones; and many names for one tensor.
  pickled::Entries many;
  for (int i = 0; i < 70'000; ++i) many.emplace_back(std::to_string(i), i == 0 ? pickled::tensor({}) + "q\x01" : "h\x01");
  const pickled::Entries few(many.begin(), many.begin() + 1'000);
  const std::string parts =
      pickled::dict({{std::string(100'000, 'x'), pickled::dict(few)}, {"b", pickled::dict({{"w", pickled::tensor({})}})}});
  const test::AllocationMeter meter;
  EXPECT_THAT(namesOf(readTorch(parts)), ElementsAre("b.w"));
  EXPECT_LT(meter.peakBytes(), 4'000'000u);
  EXPECT_NE(refusedTorch(pickled::dict({{std::string(100'000, 'x'), pickled::tensor({})}})), "");
  std::string batches = pickled::kEmptyDict;
  for (std::size_t i = 0; i < many.size(); i += 1'000)
    batches += pickled::filled({many.begin() + static_cast<std::ptrdiff_t>(i), many.begin() + static_cast<std::ptrdiff_t>(i + 1'000)});
  EXPECT_THAT(refusedTorch(batches), HasSubstr("more tensors than any network"));
}

TEST(StateDict, TakesTimeInProportion) {
  // One dictionary of 40,000 values, under 40,000 entries with a wrapper's name: whoever looks through it for each needs minutes.
  std::string large = pickled::kEmptyDict + "q\x01(";
  for (int i = 0; i < 40'000; ++i) large += pickled::text(std::to_string(i)) + "N";
  std::string wrappers = large + "u0" + pickled::kEmptyDict + "(" + pickled::text("model") + "q\x02h\x01";
  for (int i = 0; i < 40'000; ++i) wrappers += "h\x02h\x01";
  EXPECT_THAT(refusedTorch(wrappers + "u"), HasSubstr("no tensors"));
}

TEST(StateDict, RefusesOtherContents) {
  EXPECT_THAT(refusedTorch("]"), HasSubstr("no dictionary"));
  EXPECT_THAT(refusedTorch("N"), HasSubstr("no dictionary"));
  EXPECT_THAT(refusedTorch(pickled::tensor({})), HasSubstr("single tensor"));
  EXPECT_THAT(refusedTorch(pickled::global("models.sam", "Sam") + ")\x81" + pickled::kEmptyState), HasSubstr("whole object"));
  EXPECT_THAT(refusedTorch(pickled::kEmptyDict), HasSubstr("no tensors"));
  EXPECT_THAT(refusedTorch(pickled::dict({{"model_state_dict", pickled::kEmptyDict}})), HasSubstr("no tensors"));
  EXPECT_THAT(refusedTorch(pickled::dict({{"w", pickled::tensor({})}, {"w", pickled::tensor({})}})), HasSubstr("w comes twice"));
  EXPECT_THAT(refusedTorch(pickled::dict({{"w", pickled::tensor({})}, {"z", pickled::call(pickled::global("posix", "system"), {"N"})}})),
              HasSubstr("posix.system"));
  EXPECT_THAT(refusedTorch(pickled::kEmptyDict + "q\x07" + pickled::filled({{"w", pickled::tensor({})}, {"self", "h\x07"}})),
              HasSubstr("contains itself"));
  const std::string broken = pickled::call(pickled::global("torch._utils", "_rebuild_tensor_v2"), {"N", "N", "N", "N", "N", "N"});
  EXPECT_THAT(refusedTorch(pickled::dict({{"w", broken}})), HasSubstr("tensor w is not described"));
}

TEST(StateDict, RefusesOtherArchives) {
  const std::string value = pickled::whole(pickled::dict({{"w", pickled::tensor({})}}));
  EXPECT_THAT(refusalOfWeights(test::ZipBuilder().add("readme.txt", "text").finish()), HasSubstr("not one that PyTorch wrote"));
  EXPECT_THAT(refusalOfWeights(test::ZipBuilder().finish()), HasSubstr("not one that PyTorch wrote"));
  EXPECT_THAT(refusalOfWeights(test::ZipBuilder().add("a/data.pkl", value).add("b/data.pkl", value).finish()), HasSubstr("two sets"));
  EXPECT_THAT(refusalOfWeights(test::ZipBuilder().add("a/data.pkl", value).add("a/constants.pkl", value).finish()),
              HasSubstr("TorchScript"));
  EXPECT_THAT(
      refusalOfWeights(test::ZipBuilder().add("a/data.pkl", value).add("a/byteorder", "big").add("a/data/0", floatBytes(12)).finish()),
      HasSubstr("byte order"));
  EXPECT_EQ(refusalOfWeights(test::ZipBuilder().add("data.pkl", value).add("data/0", floatBytes(12)).finish()), "") << "without a folder";
}

TEST(StateDict, SaysWhatAFileIsInstead) {
  using namespace std::string_literals;
  EXPECT_THAT(refusalOfWeights(""), HasSubstr("empty"));
  EXPECT_THAT(refusalOfWeights("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03."), HasSubstr("legacy"));
  EXPECT_THAT(refusalOfWeights(std::string(257, '\0') + "ustar" + std::string(300, '\0')), HasSubstr("legacy"));
  EXPECT_THAT(refusalOfWeights("\x80\x04]."), HasSubstr("pickled Python object"));
  EXPECT_THAT(refusalOfWeights("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"), HasSubstr("Git LFS"));
  EXPECT_THAT(refusalOfWeights("\n <!DOCTYPE html><html>"), HasSubstr("web page"));
  EXPECT_THAT(refusalOfWeights("{\"error\":{\"message\":\"Not found\"}}"), HasSubstr("it is a text"));
  EXPECT_THAT(refusalOfWeights("\x1f\x8b\x08\x00\x00"s), HasSubstr("compressed"));
  EXPECT_THAT(refusalOfWeights("\x89HDF\r\n\x1a\n"), HasSubstr("HDF5"));
  EXPECT_THAT(refusalOfWeights("\x01\x02\x03"), HasSubstr("neither"));
  EXPECT_THAT(refusalOfWeights(std::string(4096, '\0')), HasSubstr("neither"));
  EXPECT_THAT(refusalOfWeights("PK\x03\x04"), HasSubstr("cut short"));
  const test::TemporaryFolder folder;
  EXPECT_THROW(readStateDict(folder.path()), Error);
  EXPECT_THROW(readStateDict(folder / "absent.pth"), Error);
}

}  // namespace
}  // namespace roundel
