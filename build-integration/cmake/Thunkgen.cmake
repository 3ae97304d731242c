# Adds call thunks to the sources of a CMake target.
#
#   list(APPEND CMAKE_MODULE_PATH "/path/to/build-integration/cmake")
#   include(Thunkgen)
#   thunkgen_generate(TARGET app_native ASSEMBLIES bin/publish/_framework MODULES libSkiaSharp)
#
# thunkgen_generate(
#   TARGET <target>                 the library or executable that gets the generated files as sources
#   ASSEMBLIES <path>...            assemblies, or directories of them (the .dll, .exe, .wasm and .webcil files in them)
#   [REFERENCES <path>...]          the same, but types are only looked up there
#   [MODULES <name>...]             linked native libraries, besides the runtime's own
#   [MODULE_LISTS <file>...]        files that list such libraries: FILE or FILE:ITEM
#   [TARGET_OS browser|wasi]        default: browser
#   [RUNTIME <version>]             version of the .NET runtime, such as 11.0 (the default)
#   [CONTRACT <name>]               wasm-thunks or portable-callhelpers; default: that of the runtime
#   [EXTRA_SIGNATURES <file>...]    signatures that are not in any assembly
#   [STRUCT_SIZES <declaration>...] Full.Name=SIZE[:ALIGN]
#   [STRUCT_SIZE_FILES <file>...]   files of such declarations
#   [SUPPRESSIONS <file>...]        suppression files
#   [OUTPUT_DIRECTORY <directory>]  default: thunkgen/<target> in the current binary directory
#   [OPTIONS <argument>...]         other options of `thunkgen generate`; paths must be absolute
# )
#
# Compares P/Invokes with the native code that they call, before a target is built.
#
#   add_library(draw STATIC draw.c)
#   target_link_libraries(app_native PRIVATE draw)
#   thunkgen_check_native(TARGET app_native ASSEMBLIES bin/publish/_framework NATIVE draw)
#
# thunkgen_check_native(
#   TARGET <target>                 target that is built only if everything matches; not one of NATIVE
#   ASSEMBLIES <path>...            as above, like REFERENCES, MODULES, MODULE_LISTS, TARGET_OS, RUNTIME,
#                                   STRUCT_SIZES, STRUCT_SIZE_FILES, SUPPRESSIONS and OPTIONS (of
#                                   `thunkgen check-native`)
#   NATIVE <target or path>...      libraries of this project; objects, archives, linked modules and
#                                   directories of them
# )
#
# Paths are relative to the current source directory, OUTPUT_DIRECTORY to the current binary directory. The executable is the
# cache variable THUNKGEN_EXECUTABLE; its default is `thunkgen` in the usual places.
#
# thunkgen runs if a file that it read has changed (including files in OPTIONS, since it writes a depfile), if an assembly was
# added or removed, if the arguments have changed, or if thunkgen itself has changed. Files with the same contents are not
# written: Ninja then compiles nothing, Make compiles them again.

include_guard(GLOBAL)

if(CMAKE_VERSION VERSION_LESS 3.20)
  message(FATAL_ERROR "Thunkgen needs CMake 3.20 or newer, for depfiles with every generator")
endif()

# A project may have it as a plain variable, which older policies remove when a cache variable is set.
if(DEFINED CACHE{THUNKGEN_EXECUTABLE} OR NOT THUNKGEN_EXECUTABLE)
  set(THUNKGEN_EXECUTABLE "THUNKGEN_EXECUTABLE-NOTFOUND" CACHE FILEPATH "The thunkgen executable")
  find_program(THUNKGEN_EXECUTABLE NAMES thunkgen)
endif()

