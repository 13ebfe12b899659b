#pragma once
#include <string>

#include "report/report_document.h"

namespace roundel {

/// A document as a PDF file.
struct PdfFile {
  std::string bytes;
  int pages = 0;
  int charactersLost = 0;  ///< that the fonts do not have; question marks stand for them
};

/// The document on A4 pages: tables go on with their header on the next page, charts are lines and words, pictures keep their pixels.
PdfFile pdfOf(const ReportDocument& document);

}  // namespace roundel
