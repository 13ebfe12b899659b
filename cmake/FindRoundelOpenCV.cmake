# OpenCV's core and imgproc as opencv_core and opencv_imgproc.
#
# OpenCV's own configuration file lies in Debian's libopencv-dev, which pulls in video, Qt 5, VTK and MPI: 300 packages more
# than the two small -dev packages that this file needs.
find_path(RoundelOpenCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4)
set(_required RoundelOpenCV_INCLUDE)
foreach(_part IN ITEMS core imgproc)
  find_library(RoundelOpenCV_${_part} opencv_${_part})
  list(APPEND _required RoundelOpenCV_${_part})
endforeach()
if(RoundelOpenCV_INCLUDE)
  file(STRINGS "${RoundelOpenCV_INCLUDE}/opencv2/core/version.hpp" _lines REGEX "define CV_VERSION_(MAJOR|MINOR|REVISION) ")
  string(REGEX REPLACE ".*MAJOR +([0-9]+).*MINOR +([0-9]+).*REVISION +([0-9]+).*" "\\1.\\2.\\3" RoundelOpenCV_VERSION "${_lines}")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(RoundelOpenCV REQUIRED_VARS ${_required} VERSION_VAR RoundelOpenCV_VERSION)

if(RoundelOpenCV_FOUND AND NOT TARGET opencv_core)
  set(OpenCV_LIBS "")
  foreach(_part IN ITEMS core imgproc)
    add_library(opencv_${_part} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(opencv_${_part} PROPERTIES IMPORTED_LOCATION "${RoundelOpenCV_${_part}}"
      INTERFACE_INCLUDE_DIRECTORIES "${RoundelOpenCV_INCLUDE}")
    list(APPEND OpenCV_LIBS opencv_${_part})
  endforeach()
  set(OpenCV_VERSION "${RoundelOpenCV_VERSION}")
  set(OpenCV_INCLUDE_DIRS "${RoundelOpenCV_INCLUDE}")
endif()
