# find_package(Thunkgen) in an unpacked release or an installed package: the functions of Thunkgen.cmake with the executable of
# the same release.
#
#   find_package(Thunkgen REQUIRED)            # -D Thunkgen_ROOT=/path/to/thunkgen-VERSION-PLATFORM
#   thunkgen_generate(TARGET app_native ASSEMBLIES bin/publish/_framework)
#   target_include_directories(app_native PRIVATE "${Thunkgen_INCLUDE_DIRS}")
#
# Thunkgen_INCLUDE_DIRS has callhelpers.hpp and what it includes, for builds that do not have the headers of the runtime.

get_filename_component(_thunkgen_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(Thunkgen_INCLUDE_DIRS "${_thunkgen_prefix}/include/thunkgen")
find_program(THUNKGEN_EXECUTABLE NAMES thunkgen PATHS "${_thunkgen_prefix}/bin" NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
include("${CMAKE_CURRENT_LIST_DIR}/Thunkgen.cmake")
