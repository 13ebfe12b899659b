#include "core/csv_line.h"

#include <gtest/gtest.h>

namespace roundel {
namespace {

using Cells = std::vector<std::string>;

TEST(CsvLine, QuotesHoldCommasAndQuotes) {
  EXPECT_EQ(csvCells("1,Radius,#ff0000"), (Cells{"1", "Radius", "#ff0000"}));
  EXPECT_EQ(csvCells(R"(1,"Incisor, upper",)"), (Cells{"1", "Incisor, upper", ""}));
  EXPECT_EQ(csvCells(R"(a, "too ""bright""")"), (Cells{"a", R"(too "bright")"}));
  EXPECT_EQ(csvCells("a,b\r"), (Cells{"a", "b"}));
  EXPECT_EQ(csvCells(""), Cells{""});
  EXPECT_EQ(csvCells("a,\"b"), std::nullopt);
}

}  // namespace
}  // namespace roundel
