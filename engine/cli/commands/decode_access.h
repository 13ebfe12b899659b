#pragma once
#include "exchange/study.h"
#include "imaging/decode_client.h"

namespace roundel::cli {

/// Images for exchange/: opened by the limited decoder alone. Palettes stay numbers, because what exchange/ loads are label maps.
class DecodeAccess : public ImageAccess {
 public:
  ImageFacts probe(const std::filesystem::path& file) override;
  ImageFacts probeSeries(const std::vector<std::filesystem::path>& slices) override;
  StoredImage load(const std::filesystem::path& file) override;
  DecodeClient& client() { return m_client; }

 private:
  DecodeClient m_client;
};

}  // namespace roundel::cli
