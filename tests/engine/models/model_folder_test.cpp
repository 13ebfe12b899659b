#include "models/generalists/model_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>

#include "core/error.h"
#include "core/files.h"
#include "models/generalists/architectures.h"
#include "models/generalists/model_export.h"
#include "models/generalists/sam_generalist.h"
#include "support/temporary_folder.h"
#include "support/tiny_sam.h"
#include "weights/state_dict.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string codeOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_FALSE(std::string(error.what()).empty());
    return error.code();
  }
  return "none";
}

class ModelFolderTest : public testing::Test {
 protected:
  ModelFolderTest() { test::writeTinySam(m_file); }
  test::TemporaryFolder m_folder;
  fs::path m_file = m_folder / "any name.bin";
  ModelFolder m_models{m_folder / "models"};
  Job m_job;
};

TEST_F(ModelFolderTest, TakesInVerifiesAndRemoves) {
  const InstalledModel added = m_models.add(m_file, {.name = "tiny"}, m_job);
  EXPECT_EQ(added.name, "tiny");
  EXPECT_EQ(added.architecture, kUnpublishedSam) << "found from keys and shapes: the file's name says nothing";
  EXPECT_EQ(added.bytes, fs::file_size(m_file));
  ASSERT_EQ(m_models.list().size(), 1U);
  const InstalledModel found = ModelFolder(m_folder / "models").find("tiny");
  EXPECT_EQ(found.sha256, added.sha256);
  EXPECT_EQ(found.recognised, "");
  EXPECT_EQ(found.original, "any name.bin");
  EXPECT_EQ(m_models.verify("tiny", m_job).sha256, added.sha256);
  m_models.remove("tiny");
  EXPECT_TRUE(m_models.list().empty());
  EXPECT_TRUE(fs::exists(m_file));
  EXPECT_EQ(codeOf([&] { m_models.find("tiny"); }), "unknown-model");
}

TEST_F(ModelFolderTest, TheSameContentIsThereOnceAndNamesDoNotClash) {
  const InstalledModel first = m_models.add(m_file, {}, m_job);
  EXPECT_EQ(m_models.add(m_file, {}, m_job).name, first.name);
  EXPECT_EQ(m_models.list().size(), 1U);
  const fs::path other = m_folder / "other.pth";
  test::writeTinySam(other, 2);
  const InstalledModel second = m_models.add(other, {}, m_job);
  EXPECT_NE(second.name, first.name);
  EXPECT_THAT(second.name, HasSubstr(second.sha256.substr(0, 6)));
  EXPECT_EQ(codeOf([&] { m_models.add(other, {.name = first.name}, m_job); }), "model-exists");
  EXPECT_EQ(codeOf([&] { m_models.add(other, {.name = "../outside"}, m_job); }), "bad-name");
  EXPECT_EQ(m_models.list().size(), 2U);
}

TEST_F(ModelFolderTest, ALicenceAgainstCommercialUseIsShownBeforeTheFirstUseAndOnce) {
  struct HearingJob : Job {
    void warning(const Warning& warning) override { heard.push_back(warning); }
    std::vector<Warning> heard;
  } job;
  const auto free = m_models.add(m_file, {.name = "free"}, job);
  m_models.showLicence(free, job);
  EXPECT_TRUE(job.heard.empty());
  const auto bound = m_models.add(m_file, {.name = "bound", .licence = "CC BY-NC-SA 4.0", .nonCommercial = true}, job);
  EXPECT_EQ(licenceOf(m_models.find("bound")).name, "CC BY-NC-SA 4.0");
  SamGeneralist sam(bound, resolveParams(SamGeneralist::params(), {}), "cpu");
  const Image image{.geometry = {.size = {20, 30, 1}}, .values = std::vector<float>(600, 0.5F)};
  sam.embed(image, job);
  ASSERT_EQ(job.heard.size(), 1U);
  EXPECT_EQ(job.heard[0].code, "non-commercial");
  EXPECT_THAT(job.heard[0].message, HasSubstr("CC BY-NC-SA 4.0"));
  EXPECT_THAT(job.heard[0].message, HasSubstr("NOT for commercial use"));
  sam.embed(image, job);
  ModelFolder(m_folder / "models").showLicence(bound, job);
  EXPECT_EQ(job.heard.size(), 1U) << "also for another process";
}

