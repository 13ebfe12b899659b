#include <algorithm>
#include <thread>

#include "cli/studies.h"
#include "support/tiny_sam.h"

// Weights that a person brings, from the file to pseudo-labels. The network is a small one with drawn weights: its answers mean
// nothing, its ways through the program are the real ones.

namespace roundel::test {
namespace {

class Models : public testing::Test {
 protected:
  Models() {
    ::setenv("ROUNDEL_MODELS", (m_folder / "models").c_str(), 1);
    writeTinySam(m_folder / "downloaded file.bin");
  }
  ~Models() override { ::unsetenv("ROUNDEL_MODELS"); }

  void add(const std::string& name = "tiny") { resultOf({"models", "add", m_folder / "downloaded file.bin", "--name", name}); }
  std::vector<std::string> names() {
    std::vector<std::string> list;
    const Json result = resultOf({"models", "list"});
    for (const auto& one : result["models"]) list.push_back(one["name"]);
    return list;
  }

  TempFolder m_folder;
};

TEST_F(Models, AreTakenInListedVerifiedExportedAndRemoved) {
  const Json added = resultOf({"models", "add", m_folder / "downloaded file.bin", "--name", "tiny"})["model"];
  EXPECT_EQ(added["name"], "tiny");
  EXPECT_EQ(added["architecture"], "sam_unpublished");
  EXPECT_EQ(added["recognised"], nullptr);
  EXPECT_EQ(names(), (std::vector<std::string>{"random-walker", "graph-cut", "builtin-2d", "builtin-3d", "tiny"}));
  EXPECT_EQ(resultOf({"models", "verify", "tiny"})["sound"], true);
  const Json exported = resultOf({"models", "export", "tiny", "--out", m_folder / "out"});
  EXPECT_EQ(jsonOf(exported["description"].get<std::string>())["sha256"], added["sha256"]);
  // What was exported can be taken in again.
  EXPECT_EQ(resultOf({"models", "add", exported["weights"].get<std::string>(), "--name", "again"})["model"]["architecture"],
            "sam_unpublished");
  resultOf({"models", "remove", "tiny"});
  EXPECT_EQ(names(), (std::vector<std::string>{"random-walker", "graph-cut", "builtin-2d", "builtin-3d", "again"}));
  errorOf({"models", "verify", "tiny"}, 2, "unknown-model");
  errorOf({"models", "remove", "random-walker"}, 2, "built-in");
  errorOf({"models", "remove", "builtin-2d"}, 2, "built-in");
  EXPECT_EQ(resultOf({"models", "verify", "builtin-2d"})["sound"], true);
  errorOf({"segment", "--generalist", "tiny", "--image", "x.png", "--box", "1,1,5,5"}, 2, "unknown-generalist");
}

TEST_F(Models, WhatComesWithRoundelIsExportedToo) {
  const Json exported = resultOf({"models", "export", "builtin-2d", "--out", m_folder / "out"});
  const Json card = jsonOf(exported["description"].get<std::string>());
  EXPECT_EQ(card["kind"], "generalist");
  EXPECT_FALSE(card["licence"].get<std::string>().empty());
  EXPECT_GT(card["tensors"].get<int>(), 50);
  EXPECT_EQ(textOf(exported["weights"].get<std::string>()).size() > 1'000'000, true);
  EXPECT_NE(errorOf({"models", "export", "graph-cut", "--out", m_folder / "out"}, 2, "no-weights")["message"].get<std::string>().find(
                "graph-cut"),
            std::string::npos);
  errorOf({"models", "export", "builtin-3x", "--out", m_folder / "out"}, 2, "unknown-model");
}

TEST_F(Models, SeveralProcessesMayTakeInTheSameFile) {
  std::vector<std::thread> processes;
  for (int i = 0; i < 6; ++i) processes.emplace_back([&] { resultOf({"models", "add", m_folder / "downloaded file.bin"}); });
  for (auto& process : processes) process.join();
  EXPECT_EQ(names().size(), 5U);
}

TEST_F(Models, FilesThatAreNoneAreRefusedWithASentence) {
  writeText(m_folder / "page.pth", "<!DOCTYPE html><html></html>");
  writeText(m_folder / "empty.pth", "");
  errorOf({"models", "add", m_folder / "page.pth"}, 3, "bad-weights");
  errorOf({"models", "add", m_folder / "empty.pth"}, 3, "bad-weights");
  errorOf({"models", "add", m_folder / "none.pth"}, 3, "unreadable-file");
  errorOf({"models", "add", m_folder / "downloaded file.bin", "--architecture", "sam_vit_b"}, 3, "bad-weights");
  errorOf({"models", "add", m_folder / "downloaded file.bin", "--name", "random-walker"}, 2, "model-exists");
  errorOf({"models", "add", m_folder / "downloaded file.bin", "--name", "builtin-2d"}, 2, "model-exists");
  EXPECT_EQ(names().size(), 4U);
}

TEST_F(Models, AreAskedLikeAnyOtherGeneralist) {
  add();
  resultOf({"phantom", "dental", m_folder / "phantoms", "--cases", "1", "--width", "64", "--height", "48", "--classes", "3"});
  const std::string image = fs::directory_iterator(m_folder.path() / "phantoms/images")->path().string();
  const Json masks =
      resultOf({"segment", "--generalist", "tiny", "--image", image, "--box", "5,5,30,40", "--box", "10,10,60,40", "--point", "20,20,+"});
  ASSERT_EQ(masks["masks"].size(), 2U);
  EXPECT_TRUE(masks["masks"][0]["score"].is_number());
  EXPECT_EQ(masks, resultOf({"segment", "--generalist", "tiny", "--image", image, "--box", "5,5,30,40", "--box", "10,10,60,40", "--point",
                             "20,20,+"}))
      << "the same question has the same answer";
  errorOf({"segment", "--generalist", "tiny", "--image", image, "--box", "64,5,90,40"}, 3, "bad-prompt");
  const Json seen = resultOf({"show", "--image", image, "--generalist", "tiny", "--out", m_folder / "seen.png"});
  EXPECT_EQ(seen["width"], 64);
  EXPECT_EQ(seen["height"], 48);
  const Json faint = resultOf({"show", "--image", image, "--pixels", "local_contrast=clahe", "--out", m_folder / "clahe.png"});
  EXPECT_EQ(faint["pixel_pipeline"]["local_contrast"], "clahe");
  EXPECT_NE(textOf(m_folder / "seen.png"), textOf(m_folder / "clahe.png"));
  errorOf({"show", "--image", image, "--pixels", "local_contrast=cla", "--out", m_folder / "x.png"}, 2, "bad-parameter");
}

TEST_F(Models, RefineARoundAndKeepTheirEmbeddings) {
  add();
  const std::string study = m_folder / "study", phantoms = m_folder / "phantoms";
  resultOf({"phantom", "dental", phantoms, "--cases", "14", "--width", "64", "--height", "32", "--classes", "3", "--seed", "1"});
  resultOf({"project", "new", study});
  resultOf({"import", study, phantoms, "--format", "coco"});
  resultOf({"split", study, "--labelled", "4", "--unlabelled", "rest", "--validation", "2", "--test", "4", "--seed", "1"});
  const std::vector<std::string> run = tinyRun({"run", study, "--strategy", "sam-carries-the-burden", "--generalist", "tiny", "--rounds",
                                                "1", "--control", "none", "--set", "tiny.precision=float32"});
  const Json first = resultOf(run);
  EXPECT_EQ(first["state"], "finished");
  const auto kept = [&] {
    return std::count_if(fs::recursive_directory_iterator(fs::path(study) / "embeddings"), fs::recursive_directory_iterator(),
                         [](const auto& entry) { return entry.path().extension() == ".safetensors"; });
  };
  const auto before = kept();
  EXPECT_GE(before, 4) << "at least the unlabelled cases";
  // Again, now with the embeddings of the first run: the same numbers.
  const Json second = resultOf(run);
  EXPECT_EQ(second["weights_sha256"], first["weights_sha256"]);
  EXPECT_EQ(kept(), before);
  // All of them ahead of being asked; another contrast is another picture and so another embedding.
  const Json embedded = resultOf({"embed", study, "--generalist", "tiny", "--set", "precision=float32"});
  EXPECT_EQ(embedded["made"].get<int>() + embedded["known"].get<int>(), 14);
  EXPECT_EQ(embedded["known"], before);
  EXPECT_GT(embedded["needed_bytes"], 0);
  EXPECT_EQ(resultOf({"import", study, phantoms, "--format", "coco", "--pixels", "local_contrast=clahe"})["pixels_changed"], 14);
  EXPECT_EQ(resultOf({"embed", study, "--generalist", "tiny", "--set", "precision=float32"})["made"], 14);
  errorOf({"embed", study, "--generalist", "random-walker"}, 2, "nothing-to-embed");
  const Json tried = resultOf({"bakeoff", study, "--generalist", "tiny", "--generalist", "random-walker", "--cases", "2"});
  ASSERT_EQ(tried["generalists"].size(), 2U);
  for (const auto& one : tried["generalists"]) {
    EXPECT_GT(one["seconds_per_image"], 0);
    EXPECT_GT(one["peak_memory_bytes"], 1000000);
    EXPECT_TRUE(one["refined_dice_sd"].is_number());
  }
}

TEST_F(Models, SeveralAreFusedAndTheirDisagreementIsKept) {
  add("one");
  writeTinySam(m_folder / "downloaded file.bin", 2);
  add("other");
  const std::string study = m_folder / "study", phantoms = m_folder / "phantoms";
  resultOf({"phantom", "dental", phantoms, "--cases", "12", "--width", "64", "--height", "32", "--classes", "3", "--seed", "1"});
  resultOf({"project", "new", study});
  resultOf({"import", study, phantoms, "--format", "coco"});
  resultOf({"split", study, "--labelled", "4", "--unlabelled", "rest", "--validation", "2", "--test", "2", "--seed", "1"});
  EXPECT_EQ(resultOf(tinyRun({"run", study, "--strategy", "sam-carries-the-burden", "--generalist", "one", "--generalist", "other",
                              "--rounds", "1", "--control", "none"}))["state"],
            "finished");
  int disagreements = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(study) / "runs")) {
    if (entry.path().extension() != ".json" || entry.path().string().find("/round-1/") == std::string::npos) continue;
    const Json json = jsonOf(entry.path().string());
    if (!json.is_object() || !json.contains("classes") || !json["classes"].is_array()) continue;
    for (const auto& one : json["classes"])
      if (one.is_object() && one.contains("disagreement") && one["disagreement"].is_number()) {
        EXPECT_GE(one["disagreement"].get<double>(), 0);
        EXPECT_LE(one["disagreement"].get<double>(), 1);
        disagreements += one["disagreement"].get<double>() > 0 ? 1 : 0;
      }
  }
  EXPECT_GT(disagreements, 0) << "two networks of drawn weights do not agree";
}

}  // namespace
}  // namespace roundel::test
