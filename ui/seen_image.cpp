#include "ui/seen_image.h"

#include <array>

namespace roundel {

std::shared_ptr<const Image> SeenImage::get() {
  const std::scoped_lock lock(m_mutex);
  if (m_image) return m_image;
  auto image = std::make_shared<Image>();
  image->geometry = m_picture->geometry();
  const auto table = m_picture->greyTable(m_picture->settings());
  std::array<float, 256> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 255.0F;
  const auto& codes = m_picture->levels()[0].codes;
  image->values.resize(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) image->values[i] = values[table[codes[i]]];
  return m_image = std::move(image);
}

}  // namespace roundel
