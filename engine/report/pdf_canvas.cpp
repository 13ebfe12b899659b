#include "report/pdf_canvas.h"

#include <hpdf.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

/// Where Debian's fonts-dejavu-core lies. Without it the fourteen fonts of every PDF reader are used, which know Western letters alone.
constexpr const char* kFonts = "/usr/share/fonts/truetype/dejavu/";
constexpr std::array kFiles{"DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf"};
constexpr std::array kBuiltIn{"Helvetica", "Helvetica-Bold", "Courier"};
/// DejaVu has the alphabets and signs below; what follows (Chinese, Japanese, Korean ...) it has not.
constexpr std::uint32_t kFirstWithoutGlyph = 0x2E80;
constexpr std::uint32_t kReplacement = 0xFFFD;

/// One character of valid UTF-8, which is taken off the front.
std::uint32_t takeCodePoint(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t value = length == 1 ? first : first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = value << 6 | (byte(i) & 0x3F);
  text.remove_prefix(length);
  return value;
}

/// The byte of a character in Windows' code page 1252; 0 where it has none (of its signs those that reports use).
char westernByte(std::uint32_t point) {
  if (point < 0x80 || (point >= 0xA0 && point <= 0xFF)) return static_cast<char>(point);
  switch (point) {
    case 0x20AC: return '\x80';
    case 0x2026: return '\x85';
    case 0x2018: return '\x91';
    case 0x2019: return '\x92';
    case 0x201C: return '\x93';
    case 0x201D: return '\x94';
    case 0x2022: return '\x95';
    case 0x2013: return '\x96';
    case 0x2014: return '\x97';
    default: return 0;
  }
}

}  // namespace

struct PdfCanvas::State {
  HPDF_Doc file = nullptr;
  std::array<HPDF_Font, 3> fonts{};
  bool western = false;  ///< the built-in fonts
  std::vector<HPDF_Page> pages;
  HPDF_Page page = nullptr;
  mutable int lost = 0;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (file != nullptr) HPDF_Free(file);
  }

  /// The library does nothing more after its first failure, so that asking once after several calls is enough.
  void check() const {
    const HPDF_STATUS status = HPDF_GetError(file);
    if (status == HPDF_OK) return;
    if (status == HPDF_FAILD_TO_ALLOC_MEM)
      throw Error(ErrorKind::Resource, "out-of-memory", "Memory ran out while the PDF was made.", {.remedy = "Write the report as html."});
    char code[32];
    std::snprintf(code, sizeof code, "0x%04lX", static_cast<unsigned long>(status));
    throw Error(ErrorKind::Defect, "pdf", std::string("The PDF could not be made (libharu ") + code + ").",
                {.remedy = "Write the report as html and print the page."});
  }

  void loadFonts() {
    HPDF_UseUTFEncodings(file);
    for (std::size_t i = 0; i < fonts.size() && !western; ++i) {
      const std::string path = std::string(kFonts) + kFiles[i];
      std::error_code code;
      const char* name = std::filesystem::exists(path, code) ? HPDF_LoadTTFontFromFile(file, path.c_str(), HPDF_TRUE) : nullptr;
      fonts[i] = name != nullptr ? HPDF_GetFont(file, name, "UTF-8") : nullptr;
      western = fonts[i] == nullptr;
    }
    if (!western) return;
    HPDF_ResetError(file);
    for (std::size_t i = 0; i < fonts.size(); ++i) fonts[i] = HPDF_GetFont(file, kBuiltIn[i], "WinAnsiEncoding");
  }

  HPDF_Font font(Face face) const { return fonts[static_cast<std::size_t>(face)]; }

  /// Text in the fonts' encoding; control characters are spaces.
  std::string encoded(const std::string& text) const {
    const std::string clean = sanitisedUtf8(text);
    std::string out;
    for (std::string_view rest = clean; !rest.empty();) {
      const std::string_view before = rest;
      const std::uint32_t point = takeCodePoint(rest);
      const char byte = westernByte(point);
      const bool known = western ? byte != 0 : point < kFirstWithoutGlyph || point == kReplacement;
      if (point < 0x20 || point == 0x7F) out += ' ';
      else if (!known) out += '?', ++lost;
      else if (western) out += byte;
      else out += before.substr(0, before.size() - rest.size());
    }
    return out;
  }

  void setFill(Ink ink) const {
    HPDF_Page_SetRGBFill(page, static_cast<HPDF_REAL>(ink[0] / 255.0), static_cast<HPDF_REAL>(ink[1] / 255.0),
                         static_cast<HPDF_REAL>(ink[2] / 255.0));
  }

  double width(const std::string& encodedText, Face face, double size) const {
    const auto measured =
        HPDF_Font_TextWidth(font(face), reinterpret_cast<const HPDF_BYTE*>(encodedText.data()), static_cast<HPDF_UINT>(encodedText.size()));
    return static_cast<double>(measured.width) * size / 1000;
  }

  /// Draws text along a direction; the matrix of its line.
  void write(const std::string& encodedText, Face face, double size, Ink ink, double cosine, double sine, double x, double y) const {
    HPDF_Page_BeginText(page);
    HPDF_Page_SetFontAndSize(page, font(face), static_cast<HPDF_REAL>(size));
    setFill(ink);
    const auto real = [](double value) { return static_cast<HPDF_REAL>(value); };
    HPDF_Page_SetTextMatrix(page, real(cosine), real(sine), real(-sine), real(cosine), real(x), real(kHeight - y));
    HPDF_Page_ShowText(page, encodedText.c_str());
    HPDF_Page_EndText(page);
    check();
  }
};

