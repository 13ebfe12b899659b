#include "weights/pytorch_file.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <optional>
#include <thread>

#include "weights/pickle_reader.h"
#include "weights/pytorch_nesting.h"
#include "weights/pytorch_tensor.h"
#include "weights/refusal.h"
#include "weights/safetensors.h"
#include "weights/zip_archive.h"

namespace roundel {
namespace {

/// What the tensors of a file may add up to when each is unrolled; views that share or repeat bytes make it more than the file.
constexpr std::uint64_t kMostUnrolledPerByte = 8, kAlwaysUnrolled = std::uint64_t{1} << 20;
constexpr std::size_t kWorthAThread = std::size_t{16} << 20;

/// What the tensors' bytes lie in.
struct Holdings {
  std::shared_ptr<const void> mapping;
  std::vector<std::shared_ptr<const void>> unpacked;
};

struct Storage {
  const ZipMember* member = nullptr;
  std::span<const std::byte> bytes;
};

class PyTorchReader {
 public:
  explicit PyTorchReader(const MappedFile& file) : m_archive(ZipArchive::open(file)), m_path(m_archive.file().path()) {
    m_holdings->mapping = file.owner();
    m_unrolledLeft = kMostUnrolledPerByte * file.bytes().size() + kAlwaysUnrolled;
  }

  StateDict read(Checksums checksums) {
    m_root = findRoot();
    checkByteOrder(checksums);
    const ZipBytes source = contentOf(*m_archive.find(m_root + "data.pkl"), checksums);
    const pickle::Graph graph = pickle::read(source.bytes, m_path);
    FoundWeights found = findWeights(graph, m_path);
    StateDict weights{.path = m_path, .format = "pytorch", .nesting = found.nesting, .skipped = std::move(found.others)};
    for (const auto& [name, value] : found.tensors) {
      if (const auto tensor = describeTensor(graph, value, m_path, name)) weights.tensors[name] = place(*tensor, name);
      else weights.skipped.push_back(name);
    }
    if (checksums == Checksums::Verify) verifyStorages();
    weights.mapping = m_holdings;
    return weights;
  }

 private:
  [[noreturn]] void impossible(const std::string& name, const std::string& what) const {
    refuseWeights(m_path, "its tensor " + shownName(name) + " " + what);
  }

  ZipBytes contentOf(const ZipMember& member, Checksums checksums) const {
    ZipBytes plain = m_archive.unpack(member);
    if (checksums == Checksums::Verify) m_archive.verify(member, plain.bytes);
    return plain;
  }

  /// "archive/": the folder that holds data.pkl, whatever the file was called when it was written.
  std::string findRoot() const {
    std::optional<std::string> root;
    for (const ZipMember& member : m_archive.members()) {
      const std::size_t slash = member.name.find('/');
      const std::string_view inner = slash == member.name.npos ? member.name : member.name.substr(slash + 1);
      if (inner != "data.pkl") continue;
      if (root) refuseWeights(m_path, "it holds two sets of weights", kSaveAgain);
      root = std::string(member.name.substr(0, member.name.size() - inner.size()));
    }
    if (!root) refuseWeights(m_path, "it is a zip archive, but not one that PyTorch wrote", "Choose the file of the weights itself.");
    if (m_archive.find(*root + "constants.pkl") != nullptr)
      refuseWeights(m_path, "it holds a program for TorchScript instead of weights", kSaveAgain);
    return *root;
  }

  void checkByteOrder(Checksums checksums) const {
    const ZipMember* member = m_archive.find(m_root + "byteorder");
    if (member == nullptr) return;  // before PyTorch 2.1: little-endian
    const ZipBytes order = contentOf(*member, checksums);
    const std::string_view text(reinterpret_cast<const char*>(order.bytes.data()), order.bytes.size());
    if (text != "little")
      refuseWeights(m_path, "its numbers are in the byte order of another kind of processor (" + shownName(text) + ")",
                    "Load it there and save it again on an ordinary PC, or as a safetensors file.");
  }

