# Uses crosspool as a part of another project, which must get the library and nothing else.
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

set(consumer "${SCRATCH}/consumer")
build_and_run("${consumer}" "-DCROSSPOOL_SOURCES=${SOURCES}")

file(READ "${consumer}/compile_commands.json" commands)
string(JSON count LENGTH "${commands}")
if(NOT count EQUAL 3) # two consumers, and the engines that one of them asks for
  message(FATAL_ERROR "package_subdirectory: crosspool builds programs of its own in another project:\n${commands}")
endif()
foreach(number RANGE 2)
  string(JSON command GET "${commands}" ${number} command)
  string(REPLACE "${FLAGS}" "" command "${command}") # the build's own
  if(command MATCHES " (-W[^ ]*)")
    message(FATAL_ERROR "package_subdirectory: crosspool forces ${CMAKE_MATCH_1} on another project")
  endif()
endforeach()

execute_process(COMMAND "${CMAKE_CTEST_COMMAND}" --test-dir "${consumer}" -N OUTPUT_VARIABLE tests
  COMMAND_ERROR_IS_FATAL ANY)
if(NOT tests MATCHES "Total Tests: 0")
  message(FATAL_ERROR "package_subdirectory: crosspool adds tests to another project:\n${tests}")
endif()
if(EXISTS "${consumer}/CPackConfig.cmake")
  message(FATAL_ERROR "package_subdirectory: crosspool decides how another project is packaged")
endif()
