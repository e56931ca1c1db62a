# cmake -D TREE=<folder of headers> -P layers.cmake
# Reads the #include lines of every header and fails on one that the rooms forbid.
cmake_minimum_required(VERSION 3.25)

# Lowest first: folders, and the public headers, which lie above all folders. A header may include headers of lower rows
# only, and of its own folder, there without a circle: those of one row do not know each other, so neither do the verbs,
# the threads and what processes share, nor the policies.
set(rows
  "version"
  "error"
  "os/"
  "bind cpu init outcome progress stats stop this_worker traced transient"
  "exit_results options progress_bar rng"
  "policy"
  "check/"
  "bytes/"
  "archive broadcast crossable"
  "crosses trace"
  "calls/"
  "future mappable"
  "futures/"
  "await dropped stream when"
  "threads/ verbs/ wire/"
  "processes/"
  "ranks/"
  "pool"
  "fork spawn thread"
  "inline"
  "crosspool mpi src src_mpi")

# What a header declares, a file of the same name that ends in .ipp may define: it is a part of its header. src.hpp
# and src_mpi.hpp include all of these.
# Only os/ asks the system, only ranks/mpi_*.hpp MPI, so that all else compiles without: a standard header of C++ has no
# ".h", cereal's and ours end in ".hpp".
set(number 0)
foreach(row IN LISTS rows)
  separate_arguments(names UNIX_COMMAND "${row}")
  foreach(name IN LISTS names)
    set(row_of_${name} ${number})
  endforeach()
  math(EXPR number "${number} + 1")
endforeach()

# A header's place: its folder with a slash, or itself without its suffix.
function(find_place header result)
  if(header MATCHES "^([a-z_]+/)[a-z_]+\\.[hi]pp$")
    set(${result} ${CMAKE_MATCH_1} PARENT_SCOPE)
  else()
    string(REGEX REPLACE "\\.hpp$" "" name ${header})
    set(${result} ${name} PARENT_SCOPE)
  endif()
endfunction()

set(faults "")
file(GLOB_RECURSE headers RELATIVE "${TREE}" "${TREE}/*")
list(FILTER headers EXCLUDE REGEX "^README\\.md$")
if(NOT headers)
  message(FATAL_ERROR "layers: no headers in '${TREE}'")
endif()

foreach(header IN LISTS headers)
  find_place(${header} place)
  if(NOT DEFINED row_of_${place})
    list(APPEND faults "${header} is in no row")
    continue()
  endif()
  set(inside_${header} "") # what it includes of its own folder
  file(STRINGS "${TREE}/${header}" lines REGEX "^[ \t]*#[ \t]*(include|import)")
  foreach(line IN LISTS lines)
    if(line MATCHES "<crosspool/(.*\\.[hi]pp)>")
      set(other ${CMAKE_MATCH_1})
      string(REGEX REPLACE "\\.[hi]pp$" "" name_of_header ${header})
      string(REGEX REPLACE "\\.[hi]pp$" "" name_of_other ${other})
      if(name_of_header STREQUAL name_of_other AND EXISTS "${TREE}/${other}")
        continue()
      endif()
      if(other MATCHES "\\.ipp$" AND NOT header MATCHES "^src(_mpi)?\\.hpp$")
        list(APPEND faults "${header} includes ${other}, which is a part of another header")
        continue()
      endif()
      find_place(${other} its_place)
      if(NOT DEFINED row_of_${its_place} OR NOT EXISTS "${TREE}/${other}")
        list(APPEND faults "${header} includes ${other}, which is not there")
      elseif(row_of_${its_place} GREATER row_of_${place})
        list(APPEND faults "${header} includes ${other} of a higher row")
      elseif(place MATCHES "/$" AND its_place STREQUAL place)
        list(APPEND inside_${header} ${other})
      elseif(row_of_${its_place} EQUAL row_of_${place})
        list(APPEND faults "${header} includes ${other} of its own row")
      endif()
    elseif(line MATCHES "<(.*\\.h)>")
      set(name ${CMAKE_MATCH_1})
      if(NOT place STREQUAL "os/" AND NOT (name STREQUAL "mpi.h" AND header MATCHES "^ranks/mpi_[a-z_]+\\.hpp$"))
        list(APPEND faults "${header} includes <${name}>: the system is asked in os/")
      endif()
    elseif(NOT line MATCHES "<(cereal/.*\\.hpp|[a-z_]+)>")
      list(APPEND faults "${header}: not a name in <>, or not one known here: ${line}")
    endif()
  endforeach()
endforeach()

# A circle: what is left when headers that include nothing of their folder are taken away again and again.
set(left ${headers})
set(before "")
while(NOT "${left}" STREQUAL "${before}")
  set(before "${left}")
  foreach(header IN LISTS before)
    set(open "")
    foreach(other IN LISTS inside_${header})
      if(other IN_LIST left)
        list(APPEND open ${other})
      endif()
    endforeach()
    if(NOT open)
      list(REMOVE_ITEM left ${header})
    endif()
  endforeach()
endwhile()
foreach(header IN LISTS left)
  list(APPEND faults "${header} is in a circle, or behind one")
endforeach()

file(GLOB sources "${TREE}/src.hpp" "${TREE}/src_mpi.hpp")
set(included "")
foreach(source IN LISTS sources)
  file(READ "${source}" text)
  string(APPEND included "${text}")
endforeach()
foreach(header IN LISTS headers)
  string(FIND "${included}" "#include <crosspool/${header}>" at)
  if(header MATCHES "\\.ipp$" AND at EQUAL -1)
    list(APPEND faults "neither src.hpp nor src_mpi.hpp includes ${header}")
  endif()
endforeach()

if(faults)
  list(JOIN faults "\n  " faults)
  message(FATAL_ERROR "layers: tests/layers.cmake forbids\n  ${faults}")
endif()
list(LENGTH headers count)
message(STATUS "layers: ${count} headers, as they should be")
