# cmake -D COMPILER=<path> -D ID=<GNU or Clang> -D FLAGS=<more flags> -D INCLUDES=<folders> -D HEADERS=<folder of
#   crosspool/> -D PRECOMPILED=<folder> -P precompile.cmake
# Precompiles crosspool.hpp for check.cmake, where the compiler looks for it.
cmake_minimum_required(VERSION 3.25)

separate_arguments(flags UNIX_COMMAND "${FLAGS}")
foreach(folder IN LISTS INCLUDES)
  list(APPEND flags "-I${folder}")
endforeach()
if(ID MATCHES "Clang")
  list(APPEND flags -fpch-instantiate-templates) # what the headers instantiate is not to be each program's to instantiate
  set(suffix pch)
else()
  set(suffix gch)
endif()
file(MAKE_DIRECTORY "${PRECOMPILED}/crosspool")
execute_process(
  COMMAND "${COMPILER}" ${flags} -std=c++20 -x c++-header "${HEADERS}/crosspool/crosspool.hpp"
    -o "${PRECOMPILED}/crosspool/crosspool.hpp.${suffix}"
  COMMAND_ERROR_IS_FATAL ANY)
