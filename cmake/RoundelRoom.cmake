# roundel_room(NAME [HEADERS ...] [SOURCES ...] [PUBLIC ...] [PRIVATE ...])
#
# One room of the house: a static library roundel_NAME. PUBLIC are the rooms whose types its headers name; PRIVATE are rooms
# and libraries that only its sources use: their include folders and macros stop here.
# Rooms that compile against LibTorch say TORCH; they share one precompiled header (owner: roundel_torch_header).
function(roundel_room NAME)
  cmake_parse_arguments(ROOM "TORCH" "" "HEADERS;SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(roundel_${NAME} STATIC)
  add_library(roundel::${NAME} ALIAS roundel_${NAME})
  target_sources(roundel_${NAME} PRIVATE ${ROOM_SOURCES}
    PUBLIC FILE_SET headers TYPE HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/engine" FILES ${ROOM_HEADERS})
  target_link_libraries(roundel_${NAME} PUBLIC ${ROOM_PUBLIC} PRIVATE roundel_settings ${ROOM_PRIVATE})
  if(ROOM_TORCH)
    target_link_libraries(roundel_${NAME} PRIVATE roundel::torch)
    target_precompile_headers(roundel_${NAME} REUSE_FROM roundel_torch_header)
  endif()
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
  if(TEST_TORCH)
    target_link_libraries(${NAME} PRIVATE roundel::torch)
    target_precompile_headers(${NAME} REUSE_FROM roundel_torch_header)
  endif()
  gtest_discover_tests(${NAME} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT ${TEST_TIMEOUT} SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]"
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
endfunction()