# The files of the paths, as absolute paths. Directories are read again before every build.
function(_thunkgen_files result)
  set(files)
  foreach(path IN LISTS ARGN)
    get_filename_component(path "${path}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    if(IS_DIRECTORY "${path}")
      # The name of the directory is not a pattern.
      string(REGEX REPLACE "([][*?])" "[\\1]" directory "${path}")
      file(GLOB found CONFIGURE_DEPENDS
        "${directory}/*.dll" "${directory}/*.exe" "${directory}/*.wasm" "${directory}/*.webcil")
      if(NOT found)
        message(FATAL_ERROR "${caller}: no assemblies in ${path}")
      endif()
      list(APPEND files ${found})
    elseif(path MATCHES "[*?]" AND NOT EXISTS "${path}")
      message(FATAL_ERROR
        "${caller}: ${path} is a pattern; name files or directories, or use file(GLOB ... CONFIGURE_DEPENDS)")
    else()
      list(APPEND files "${path}")
    endif()
  endforeach()
  list(REMOVE_DUPLICATES files)
  set(${result} "${files}" PARENT_SCOPE)
endfunction()

# The arguments of both functions, from the caller's arg_* variables: sets `arguments`, and `read`, the assemblies.
function(_thunkgen_arguments)
  # By their text: a word such as N, OFF or IGNORE is false to CMake.
  if(NOT "${arg_UNPARSED_ARGUMENTS}" STREQUAL "")
    message(FATAL_ERROR "${caller}: unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  foreach(required TARGET ASSEMBLIES ${ARGN})
    if("${arg_${required}}" STREQUAL "")
      message(FATAL_ERROR "${caller}: ${required} is missing")
    endif()
  endforeach()
  if(NOT THUNKGEN_EXECUTABLE)
    message(FATAL_ERROR "${caller}: no thunkgen found; set THUNKGEN_EXECUTABLE")
  endif()
  if("${arg_TARGET_OS}" STREQUAL "")
    set(arg_TARGET_OS browser)
  endif()

  _thunkgen_files(assemblies ${arg_ASSEMBLIES})
  _thunkgen_files(references ${arg_REFERENCES})
  set(arguments ${assemblies} --target-os ${arg_TARGET_OS})
  if(NOT "${arg_RUNTIME}" STREQUAL "")
    list(APPEND arguments --runtime "${arg_RUNTIME}")
  endif()
  foreach(path IN LISTS references)
    list(APPEND arguments --reference "${path}")
  endforeach()
  foreach(name IN LISTS arg_MODULES)
    list(APPEND arguments --module "${name}")
  endforeach()
  # Other files that they refer to are in the depfile.
  foreach(kind MODULE_LIST EXTRA_SIGNATURES STRUCT_SIZE_FILE SUPPRESSIONS)
    string(TOLOWER "--${kind}" option)
    string(REPLACE "_" "-" option "${option}")
    foreach(path IN LISTS arg_${kind} arg_${kind}S)
      get_filename_component(path "${path}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
      list(APPEND arguments ${option} "${path}")
    endforeach()
  endforeach()
  foreach(declaration IN LISTS arg_STRUCT_SIZES)
    list(APPEND arguments --struct-size "${declaration}")
  endforeach()
  set(arguments "${arguments}" PARENT_SCOPE)
  set(read ${assemblies} ${references} PARENT_SCOPE)
endfunction()

# One argument per line; written only if it changes, so that the build can depend on it.
function(_thunkgen_response_file path)
  list(JOIN ARGN "\n" lines)
  file(GENERATE OUTPUT "${path}" CONTENT "${lines}\n")
endfunction()

function(thunkgen_generate)
  set(caller thunkgen_generate)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;TARGET_OS;RUNTIME;CONTRACT;OUTPUT_DIRECTORY"
    "ASSEMBLIES;REFERENCES;MODULES;MODULE_LISTS;EXTRA_SIGNATURES;STRUCT_SIZES;STRUCT_SIZE_FILES;SUPPRESSIONS;OPTIONS")
  _thunkgen_arguments()
  if("${arg_OUTPUT_DIRECTORY}" STREQUAL "")
    set(arg_OUTPUT_DIRECTORY "thunkgen/${arg_TARGET}")
  endif()
  get_filename_component(out "${arg_OUTPUT_DIRECTORY}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
  list(APPEND arguments --out "${out}")
  if(NOT "${arg_CONTRACT}" STREQUAL "")
    list(APPEND arguments --contract "${arg_CONTRACT}")
  endif()
  list(APPEND arguments ${arg_OPTIONS})

  set(response_file "${out}/arguments.rsp")
  _thunkgen_response_file("${response_file}" ${arguments})

  set(outputs
    "${out}/callhelpers-interp-to-managed.cpp"
    "${out}/callhelpers-pinvoke.cpp"
    "${out}/callhelpers-reverse.cpp")
  set(depfile "${out}/thunkgen.d")
  set(touch)
  if(NOT CMAKE_GENERATOR MATCHES "Ninja")
    # Other generators compare times, and would run it in every build if files do not change.
    set(touch COMMAND "${CMAKE_COMMAND}" -E touch ${outputs})
  endif()
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND "${THUNKGEN_EXECUTABLE}" generate "@${response_file}" --depfile "${depfile}"
    ${touch}
    DEPENDS "${THUNKGEN_EXECUTABLE}" "${response_file}" ${read}
    DEPFILE "${depfile}"
    # The directory for relative paths in a depfile.
    WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}"
    COMMENT "Generating call thunks for ${arg_TARGET}"
    VERBATIM)
  target_sources(${arg_TARGET} PRIVATE ${outputs})
endfunction()

function(thunkgen_check_native)
  set(caller thunkgen_check_native)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;TARGET_OS;RUNTIME"
    "ASSEMBLIES;NATIVE;REFERENCES;MODULES;MODULE_LISTS;STRUCT_SIZES;STRUCT_SIZE_FILES;SUPPRESSIONS;OPTIONS")
  _thunkgen_arguments(NATIVE)
  foreach(native IN LISTS arg_NATIVE)
    if("${native}" STREQUAL "${arg_TARGET}")
      message(FATAL_ERROR "${caller}: ${native} cannot depend on itself; use the target that links it as TARGET")
    elseif(TARGET "${native}")
      get_target_property(type "${native}" TYPE)
      if(NOT type MATCHES "^(STATIC_LIBRARY|SHARED_LIBRARY|MODULE_LIBRARY|UNKNOWN_LIBRARY|EXECUTABLE)$")
        message(FATAL_ERROR "${caller}: ${native} has no output file (${type}); use the target that links it")
      endif()
      list(APPEND arguments --native "$<TARGET_FILE:${native}>")
      list(APPEND read "${native}" "$<TARGET_FILE:${native}>")
    else()
      get_filename_component(native "${native}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
      list(APPEND arguments --native "${native}")
      # A file that is added later changes the directory.
      list(APPEND read "${native}")
    endif()
  endforeach()
  set(out "${CMAKE_CURRENT_BINARY_DIR}/thunkgen/${arg_TARGET}-native")
  list(APPEND arguments --stamp "${out}/fits" --depfile "${out}/fits.d" ${arg_OPTIONS})
  _thunkgen_response_file("${out}/arguments.rsp" ${arguments})
  add_custom_command(
    OUTPUT "${out}/fits"
    COMMAND "${THUNKGEN_EXECUTABLE}" check-native "@${out}/arguments.rsp"
    DEPENDS "${THUNKGEN_EXECUTABLE}" "${out}/arguments.rsp" ${read}
    DEPFILE "${out}/fits.d"
    WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}"
    COMMENT "Comparing P/Invokes with native code for ${arg_TARGET}"
    VERBATIM)
  add_custom_target(${arg_TARGET}_fits DEPENDS "${out}/fits")
  add_dependencies(${arg_TARGET} ${arg_TARGET}_fits)
endfunction()