TEST_F(ModelFolderTest, ALinkedFileStaysWhereItLiesAndIsMissedWhenItGoes) {
  const InstalledModel linked = m_models.add(m_file, {.name = "linked", .takeIn = TakeIn::Link}, m_job);
  EXPECT_TRUE(fs::is_symlink(linked.weights));
  m_models.verify("linked", m_job);
  fs::remove(m_file);
  EXPECT_EQ(codeOf([&] { m_models.verify("linked", m_job); }), "bad-weights");
  m_models.remove("linked");
  EXPECT_TRUE(m_models.list().empty());
}

TEST_F(ModelFolderTest, ALinkedFileThatBecameAnotherIsNotUsed) {
  const InstalledModel linked = m_models.add(m_file, {.name = "linked", .takeIn = TakeIn::Link}, m_job);
  EXPECT_FALSE(ModelFolder::open(linked).tensors.empty());
  const auto later = fs::last_write_time(m_file) + std::chrono::seconds(5);
  fs::last_write_time(m_file, later);
  EXPECT_FALSE(ModelFolder::open(linked).tensors.empty()) << "copied back from somewhere: the content is the same";
  EXPECT_NE(m_models.find("linked").modified, linked.modified) << "so that it is not read whole each time";
  test::writeTinySam(m_file, 2);  // of the same size
  fs::last_write_time(m_file, later + std::chrono::seconds(5));
  EXPECT_EQ(codeOf([&] { ModelFolder::open(m_models.find("linked")); }), "bad-weights")
      << "its embeddings would be kept under the other file's name";
  fs::resize_file(m_file, 100);
  EXPECT_EQ(codeOf([&] { ModelFolder::open(linked); }), "bad-weights");
}

TEST_F(ModelFolderTest, ALicenceThatIsSaidLaterCounts) {
  m_models.add(m_file, {.name = "tiny"}, m_job);
  EXPECT_FALSE(licenceOf(m_models.find("tiny")).nonCommercial);
  const auto again = m_models.add(m_file, {.licence = "CC BY-NC 4.0", .nonCommercial = true}, m_job);
  EXPECT_EQ(again.name, "tiny");
  EXPECT_EQ(licenceOf(m_models.find("tiny")).name, "CC BY-NC 4.0");
  EXPECT_TRUE(licenceOf(m_models.find("tiny")).nonCommercial);
  m_models.add(m_file, {}, m_job);
  EXPECT_TRUE(licenceOf(m_models.find("tiny")).nonCommercial) << "nothing was said: it stays";
}

TEST_F(ModelFolderTest, OneThatIsDamagedCanBeRemovedAndTakenInAgain) {
  m_models.add(m_file, {.name = "tiny"}, m_job);
  std::ofstream(m_folder / "models/tiny/model.json") << "{";
  EXPECT_EQ(codeOf([&] { m_models.add(m_file, {.name = "tiny"}, m_job); }), "model-exists");
  m_models.remove("tiny");
  m_models.add(m_file, {.name = "tiny"}, m_job);
  EXPECT_EQ(codeOf([&] { m_models.remove("tin"); }), "unknown-model");
  EXPECT_EQ(codeOf([&] { m_models.remove(".."); }), "unknown-model");
}

TEST_F(ModelFolderTest, WhatAKilledProcessLeftGoesAndWhatAnotherMachineIsDoingStays) {
  fs::create_directories(m_folder / "models/.adding-another-machine-1");
  char host[65] = "";
  ASSERT_EQ(::gethostname(host, 64), 0);
  const fs::path dead = m_folder / ("models/.adding-" + std::string(host) + "-999999999");
  fs::create_directories(dead);
  m_models.add(m_file, {}, m_job);
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_TRUE(fs::exists(m_folder / "models/.adding-another-machine-1"));
  fs::last_write_time(m_folder / "models/.adding-another-machine-1", fs::file_time_type::clock::now() - std::chrono::hours(25));
  m_models.add(m_file, {.name = "other"}, m_job);
  EXPECT_FALSE(fs::exists(m_folder / "models/.adding-another-machine-1"));
}

TEST_F(ModelFolderTest, ChangedWeightsAreFound) {
  const InstalledModel model = m_models.add(m_file, {.name = "tiny"}, m_job);
  std::string content = readFile(model.weights);
  content[content.size() - 5] = static_cast<char>(content[content.size() - 5] ^ 1);
  std::ofstream(model.weights, std::ios::binary) << content;
  EXPECT_EQ(codeOf([&] { m_models.verify("tiny", m_job); }), "bad-weights");
}

