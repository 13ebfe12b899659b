# Language, warnings, sanitizers and output folders: one place for all rooms.
option(ROUNDEL_LIBRARIES "Build the rooms that need image libraries, OpenCV, SQLite" ON)
option(ROUNDEL_DESKTOP "Build the desktop (Qt 6)" OFF)
option(ROUNDEL_BENCH "Build tests/bench" OFF)
option(ROUNDEL_FUZZ "Build tests/fuzz (clang)" OFF)
option(ROUNDEL_VERIFY_HEADERS "Part of the whole build: every header compiles alone, with what its room gives away" ON)
set(ROUNDEL_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined")
set(ROUNDEL_BIN "${CMAKE_BINARY_DIR}/bin" CACHE PATH "Where the programs go; the presets `engine` and `release` say bin/ of the clone")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# Our own asserts are exceptions; NDEBUG only silences third-party headers.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
# -g1 is enough for a backtrace and a profile; full -g triples the time of a file that includes Torch.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

find_program(ROUNDEL_CCACHE ccache)
if(ROUNDEL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The clone's path is taken out of the hash, so that a second clone on the same machine finds what the first compiled.
  set(launcher "${CMAKE_COMMAND};-E;env;CCACHE_BASEDIR=${CMAKE_SOURCE_DIR};CCACHE_NOHASHDIR=1;CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime;${ROUNDEL_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

add_library(roundel_settings INTERFACE)
target_compile_features(roundel_settings INTERFACE cxx_std_20)
target_compile_options(roundel_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wunused -Wno-missing-field-initializers -Werror
  -fdiagnostics-color=always)
if(CMAKE_UNITY_BUILD)  # g++ takes a file that is included into a batch for a header, whose classes must not hold members of an anonymous namespace
  target_compile_options(roundel_settings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
target_link_options(roundel_settings INTERFACE -Wl,--build-id=sha1)  # core/build_id.h reads it
if(ROUNDEL_SANITIZE)
  target_compile_options(roundel_settings INTERFACE -fsanitize=${ROUNDEL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(roundel_settings INTERFACE -fsanitize=${ROUNDEL_SANITIZE})
  # What the sanitizers add makes g++ warn of its own <regex> (GCC bug 105562).
  target_compile_options(roundel_settings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
