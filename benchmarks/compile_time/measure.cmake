# cmake -D COMPILER=<path> -D SCRATCH=<folder> [-D FLAGS=<more flags>] [-D INCLUDES=<folders>] [-D REPETITIONS=<number>]
#   -P measure.cmake
# What the compiler takes for a source file that uses crosspool, against one that uses cereal alone. The files are
# written to SCRATCH and compiled with -c and without optimization, in turn, so that what else the machine does hits
# all of them; the shortest time of each counts, and what takes longer than 10 s is compiled once. Times are of this
# machine: only their ratios say something, and none is required. Required is that each file compiles, and that a type
# that cannot cross is refused.
cmake_minimum_required(VERSION 3.25)

if(NOT REPETITIONS)
  set(REPETITIONS 3)
endif()
separate_arguments(flags UNIX_COMMAND "${FLAGS}")
foreach(folder IN LISTS INCLUDES)
  list(APPEND flags "-I${folder}")
endforeach()
function(compile name result_variable output_variable)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C "${COMPILER}" ${flags} -std=c++20 -c -o "${SCRATCH}/${name}.o"
      "${SCRATCH}/${name}.cpp"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  set(${result_variable} "${result}" PARENT_SCOPE)
  set(${output_variable} "${output}" PARENT_SCOPE)
endfunction()

# ---- the files ----

set(cases "")
# title: as in the table.
function(case name title code)
  file(WRITE "${SCRATCH}/${name}.cpp" "${code}")
  set(title_${name} "${title}" PARENT_SCOPE)
  set(cases ${cases} ${name} PARENT_SCOPE)
endfunction()

# The aggregates N from 0 to count - 1, each followed by `use`.
function(aggregates variable count use)
  set(all "")
  math(EXPR last "${count} - 1")
  foreach(number RANGE ${last})
    string(REPLACE "N" "${number}" one [[
struct inner_N {
  int x;
  double y;
};
struct outer_N {
  int number;
  std::string name;
  std::vector<double> values;
  inner_N inner;
};
]] "${use}")
    string(APPEND all "${one}")
  endforeach()
  set(${variable} "${all}" PARENT_SCOPE)
endfunction()
set(checked "static_assert(crosspool::crossable<outer_N>);\n")
set(mapped [[
outer_N work_N(const outer_N& x) { return x; }
auto map_N(crosspool::fork_pool& pool, const std::vector<outer_N>& xs) { return pool.map(work_N, xs); }
]])

set(cereal [[
#include <cereal/archives/binary.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>
]])
set(cereal_program [[
#include <sstream>
struct inner {
  int x;
  double y;
  template <class Archive> void serialize(Archive& archive) { archive(x, y); }
};
struct outer {
  int number;
  std::string name;
  std::vector<double> values;
  inner in;
  template <class Archive> void serialize(Archive& archive) { archive(number, name, values, in); }
};
std::string save(const outer& x) {
  std::ostringstream to;
  cereal::BinaryOutputArchive archive(to);
  archive(x);
  return to.str();
}
outer load(const std::string& text) {
  std::istringstream from(text);
  cereal::BinaryInputArchive archive(from);
  outer x;
  archive(x);
  return x;
}
]])
set(crosspool "#include <crosspool/crosspool.hpp>\n#include <string>\n#include <vector>\n")

case(cereal_include "cereal, include only" "${cereal}")
case(cereal_used "cereal, 1 struct written and read" "${cereal}${cereal_program}")
case(include "crosspool, include only" "#include <crosspool/crosspool.hpp>\n")
foreach(count IN ITEMS 10 100 1000)
  aggregates(code ${count} "${checked}")
  case(crossable_${count} "crosspool, ${count} aggregates crossable" "${crosspool}${code}")
endforeach()
foreach(count IN ITEMS 1 10 100)
  aggregates(code ${count} "${mapped}")
  case(mapped_${count} "crosspool, ${count} aggregates mapped" "${crosspool}${code}")
endforeach()

# ---- whether the compiler looks at them at all ----

file(WRITE "${SCRATCH}/refused.cpp" "${crosspool}"
  "struct outer {\n  int number;\n  int* pointer;\n};\nstatic_assert(crosspool::crossable<outer>);\n")
compile(refused result output)
if(result STREQUAL 0 OR NOT output MATCHES "error: static assertion|error: static_assert")
  message(FATAL_ERROR "compile_time: a type with a pointer should be refused, but the compiler says\n${output}")
endif()

# ---- the times ----

foreach(repetition RANGE 1 ${REPETITIONS})
  foreach(name IN LISTS cases)
    if(DEFINED time_${name} AND time_${name} GREATER 10000000)
      continue()
    endif()
    string(TIMESTAMP start "%s%f" UTC)
    compile(${name} result output)
    string(TIMESTAMP end "%s%f" UTC)
    if(NOT result STREQUAL 0)
      message(FATAL_ERROR "compile_time: ${name}.cpp does not compile\n${output}")
    endif()
    math(EXPR time "${end} - ${start}")
    if(NOT DEFINED time_${name} OR time LESS time_${name})
      set(time_${name} ${time})
    endif()
  endforeach()
endforeach()

# number/divisor with two decimals.
function(quotient variable number divisor)
  math(EXPR hundredths "(100 * (${number}) + (${divisor}) / 2) / (${divisor})")
  set(sign "")
  if(hundredths LESS 0)
    math(EXPR hundredths "-${hundredths}")
    set(sign "-")
  endif()
  math(EXPR whole "${hundredths} / 100")
  math(EXPR rest "${hundredths} % 100")
  string(REGEX REPLACE "^(.)$" "0\\1" rest "${rest}")
  set(${variable} "${sign}${whole}.${rest}" PARENT_SCOPE)
endfunction()
# The texts in columns: the first to the left, the others to the right.
function(row first)
  string(LENGTH "${first}" length)
  math(EXPR left "38 - ${length}")
  string(REPEAT " " ${left} blanks)
  set(line "${first}${blanks}")
  foreach(text IN LISTS ARGN)
    string(LENGTH "${text}" length)
    math(EXPR left "16 - ${length}")
    string(REPEAT " " ${left} blanks)
    string(APPEND line "${blanks}${text}")
  endforeach()
  message("${line}")
endfunction()

# A type's cost: by how much the file is longer to compile than the one before it in its series, for each type more.
row("" "seconds" "times cereal's" "ms a type more")
foreach(name IN LISTS cases)
  quotient(seconds ${time_${name}} 1000000)
  set(against ${time_cereal_include})
  if(name MATCHES "cereal_used|mapped_1$")
    set(against ${time_cereal_used})
  endif()
  quotient(ratio ${time_${name}} ${against})
  set(per_type "")
  if(name MATCHES "^(crossable|mapped)_([0-9]+)$")
    set(more ${CMAKE_MATCH_2})
    set(before include)
    if(DEFINED time_${CMAKE_MATCH_1}_${fewer})
      set(before ${CMAKE_MATCH_1}_${fewer})
      math(EXPR more "${more} - ${fewer}")
    endif()
    quotient(per_type "${time_${name}} - ${time_${before}}" "1000 * ${more}")
    set(fewer ${CMAKE_MATCH_2})
  endif()
  row("${title_${name}}" "${seconds}" "${ratio}" "${per_type}")
endforeach()
message("Shortest of ${REPETITIONS}. Times cereal's: of what it takes to include it; for 1 mapped, of its 1 struct.")
