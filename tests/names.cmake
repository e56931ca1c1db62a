# cmake -D TREE=<folder of headers> -D OUT=<file> -P names.cmake
# Writes a line NAME(x) for each function of the headers that is no member: what starts in the first column and has
# parentheses behind a name.
cmake_minimum_required(VERSION 3.25)

set(no_names alignas alignof auto co_await decltype noexcept operator requires sizeof static_assert typeid)
set(names "")
file(GLOB_RECURSE headers "${TREE}/*.hpp")
foreach(header IN LISTS headers)
  file(STRINGS "${header}" lines REGEX "^[A-Za-z[][^;]*[a-z0-9_]\\(")
  list(FILTER lines EXCLUDE REGEX "^(class|concept|friend|static_assert|struct|using) ")
  string(REGEX MATCHALL "[a-z_][a-z0-9_]*\\(" found "${lines}")
  list(APPEND names ${found})
endforeach()
list(TRANSFORM names REPLACE "\\(" "")
list(REMOVE_DUPLICATES names)
list(REMOVE_ITEM names ${no_names})
list(SORT names)
list(TRANSFORM names REPLACE "(.+)" "NAME(\\1)\n")
list(JOIN names "" text)
file(CONFIGURE OUTPUT "${OUT}" CONTENT "${text}" @ONLY)
