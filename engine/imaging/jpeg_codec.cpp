#include "imaging/jpeg_codec.h"

#include <csetjmp>
#include <cstdio>

#include <jerror.h>
#include <jpeglib.h>

namespace roundel {
namespace {

/// libjpeg leaves through longjmp: nothing with a destructor lives between setjmp and here.
struct JpegErrors {
  jpeg_error_mgr manager;
  std::jmp_buf leave;
  bool damaged = false;
};

JpegErrors& errorsOf(j_common_ptr info) { return *reinterpret_cast<JpegErrors*>(info->err); }

void leaveOnError(j_common_ptr info) { std::longjmp(errorsOf(info).leave, 1); }

void noteWarning(j_common_ptr info, int level) {
  if (level >= 0) return;
  const int code = info->err->msg_code;
  // Harmless: an unknown colour transform or JFIF version, and stray bytes just before the end marker.
  if (code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR) return;
  if (code == JWRN_EXTRANEOUS_DATA && info->err->msg_parm.i[1] == 0xD9) return;
  errorsOf(info).damaged = true;
}

void sayNothing(j_common_ptr) {}

/// Each scan of a progressive file costs the time of a whole picture; honest ones have a dozen, a bomb has thousands.
void watchScans(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > 200) std::longjmp(errorsOf(info).leave, 1);
}

struct JpegDecoder {
  jpeg_decompress_struct info{};
  JpegErrors errors{};
  jpeg_progress_mgr progress{};

  JpegDecoder() {
    info.err = jpeg_std_error(&errors.manager);
    errors.manager.error_exit = leaveOnError;
    errors.manager.emit_message = noteWarning;
    errors.manager.output_message = sayNothing;
  }
  ~JpegDecoder() { jpeg_destroy_decompress(&info); }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;
};

bool readHeader(JpegDecoder& decoder, ByteView bytes, JpegColour colour) {
  if (setjmp(decoder.errors.leave)) return false;
  jpeg_create_decompress(&decoder.info);
  decoder.progress.progress_monitor = watchScans;
  decoder.info.progress = &decoder.progress;
  decoder.info.mem->max_memory_to_use = 1L << 30;
  jpeg_mem_src(&decoder.info, bytes.data(), static_cast<unsigned long>(bytes.size()));
  if (jpeg_read_header(&decoder.info, TRUE) != JPEG_HEADER_OK) return false;
  if (decoder.info.num_components == 3) {
    if (colour == JpegColour::Rgb) decoder.info.jpeg_color_space = JCS_RGB;
    if (colour == JpegColour::Ycc) decoder.info.jpeg_color_space = JCS_YCbCr;
    decoder.info.out_color_space = JCS_RGB;
  } else if (decoder.info.num_components == 1) {
    decoder.info.out_color_space = JCS_GRAYSCALE;
  }
  return true;
}

bool readPixels(JpegDecoder& decoder, std::uint8_t* out, std::size_t rowBytes) {
  if (setjmp(decoder.errors.leave)) return false;
  if (!jpeg_start_decompress(&decoder.info)) return false;
  while (decoder.info.output_scanline < decoder.info.output_height) {
    JSAMPROW row = out + static_cast<std::size_t>(decoder.info.output_scanline) * rowBytes;
    if (jpeg_read_scanlines(&decoder.info, &row, 1) != 1) return false;
  }
  jpeg_finish_decompress(&decoder.info);
  return true;
}

}  // namespace

JpegPicture decodeJpeg(const SourceFile& file, const DecodeContext& context, ByteView bytes, JpegColour colour) {
  JpegDecoder decoder;
  if (!readHeader(decoder, bytes, colour)) file.refuse("its JPEG header is damaged");
  JpegPicture picture{.width = decoder.info.image_width, .height = decoder.info.image_height, .channels = decoder.info.num_components};
  if (picture.channels != 1 && picture.channels != 3)
    file.refuse("it is a JPEG with " + std::to_string(picture.channels) + " colour components; grey and RGB can be read",
                "Convert it to RGB or grey in an image program.");
  const std::int64_t sides[] = {picture.width, picture.height};
  // A blank picture may become very small, but every 8x8 block costs at least a quarter of a byte.
  const auto need = requirePlausible(file, context, sides, static_cast<std::uint64_t>(picture.channels), 4096);
  picture.values.resize(need);
  if (!readPixels(decoder, picture.values.data(), static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.channels)) ||
      decoder.errors.damaged)
    file.refuse("its JPEG data are damaged or end too early", "Copy the file again from where it came.");
  return picture;
}

}  // namespace roundel
