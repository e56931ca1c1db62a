# cmake -D TREE=<folder of headers> -P layers.cmake
# Reads the #include lines of every header and fails on one that the layers forbid.
cmake_minimum_required(VERSION 3.25)

# Lowest first. A header may include headers of lower layers only: those of one layer do not know each other, so
# neither do the policies (thread, fork, spawn, inline), nor the pool them. mpi hosts pools of others, and has its own.
set(layers
  "version"
  "type_name"
  "cpu error init memory_advice outcome priority progress reasons reflect stack_room stats stop this_worker transient"
  "exit_results memory_archive options process progress_bar rng standard_types timeline"
  "cereal_functions policy"
  "classify credentials image memory_growth output shared_memory work_log work_meter worker_source"
  "arena build work_queue"
  "examine"
  "callable completion diagnose message"
  "archive broadcast call crossable parameters"
  "broadcast_message engine future worker_state"
  "copyable ended_calls indexed_call initializer inspect item_source local_task mappable parcel_sizes"
  "misfit"
  "call_limits channel check continuation crosses exception_transfer fold rank_message stream trace"
  "await dropped map_reduce replies"
  "task then"
  "dispatch remote_exit when worker_slot"
  "relay worker_process"
  "process_engine"
  "forked_workers spawned_workers threaded_workers"
  "rank_host round_trip"
  "rank_service"
  "mpi_ranks rank_engine"
  "fork inline pool spawn thread"
  "crosspool mpi")

# Headers that call the system, each with what it may include of it. Standard headers of C++ have no ".h", cereal's and
# ours end in ".hpp": any other "<….h>" is the system's.
set(may_call_process fcntl.h poll.h spawn.h stdio_ext.h sys/eventfd.h sys/prctl.h sys/socket.h sys/syscall.h sys/wait.h unistd.h)
set(may_call_channel sys/uio.h)
set(may_call_credentials linux/capability.h sys/auxv.h sys/stat.h)
set(may_call_memory_advice sys/mman.h)
set(may_call_progress_bar sys/ioctl.h unistd.h)
set(may_call_memory_growth sys/resource.h)
set(may_call_rng sys/random.h)
set(may_call_shared_memory sys/mman.h sys/resource.h sys/stat.h)
set(may_call_stack_room pthread.h)
set(may_call_work_queue sched.h)
set(may_call_mpi_ranks mpi.h)
set(may_call_cpu sched.h unistd.h)
set(may_call_this_worker unistd.h)
set(may_call_image link.h)
set(may_call_type_name cxxabi.h)

set(number 0)
foreach(layer IN LISTS layers)
  separate_arguments(names UNIX_COMMAND "${layer}")
  foreach(name IN LISTS names)
    set(layer_of_${name} ${number})
  endforeach()
  math(EXPR number "${number} + 1")
endforeach()

set(faults "")
file(GLOB headers RELATIVE "${TREE}" "${TREE}/*")
if(NOT headers)
  message(FATAL_ERROR "layers: no headers in '${TREE}'")
endif()

foreach(header IN LISTS headers)
  string(REGEX REPLACE "\\.hpp$" "" name ${header})
  if(NOT DEFINED layer_of_${name})
    list(APPEND faults "${header} is in no layer")
    continue()
  endif()
  file(STRINGS "${TREE}/${header}" lines REGEX "^[ \t]*#[ \t]*(include|import)")
  foreach(line IN LISTS lines)
    if(line MATCHES "<crosspool/(.*)\\.hpp>")
      set(other ${CMAKE_MATCH_1})
      if(NOT DEFINED layer_of_${other})
        list(APPEND faults "${header} includes ${other}.hpp, which is in no layer")
      elseif(layer_of_${other} GREATER layer_of_${name})
        list(APPEND faults "${header} includes ${other}.hpp of a higher layer")
      elseif(layer_of_${other} EQUAL layer_of_${name})
        list(APPEND faults "${header} includes ${other}.hpp of its own layer")
      endif()
    elseif(line MATCHES "<(.*\\.h)>")
      if(NOT CMAKE_MATCH_1 IN_LIST may_call_${name})
        list(APPEND faults "${header} includes <${CMAKE_MATCH_1}>: calls of the system belong elsewhere")
      endif()
    elseif(NOT line MATCHES "<(cereal/.*\\.hpp|[a-z_]+)>")
      list(APPEND faults "${header}: not a name in <>, or not one known here: ${line}")
    endif()
  endforeach()
endforeach()

if(faults)
  list(JOIN faults "\n  " faults)
  message(FATAL_ERROR "layers: tests/layers.cmake forbids\n  ${faults}")
endif()
list(LENGTH headers count)
message(STATUS "layers: ${count} headers, as they should be")
