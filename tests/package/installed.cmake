# Installs crosspool, moves what was installed, and uses it from there: by find_package and by pkg-config.
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

find_program(pkg_config NAMES pkg-config pkgconf)
if(NOT pkg_config)
  message(FATAL_ERROR "package: there is no pkg-config to test crosspool.pc with; install pkg-config or pkgconf")
endif()

set(installed "${SCRATCH}/installed")
set(moved "${SCRATCH}/moved")
run("${CMAKE_COMMAND}" --install "${BUILD}" --config "${CONFIG}" --prefix "${installed}")
file(RENAME "${installed}" "${moved}")

# Nothing in it may point to where it was made.
file(GLOB_RECURSE files "${moved}/*")
if(NOT files)
  message(FATAL_ERROR "package: nothing was installed")
endif()
foreach(file IN LISTS files)
  file(READ "${file}" text)
  foreach(folder IN ITEMS "${SOURCES}/" "${BUILD}/" "${installed}")
    string(FIND "${text}" "${folder}" position)
    if(NOT position EQUAL -1)
      message(FATAL_ERROR "package: ${file} names ${folder}")
    endif()
  endforeach()
endforeach()

# find_package
build_and_run("${SCRATCH}/find_package" "-DCMAKE_PREFIX_PATH=${moved}" "-DCROSSPOOL_VERSION=${VERSION}")

# pkg-config, and the compiler called directly
unset(ENV{PKG_CONFIG_PATH})
unset(ENV{PKG_CONFIG_SYSROOT_DIR})
set(ENV{PKG_CONFIG_LIBDIR} "${moved}/share/pkgconfig") # this crosspool and no other
run("${pkg_config}" "--exact-version=${VERSION}" crosspool)
execute_process(COMMAND "${pkg_config}" --cflags --libs crosspool OUTPUT_VARIABLE found COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(found UNIX_COMMAND "${found}")
separate_arguments(FLAGS UNIX_COMMAND "${FLAGS}")
separate_arguments(LINK_FLAGS UNIX_COMMAND "${LINK_FLAGS}")
run("${COMPILER}" ${STANDARD} ${FLAGS} "${CMAKE_CURRENT_LIST_DIR}/consumer/main.cpp" -o "${SCRATCH}/by_pkg_config"
  ${LINK_FLAGS} ${found})
run("${SCRATCH}/by_pkg_config")
