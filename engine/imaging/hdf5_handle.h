#pragma once
#include <hdf5.h>

#include <utility>

namespace roundel {

/// An object of the HDF5 library that is closed when it goes out of scope.
class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Hdf5Handle() = default;
  Hdf5Handle(hid_t id, Close close) : m_id(id), m_close(close) {}
  ~Hdf5Handle() {
    if (m_id >= 0) m_close(m_id);
  }
  Hdf5Handle(Hdf5Handle&& other) noexcept : m_id(std::exchange(other.m_id, -1)), m_close(other.m_close) {}
  Hdf5Handle& operator=(Hdf5Handle&&) = delete;
  Hdf5Handle(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(const Hdf5Handle&) = delete;

  explicit operator bool() const { return m_id >= 0; }
  hid_t get() const { return m_id; }

 private:
  hid_t m_id = -1;
  Close m_close = nullptr;
};

}  // namespace roundel