TEST_F(ModelFolderTest, RefusesWhatItDoesNotKnowAndLeavesNothingBehind) {
  std::ofstream(m_folder / "no.pth") << "<html>";
  EXPECT_EQ(codeOf([&] { m_models.add(m_folder / "no.pth", {}, m_job); }), "bad-weights");
  EXPECT_EQ(codeOf([&] { m_models.add(m_folder / "none.pth", {}, m_job); }), "unreadable-file");
  EXPECT_EQ(codeOf([&] { m_models.add(m_file, {.architecture = "sam_vit_b"}, m_job); }), "bad-weights");
  EXPECT_EQ(codeOf([&] { m_models.add(m_file, {.architecture = "sam_vit_c"}, m_job); }), "unknown-architecture");
  EXPECT_TRUE(m_models.list().empty());
  std::vector<Warning> warnings;
  m_models.add(m_file, {.name = "tiny"}, m_job);
  std::ofstream(m_folder / "models/tiny/model.json") << "{\"schema\": \"roundel.model/1\", \"recognised\": 3}";
  EXPECT_TRUE(m_models.list(&warnings).empty());
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, "bad-document");
}

TEST_F(ModelFolderTest, AnExportedModelIsTheSameModel) {
  const InstalledModel model = m_models.add(m_file, {.name = "tiny"}, m_job);
  const ExportedModel written = exportGeneralist(model, m_folder / "out", m_job);
  EXPECT_EQ(readJson(written.description)["architecture"], kUnpublishedSam);
  const StateDict a = readStateDict(m_file), b = readStateDict(written.weights);
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (const auto& [key, tensor] : a.tensors) {
    const auto& other = b.tensors.at(key);
    EXPECT_EQ(tensor.shape, other.shape) << key;
    EXPECT_TRUE(std::equal(tensor.bytes.begin(), tensor.bytes.end(), other.bytes.begin(), other.bytes.end())) << key;
  }
}

/// Weights that have names and shapes; their numbers are all zero, and all the same ones.
StateDict weightsOf(const std::vector<ExpectedTensor>& needed) {
  static const std::vector<std::byte> zero(4);
  StateDict weights{.path = "any name.bin"};
  for (const auto& one : needed)
    weights.tensors[one.key] = {
        .dtype = "F32", .shape = one.shape, .strides = std::vector<std::int64_t>(one.shape.size(), 0), .bytes = zero};
  return weights;
}

TEST(Architectures, AreFoundFromKeysAndShapesAndOneWrongShapeIsNamed) {
  for (const auto& architecture : architectures()) {
    if (architecture.name == kUnpublishedSam || architecture.name == kCropNetwork || architecture.name == kCubeNetwork || !architecture.twinOf.empty()) continue;
    StateDict weights = weightsOf(neededTensors(architecture, {}));
    ASSERT_GT(weights.tensors.size(), 100U) << architecture.name;
    EXPECT_EQ(recognise(weights).architecture->name, architecture.name);
    weights.tensors["something.else"] = weights.tensors.begin()->second;
    EXPECT_EQ(recognise(weights).unexpected, std::vector<std::string>{"something.else"});
    weights.tensors.erase("something.else");
    const std::string decoder = weights.tensors.contains("sam_mask_decoder.iou_token.weight") ? "sam_mask_decoder." : "mask_decoder.";
    auto& broken = weights.tensors.at(decoder + "output_upscaling.1.weight").shape;
    broken = {broken[0] + 1};
    try {
      recognise(weights);
      ADD_FAILURE() << architecture.name << " with a wrong shape was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "bad-weights");
      EXPECT_THAT(error.what(), HasSubstr(decoder + "output_upscaling.1.weight")) << architecture.name;
      EXPECT_THAT(error.what(), HasSubstr(std::to_string(broken[0]))) << "what was found";
      EXPECT_THAT(error.what(), HasSubstr(std::to_string(broken[0] - 1))) << "what is needed";
      EXPECT_THAT(error.what(), HasSubstr(architecture.title));
    }
    broken = {broken[0] - 1};
    weights.tensors.at(decoder + "iou_token.weight").dtype = "I64";
    EXPECT_EQ(codeOf([&] { recognise(weights); }), "bad-weights") << "whole numbers are no weights";
  }
}

