# For the scripts of this folder. Given by tests/CMakeLists.txt: SOURCES, BUILD and VERSION of crosspool, SCRATCH, a folder
# to work in, and how to compile: CONFIG, GENERATOR, MAKE_PROGRAM, COMPILER, STANDARD, FLAGS, LINK_FLAGS, CEREAL.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${SCRATCH}")
file(MAKE_DIRECTORY "${SCRATCH}")
unset(ENV{DESTDIR}) # a packager's, for the real installation

# Runs a command; any failure ends the script.
function(run)
  list(JOIN ARGN " " command)
  message(STATUS "${command}")
  execute_process(COMMAND ${ARGN} TIMEOUT 300 COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# Builds and runs the consumer in a folder of its own: from the arguments, its cmake's.
function(build_and_run folder)
  run("${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/consumer" -B "${folder}" -G "${GENERATOR}"
    "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}" "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS}"
    "-DCMAKE_EXE_LINKER_FLAGS=${LINK_FLAGS}" "-Dcereal_DIR=${CEREAL}" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
    -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF -DCMAKE_FIND_USE_SYSTEM_PACKAGE_REGISTRY=OFF ${ARGN})
  run("${CMAKE_COMMAND}" --build "${folder}")
  run("${folder}/consumer")
  run("${folder}/consumer_compiled")
endfunction()