PdfCanvas::PdfCanvas(const std::string& title) : m_state(std::make_unique<State>()) {
  m_state->file = HPDF_New(nullptr, nullptr);
  if (m_state->file == nullptr) throw Error(ErrorKind::Resource, "out-of-memory", "Memory ran out while the PDF was begun.");
  HPDF_SetCompressionMode(m_state->file, HPDF_COMP_ALL);
  m_state->loadFonts();
  const std::string shownTitle = m_state->western ? m_state->encoded(title) : sanitisedUtf8(title);
  HPDF_SetInfoAttr(m_state->file, HPDF_INFO_TITLE, shownTitle.c_str());
  m_state->check();
}

PdfCanvas::PdfCanvas(PdfCanvas&&) noexcept = default;
PdfCanvas::~PdfCanvas() = default;

void PdfCanvas::addPage() {
  m_state->page = HPDF_AddPage(m_state->file);
  m_state->check();
  HPDF_Page_SetWidth(m_state->page, static_cast<HPDF_REAL>(kWidth));
  HPDF_Page_SetHeight(m_state->page, static_cast<HPDF_REAL>(kHeight));
  m_state->pages.push_back(m_state->page);
}

int PdfCanvas::pages() const { return static_cast<int>(m_state->pages.size()); }
void PdfCanvas::goTo(int page) { m_state->page = m_state->pages.at(static_cast<std::size_t>(page)); }

double PdfCanvas::textWidth(const std::string& text, Face face, double size) const {
  const int before = m_state->lost;  // measuring loses nothing
  const double width = m_state->width(m_state->encoded(text), face, size);
  m_state->lost = before;
  return width;
}

void PdfCanvas::text(double x, double y, const std::string& text, Face face, double size, Ink ink) {
  if (!text.empty()) m_state->write(m_state->encoded(text), face, size, ink, 1, 0, x, y);
}

void PdfCanvas::uprightText(double x, double y, const std::string& text, Face face, double size, Ink ink) {
  if (text.empty()) return;
  const std::string encoded = m_state->encoded(text);
  m_state->write(encoded, face, size, ink, 0, 1, x, y + m_state->width(encoded, face, size) / 2);
}

void PdfCanvas::polyline(const std::vector<std::pair<double, double>>& points, Ink ink, double width) {
  if (points.size() < 2) return;
  const HPDF_Page page = m_state->page;
  const auto real = [](double value) { return static_cast<HPDF_REAL>(value); };
  HPDF_Page_GSave(page);
  HPDF_Page_SetRGBStroke(page, real(ink[0] / 255.0), real(ink[1] / 255.0), real(ink[2] / 255.0));
  HPDF_Page_SetLineWidth(page, real(width));
  HPDF_Page_SetLineJoin(page, HPDF_ROUND_JOIN);
  HPDF_Page_MoveTo(page, real(points.front().first), real(kHeight - points.front().second));
  for (std::size_t i = 1; i < points.size(); ++i) HPDF_Page_LineTo(page, real(points[i].first), real(kHeight - points[i].second));
  HPDF_Page_Stroke(page);
  HPDF_Page_GRestore(page);
  m_state->check();
}

void PdfCanvas::box(double x, double y, double width, double height, Ink ink) {
  const auto real = [](double value) { return static_cast<HPDF_REAL>(value); };
  m_state->setFill(ink);
  HPDF_Page_Rectangle(m_state->page, real(x), real(kHeight - y - height), real(width), real(height));
  HPDF_Page_Fill(m_state->page);
  m_state->check();
}

void PdfCanvas::dot(double x, double y, double radius, Ink ink) {
  m_state->setFill(ink);
  HPDF_Page_Circle(m_state->page, static_cast<HPDF_REAL>(x), static_cast<HPDF_REAL>(kHeight - y), static_cast<HPDF_REAL>(radius));
  HPDF_Page_Fill(m_state->page);
  m_state->check();
}

void PdfCanvas::picture(double x, double y, double width, double height, const RgbPicture& picture) {
  const HPDF_Image image = HPDF_LoadRawImageFromMem(m_state->file, picture.rgb.data(), static_cast<HPDF_UINT>(picture.width),
                                                    static_cast<HPDF_UINT>(picture.height), HPDF_CS_DEVICE_RGB, 8);
  m_state->check();
  HPDF_Page_DrawImage(m_state->page, image, static_cast<HPDF_REAL>(x), static_cast<HPDF_REAL>(kHeight - y - height),
                      static_cast<HPDF_REAL>(width), static_cast<HPDF_REAL>(height));
  m_state->check();
}

int PdfCanvas::charactersLost() const { return m_state->lost; }

std::string PdfCanvas::bytes() {
  HPDF_SaveToStream(m_state->file);
  m_state->check();
  std::string bytes(HPDF_GetStreamSize(m_state->file), '\0');
  auto size = static_cast<HPDF_UINT32>(bytes.size());
  HPDF_ReadFromStream(m_state->file, reinterpret_cast<HPDF_BYTE*>(bytes.data()), &size);
  bytes.resize(size);
  m_state->check();
  return bytes;
}

}  // namespace roundel
