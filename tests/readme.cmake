# cmake -D README=<file> -D INCLUDE=<folder> -D COMPILER=<g++ 12> -D SCRATCH=<folder> -P readme.cmake
# Compiles the README's two programs: the first must compile, and what g++ says of the second must be what the README
# says it does.
cmake_minimum_required(VERSION 3.25)
file(READ "${README}" readme)

# The first block of C++ behind a heading.
function(block_behind heading result)
  string(FIND "${readme}" "${heading}" at)
  string(SUBSTRING "${readme}" ${at} -1 rest)
  string(FIND "${rest}" "```cpp\n" from)
  math(EXPR from "${from} + 7")
  string(SUBSTRING "${rest}" ${from} -1 rest)
  string(FIND "${rest}" "```" size)
  string(SUBSTRING "${rest}" 0 ${size} block)
  set(${result} "${block}" PARENT_SCOPE)
endfunction()

function(compile source output_of)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${COMPILER} -std=c++20 -fsyntax-only -I${INCLUDE} ${source}
    WORKING_DIRECTORY ${SCRATCH} OUTPUT_VARIABLE said ERROR_VARIABLE said)
  set(${output_of} "${said}" PARENT_SCOPE)
endfunction()

file(MAKE_DIRECTORY ${SCRATCH})
block_behind("# crosspool" program)
file(WRITE ${SCRATCH}/first.cpp "${program}")
compile(first.cpp said)
if(NOT said STREQUAL "")
  message(FATAL_ERROR "readme: the first program does not compile in silence:\n${said}")
endif()

block_behind("## The error you get" program)
file(WRITE ${SCRATCH}/job.cpp "${program}")
compile(job.cpp said)
string(REPLACE ";" "<semicolon>" said "${said}") # which would part a list
string(REGEX MATCHALL "[^\n]*(In instantiation of .struct|job.cpp:[0-9:]+   required|error: )[^\n]*" lines "${said}")
list(LENGTH lines count)
if(NOT count EQUAL 3)
  message(FATAL_ERROR "readme: three lines were to say it, but ${count} do:\n${said}")
endif()
foreach(line IN LISTS lines)
  string(REGEX REPLACE "^.*(crosspool/check/diagnose.hpp: In|job.cpp:|error: )" "\\1" line "${line}")
  string(REPLACE "<semicolon>" ";" line "${line}")
  string(FIND "${readme}" "${line}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "readme: g++ says\n${line}\nwhich the README does not")
  endif()
endforeach()