  const Storage& storageOf(const PyTorchTensor& tensor, const std::string& name) {
    const auto known = m_storages.find(tensor.storage);
    if (known != m_storages.end()) return known->second;
    const ZipMember* member = m_archive.find(m_root + "data/" + std::string(tensor.storage));
    if (member == nullptr) impossible(name, "is described, but its numbers are missing from the file");
    const ZipBytes plain = m_archive.unpack(*member);
    if (member->deflated) m_holdings->unpacked.push_back(plain.owner);
    return m_storages.emplace(std::string(tensor.storage), Storage{member, plain.bytes}).first->second;
  }

  /// The tensor on its storage, after every element is known to lie inside.
  StridedTensor place(const PyTorchTensor& tensor, const std::string& name) {
    const Storage& storage = storageOf(tensor, name);
    const auto itemBytes = static_cast<std::int64_t>(bytesOfDtype(tensor.dtype));
    if (static_cast<std::uint64_t>(tensor.storageElements) != storage.bytes.size() / static_cast<std::uint64_t>(itemBytes))
      impossible(name, "claims " + std::to_string(tensor.storageElements) + " numbers where " + std::to_string(storage.bytes.size()) +
                           " bytes are in the file");
    if (tensor.offset > tensor.storageElements) impossible(name, "begins beyond the end of its numbers");
    const std::int64_t reach = reachOf(tensor, name);
    if (reach > tensor.storageElements - tensor.offset) impossible(name, "reaches beyond the end of its numbers");
    return {tensor.dtype, tensor.shape, tensor.strides,
            storage.bytes.subspan(static_cast<std::size_t>(tensor.offset * itemBytes), static_cast<std::size_t>(reach * itemBytes))};
  }

  /// From the first element to the end of the last one, in elements; 0 for a tensor without elements.
  std::int64_t reachOf(const PyTorchTensor& tensor, const std::string& name) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 16;  // its bytes can be counted, too
    if (std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end()) return 0;
    std::int64_t count = 1, reach = 1;
    for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
      const std::int64_t size = tensor.shape[d], stride = tensor.strides[d];
      if (size > kMost / count || (stride > 0 && size - 1 > (kMost - reach) / stride))
        impossible(name, "has more elements than can be counted");
      count *= size;
      reach += (size - 1) * stride;
    }
    const auto unrolled = static_cast<std::uint64_t>(count) * bytesOfDtype(tensor.dtype);
    if (unrolled > m_unrolledLeft) impossible(name, "repeats its numbers so often that it is far larger than the file");
    m_unrolledLeft -= unrolled;
    return reach;
  }

  /// On several threads: on one, a checksum runs at little more than 1 GB/s.
  void verifyStorages() const {
    std::vector<const Storage*> storages;
    std::size_t bytes = 0;
    for (const auto& [key, storage] : m_storages) {
      storages.push_back(&storage);
      bytes += storage.bytes.size();
    }
    const std::size_t cores = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
    const std::size_t helpers = std::min({cores - 1, storages.size(), bytes / kWorthAThread});
    std::atomic<std::size_t> next = 0;
    std::atomic<const Storage*> damaged = nullptr;
    const auto work = [&]() noexcept {
      for (std::size_t i = next++; i < storages.size(); i = next++)
        if (!ZipArchive::isIntact(*storages[i]->member, storages[i]->bytes)) damaged = storages[i];
    };
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < helpers; ++i) threads.emplace_back(work);
      work();
    }
    if (const Storage* one = damaged) m_archive.verify(*one->member, one->bytes);  // says which
  }

  ZipArchive m_archive;
  const std::filesystem::path& m_path;
  std::string m_root;
  std::shared_ptr<Holdings> m_holdings = std::make_shared<Holdings>();
  std::map<std::string, Storage, std::less<>> m_storages;
  std::uint64_t m_unrolledLeft = 0;
};

}  // namespace

StateDict readPyTorchFile(const MappedFile& file, Checksums checksums) { return PyTorchReader(file).read(checksums); }

}  // namespace roundel