TEST(Architectures, OneWrongShapeOfANetworkOfItsOwnSizeIsNamed) {
  test::TemporaryFolder folder;
  test::writeTinySam(folder / "tiny.safetensors");
  StateDict weights = readStateDict(folder / "tiny.safetensors");
  weights.tensors.at("mask_decoder.iou_token.weight").shape = {1, 17};
  try {
    recognise(weights);
    FAIL() << "a wrong shape was taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("mask_decoder.iou_token.weight is 1 x 17"));
    EXPECT_THAT(error.what(), HasSubstr("needs 1 x 16"));
  }
  weights.tensors.at("mask_decoder.iou_token.weight").shape = {1, 16};
  weights.tensors["a\x1b[31mb\n"] = weights.tensors.begin()->second;
  try {
    recognise(weights);
    FAIL() << "a tensor without a place was taken";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find_first_of("\x1b\n"), std::string::npos) << "a terminal obeys what a file's names say";
  }
}

TEST(Architectures, ANetworkOfCropsIsKnownByItsTensors) {
  StateDict weights = weightsOf(neededTensors(findArchitecture(kCropNetwork), {}));
  EXPECT_EQ(recognise(weights).architecture->name, kCropNetwork);
  weights.tensors.at("mask_token.weight").shape = {1, 64};
  EXPECT_EQ(codeOf([&] { recognise(weights); }), "bad-weights");
}

TEST(Architectures, ANetworkOfCubesIsNotTakenForOneOfCrops) {
  StateDict weights = weightsOf(neededTensors(findArchitecture(kCubeNetwork), {}));
  EXPECT_EQ(recognise(weights).architecture->name, kCubeNetwork);
  weights.tensors.at("mask_token.weight").shape = {1, 64};
  EXPECT_EQ(codeOf([&] { recognise(weights); }), "bad-weights");
}

TEST(Architectures, TheMemoryOfVideosIsExpectedInSam2sFiles) {
  StateDict weights = weightsOf(neededTensors(findArchitecture("sam2.1_hiera_small"), {}));
  const StridedTensor any = weights.tensors.begin()->second;
  for (const char* key : {"maskmem_tpos_enc", "no_mem_pos_enc", "memory_attention.layers.0.linear1.weight", "obj_ptr_proj.layers.0.bias"})
    weights.tensors[key] = any;
  EXPECT_TRUE(recognise(weights).unexpected.empty());
  weights.tensors["memory.of.another.kind"] = any;
  EXPECT_EQ(recognise(weights).unexpected, std::vector<std::string>{"memory.of.another.kind"});
}

TEST(Architectures, AHieraOfAnotherSizeIsRefusedWithASentence) {
  StateDict weights = weightsOf(neededTensors(findArchitecture("sam2.1_hiera_tiny"), {}));
  for (const auto& [key, tensor] : StateDict(weights).tensors)
    if (const std::string last = "image_encoder.trunk.blocks.11."; key.starts_with(last))
      weights.tensors["image_encoder.trunk.blocks.12." + key.substr(last.size())] = tensor;
  weights.tensors.at("image_encoder.trunk.pos_embed").shape = {1, 96, 9, 9};
  try {
    recognise(weights);
    FAIL() << "a thirteenth block was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "bad-weights");
    EXPECT_THAT(error.what(), HasSubstr("a Hiera of 13 blocks, the first 96 wide, is none of the four published ones"));
  }
}

TEST(Architectures, NoListOfShapesCrashesTheRecognition) {
  // Every tensor of a sound list left out, and with absurd sizes.
  test::TemporaryFolder folder;
  test::writeTinySam(folder / "tiny.safetensors");
  const StateDict sound = readStateDict(folder / "tiny.safetensors");
  EXPECT_EQ(recognise(sound).architecture->name, kUnpublishedSam);
  for (const auto& [key, tensor] : sound.tensors) {
    StateDict weights = sound;
    weights.tensors.erase(key);
    EXPECT_NE(codeOf([&] { recognise(weights); }), "none") << key;
    for (const std::int64_t size : {std::int64_t{0}, std::int64_t{1}, std::int64_t{7}, std::int64_t{1} << 12, std::int64_t{1} << 62})
      for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
        if (tensor.shape[axis] == size) continue;
        weights.tensors[key] = tensor;
        weights.tensors[key].shape[axis] = size;
        EXPECT_NE(codeOf([&] { recognise(weights); }), "none") << key;
      }
  }
  EXPECT_EQ(codeOf([] { recognise({}); }), "unknown-architecture");
}

}  // namespace
}  // namespace roundel
