# The desktop: what it stands on, and how its rooms are made. Included where ROUNDEL_DESKTOP is on.
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets Svg LinguistTools)
if(BUILD_TESTING OR NOT DEFINED BUILD_TESTING)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
endif()

# roundel_desktop_room(NAME SOURCES ... [PUBLIC ...] [PRIVATE ...] [PRECOMPILED header ...])
#
# One room of the desktop: a static library whose headers are included as "NAME/file.h". Files are listed with their headers, because
# Qt's meta-object compiler reads those. One precompiled header a room keeps its files at a second or two each.
function(roundel_desktop_room NAME)
  cmake_parse_arguments(ROOM "" "" "SOURCES;PUBLIC;PRIVATE;PRECOMPILED" ${ARGN})
  if(ROOM_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "roundel_desktop_room(${NAME}) does not know ${ROOM_UNPARSED_ARGUMENTS}.")
  endif()
  add_library(roundel_${NAME} STATIC ${ROOM_SOURCES})
  add_library(roundel::${NAME} ALIAS roundel_${NAME})
  set_target_properties(roundel_${NAME} PROPERTIES AUTOMOC ON)
  target_include_directories(roundel_${NAME} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(roundel_${NAME} PUBLIC QT_NO_KEYWORDS QT_NO_FOREACH)
  target_link_libraries(roundel_${NAME} PUBLIC ${ROOM_PUBLIC} PRIVATE roundel_settings ${ROOM_PRIVATE})
  if(ROOM_PRECOMPILED)
    target_precompile_headers(roundel_${NAME} PRIVATE ${ROOM_PRECOMPILED})
  endif()
endfunction()
