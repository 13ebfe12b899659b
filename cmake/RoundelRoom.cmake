# roundel_room(NAME [HEADERS ...] [SOURCES ...] [PUBLIC ...] [PRIVATE ...])
#
# One room of the house: a static library roundel_NAME. PUBLIC are the rooms whose types its headers name; PRIVATE are rooms
# and libraries that only its sources use: their include folders and macros stop here.
# Rooms that compile against LibTorch say TORCH; they share one precompiled header (owner: roundel_torch_header).
#
# Every header is compiled alone with what PUBLIC gives and nothing else: a header that names a type of a PRIVATE library, or
# forgets an include, does not build. Headers that name Torch types are for the rooms with TORCH only and are left out of this.
function(roundel_room NAME)
  cmake_parse_arguments(ROOM "TORCH" "" "HEADERS;SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(ROOM_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "roundel_room(${NAME}) does not know ${ROOM_UNPARSED_ARGUMENTS}.")
  endif()
  set(torch_headers "")
  if(ROOM_TORCH)
    foreach(header IN LISTS ROOM_HEADERS)
      roundel_names_torch("${CMAKE_CURRENT_SOURCE_DIR}/${header}" yes)
      if(yes)
        list(APPEND torch_headers "${header}")
      endif()
    endforeach()
    list(REMOVE_ITEM ROOM_HEADERS ${torch_headers})
  endif()
  add_library(roundel_${NAME} STATIC)
  add_library(roundel::${NAME} ALIAS roundel_${NAME})
  target_sources(roundel_${NAME} PRIVATE ${ROOM_SOURCES} ${torch_headers}
    PUBLIC FILE_SET headers TYPE HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/engine" FILES ${ROOM_HEADERS})
  set_target_properties(roundel_${NAME} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_link_libraries(roundel_${NAME} PUBLIC ${ROOM_PUBLIC} PRIVATE roundel_settings ${ROOM_PRIVATE})
  if(ROOM_TORCH)
    target_link_libraries(roundel_${NAME} PRIVATE roundel::torch)
    target_precompile_headers(roundel_${NAME} REUSE_FROM roundel_torch_header)
  endif()
endfunction()

# Sets OUT where the header includes Torch, itself or through another header of the engine.
function(roundel_names_torch HEADER OUT)
  set(${OUT} FALSE PARENT_SCOPE)
  get_property(known GLOBAL PROPERTY "roundel_torch_${HEADER}")
  if(known STREQUAL "")
    set_property(GLOBAL PROPERTY "roundel_torch_${HEADER}" FALSE)  # ends a circle of includes
    set(known FALSE)
    set(lines "")
    if(EXISTS "${HEADER}")
      file(STRINGS "${HEADER}" lines REGEX "^ *# *include ")
    endif()
    foreach(line IN LISTS lines)
      if(line MATCHES "<(torch|ATen|c10)/")
        set(known TRUE)
      elseif(line MATCHES "\"([^\"]+)\"")
        roundel_names_torch("${PROJECT_SOURCE_DIR}/engine/${CMAKE_MATCH_1}" deeper)
        if(deeper)
          set(known TRUE)
        endif()
      endif()
    endforeach()
    set_property(GLOBAL PROPERTY "roundel_torch_${HEADER}" ${known})
  endif()
  set(${OUT} ${known} PARENT_SCOPE)
endfunction()

# The precompiled header of all tests without Torch.
function(roundel_test_header)
  file(WRITE "${CMAKE_BINARY_DIR}/test_header.cpp" "// Owner of the precompiled header of tests.\n")
  add_library(roundel_test_header STATIC "${CMAKE_BINARY_DIR}/test_header.cpp")
  target_link_libraries(roundel_test_header PRIVATE roundel_settings roundel_json GTest::gmock GTest::gtest)
  target_compile_options(roundel_test_header PRIVATE -O1)
  target_precompile_headers(roundel_test_header PRIVATE <gmock/gmock.h> <gtest/gtest.h> <nlohmann/json.hpp>
    <algorithm> <cmath> <filesystem> <fstream> <functional> <map> <optional> <random> <set> <span> <sstream> <string> <vector>)
endfunction()

# roundel_test(NAME SOURCES ... LIBRARIES ... [LABELS ...] [TORCH]): one GoogleTest program; every TEST becomes a CTest test.
function(roundel_test NAME)
  cmake_parse_arguments(TEST "TORCH" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  if(NOT TEST_LABELS)
    set(TEST_LABELS unit)
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  add_executable(${NAME} ${TEST_SOURCES})
  target_include_directories(${NAME} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${NAME} PRIVATE roundel_settings ${TEST_LIBRARIES} GTest::gmock GTest::gtest_main)
  # -fPIC: as the precompiled header was compiled; a program's -fPIE would not fit it. Nor would another level of optimisation (g++ 14).
  target_compile_options(${NAME} PRIVATE -fPIC)
  if(TEST_TORCH)
    target_link_libraries(${NAME} PRIVATE roundel::torch)
    target_precompile_headers(${NAME} REUSE_FROM roundel_torch_header)
  else()
    # -O1: what a test measures is compiled in its room; the test itself is compiled once and runs for a second.
    target_compile_options(${NAME} PRIVATE -O1)
    target_precompile_headers(${NAME} REUSE_FROM roundel_test_header)
  endif()
  # GOMP_SPINCOUNT: tests run beside each other (engine/cli/waiting.h). ROUNDEL_MODELS: no test depends on what its user installed.
  gtest_discover_tests(${NAME} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT "GOMP_SPINCOUNT=1000;ROUNDEL_MODELS=${PROJECT_BINARY_DIR}/no-models" SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]"
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
endfunction()
