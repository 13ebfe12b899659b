#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "report/report_document.h"

namespace roundel {

/// Text as HTML text or attribute value: nothing in it is markup.
std::string escaped(std::string_view text);
/// RFC 4648, for pictures inside the page.
std::string base64(std::string_view bytes);

/// A line chart as inline SVG.
std::string svgChart(const Chart& chart);

/// Turns a picture into a PNG file's bytes.
using PngEncoder = std::function<std::string(const RgbPicture&)>;

/// The document as one page with its style and pictures inside; it loads nothing from anywhere.
std::string htmlPage(const ReportDocument& document, const PngEncoder& encode);

}  // namespace roundel
