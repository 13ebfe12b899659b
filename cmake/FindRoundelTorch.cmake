# LibTorch as one imported target, roundel::torch, that needs neither a CUDA toolkit nor a GPU.
#
# Searched in this order: ROUNDEL_TORCH (cache or environment: a LibTorch folder, or a folder that holds `torch/` as the
# wheel lays it out), then .deps/torch of this clone. `./go` puts the pinned wheel's C++ part there.
# Only libtorch_cpu and libc10 are linked. A CUDA build's libtorch_cuda.so is loaded at run time by device/ where a driver is
# found; that is why symbols may stay open here (--allow-shlib-undefined).
set(ROUNDEL_TORCH "$ENV{ROUNDEL_TORCH}" CACHE PATH "LibTorch 2.11 or newer, CPU or CUDA build; empty: .deps/torch")
set(_root "${ROUNDEL_TORCH}")
if(NOT _root)
  set(_root "${PROJECT_SOURCE_DIR}/.deps/torch")
endif()
if(NOT "${RoundelTorch_ROOT_USED}" STREQUAL "${_root}")  # the user names another LibTorch: forget what was found in the last one
  unset(RoundelTorch_INCLUDE CACHE)
  unset(RoundelTorch_CPU CACHE)
  unset(RoundelTorch_C10 CACHE)
  set(RoundelTorch_ROOT_USED "${_root}" CACHE INTERNAL "")
endif()
set(_candidates "${_root}" "${_root}/torch" "${_root}/libtorch")
find_path(RoundelTorch_INCLUDE torch/torch.h
  PATHS ${_candidates} PATH_SUFFIXES include/torch/csrc/api/include NO_DEFAULT_PATH)
find_library(RoundelTorch_CPU torch_cpu PATHS ${_candidates} PATH_SUFFIXES lib NO_DEFAULT_PATH)
find_library(RoundelTorch_C10 c10 PATHS ${_candidates} PATH_SUFFIXES lib NO_DEFAULT_PATH)

if(RoundelTorch_INCLUDE)
  get_filename_component(_include "${RoundelTorch_INCLUDE}/../../../.." ABSOLUTE)
  foreach(_file IN ITEMS torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
    if(EXISTS "${_include}/${_file}")
      file(STRINGS "${_include}/${_file}" _lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
      string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*PATCH ([0-9]+).*" "\\1.\\2.\\3" RoundelTorch_VERSION "${_lines}")
      break()
    endif()
  endforeach()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(RoundelTorch
  REQUIRED_VARS RoundelTorch_CPU RoundelTorch_C10 RoundelTorch_INCLUDE VERSION_VAR RoundelTorch_VERSION
  REASON_FAILURE_MESSAGE "No LibTorch in ${_root}. Run ./go build, or set ROUNDEL_TORCH to a LibTorch folder (2.11 or newer).")
if(RoundelTorch_VERSION VERSION_LESS 2.11)
  message(FATAL_ERROR "LibTorch ${RoundelTorch_VERSION} in ${RoundelTorch_CPU} is too old: 2.11 or newer is needed.")
endif()

if(RoundelTorch_FOUND AND NOT TARGET roundel::torch)
  get_filename_component(_lib "${RoundelTorch_CPU}" DIRECTORY)
  get_filename_component(_include "${RoundelTorch_INCLUDE}/../../../.." ABSOLUTE)
  add_library(roundel_torch INTERFACE)
  add_library(roundel::torch ALIAS roundel_torch)
  # -idirafter: the wheel carries copies of fmt and protobuf that must not win over Debian's.
  target_compile_options(roundel_torch INTERFACE "SHELL:-idirafter ${RoundelTorch_INCLUDE}" "SHELL:-idirafter ${_include}")
  # Without it the at::parallel_for of our own loops is compiled as a plain loop, and says nothing. clang would bring an OpenMP of its own.
  target_compile_options(roundel_torch INTERFACE "$<$<CXX_COMPILER_ID:GNU>:-fopenmp>")
  target_link_options(roundel_torch INTERFACE "$<$<CXX_COMPILER_ID:GNU>:-fopenmp>")
  target_link_libraries(roundel_torch INTERFACE "${RoundelTorch_CPU}" "${RoundelTorch_C10}" Threads::Threads ${CMAKE_DL_LIBS})
  target_link_options(roundel_torch INTERFACE "-Wl,--allow-shlib-undefined" "-Wl,--disable-new-dtags")
  set(ROUNDEL_TORCH_LIB "${_lib}" CACHE INTERNAL "Folder of LibTorch's libraries; the build's rpath names it, an installed program's does not")

  # The precompiled header of all rooms with Torch: it costs 700 MB and half a minute, so there is one.
  file(WRITE "${CMAKE_BINARY_DIR}/torch_header.cpp" "// Owner of the precompiled Torch header.\n")
  add_library(roundel_torch_header STATIC "${CMAKE_BINARY_DIR}/torch_header.cpp")
  target_link_libraries(roundel_torch_header PRIVATE roundel_settings roundel_json roundel_torch)
  target_precompile_headers(roundel_torch_header PRIVATE <torch/torch.h>)
endif()
