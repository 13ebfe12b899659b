#include "core/document.h"

#include <gtest/gtest.h>

#include "core/annotation.h"
#include "core/mask.h"
#include "core/prompt.h"

namespace roundel {
namespace {

/// The code of the Error that reading throws; "none" where it reads.
template <class Reader>
std::string refusal(const std::string& text, Reader reader) {
  try {
    reader(Json::parse(text));
    return "none";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::BadInput);
    return error.code();
  }
}

TEST(Document, DamagedOnesAreBadInput) {
  EXPECT_EQ(refusal(R"({"size": [4, 4, 1], "runs": [0, 2]})", maskFromJson), "none");
  EXPECT_EQ(refusal(R"({"size": [4, 4, 1]})", maskFromJson), "bad-document");
  EXPECT_EQ(refusal(R"({"size": [4, 4, 1], "runs": ["a", 2]})", maskFromJson), "bad-document");
  EXPECT_EQ(refusal(R"({"size": [4, 4, 1], "runs": [15, 2]})", maskFromJson), "bad-mask");
  EXPECT_EQ(refusal("[]", annotationFromJson), "bad-document");
  EXPECT_EQ(refusal(R"({"size": [4, 4, 1], "classes": [], "ignore": {"size": [2, 2, 1], "runs": [0, 1]}})", annotationFromJson),
            "size-mismatch");
  EXPECT_EQ(refusal(R"({"size": [4, 4, 1]})", geometryFromJson), "bad-document");
  EXPECT_EQ(refusal(R"({"class": 0, "box": [1, 2], "points": []})", promptFromJson), "bad-document");
}

TEST(Document, ASizeThatCannotBeIsRefusedBeforeItIsMultiplied) {
  EXPECT_EQ(refusal("[4611686018427387904, 4, 1]", sizeFromJson), "bad-document");
  EXPECT_EQ(refusal("[1099511627776, 2, 1]", sizeFromJson), "bad-document");
  EXPECT_EQ(refusal("[-1, 4, 1]", sizeFromJson), "bad-document");
  EXPECT_EQ(refusal("[1, 2]", sizeFromJson), "bad-document");
  EXPECT_EQ(sizeFromJson(Json{5, 4, 1}), (Size{5, 4, 1}));
}

}  // namespace
}  // namespace roundel
