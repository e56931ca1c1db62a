# cmake -D README=<file> -D PROGRAM=<the example> -P readme_trace.cmake
# What examples/trace.cpp prints first must be what the README shows.
cmake_minimum_required(VERSION 3.25)
file(READ "${README}" readme)
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
string(FIND "${said}" "\n\n" end)
string(SUBSTRING "${said}" 0 ${end} said)
string(FIND "${readme}" "\n${said}\n" at)
if(at EQUAL -1)
  message(FATAL_ERROR "readme: examples/trace.cpp prints\n${said}\nwhich the README does not show")
endif()
