// What is known of types of the standard library by their names: which never cross, and which cereal header serializes
// which.
#ifndef CROSSPOOL_CHECK_STANDARD_TYPES_HPP
#define CROSSPOOL_CHECK_STANDARD_TYPES_HPP

#include <crosspool/check/reasons.hpp>

#include <array>
#include <string_view>

namespace CROSSPOOL_NAMESPACE::detail {

// Types of the standard library that never cross, by name: naming them by type would include their headers.
struct known_type {
  std::string_view name;
  kind why;
};
inline constexpr std::array known_types{
    known_type{"basic_string_view<", kind::view},
    known_type{"span<", kind::view},
    known_type{"initializer_list<", kind::view},
    known_type{"reference_wrapper<", kind::reference},
    known_type{"function<", kind::type_erased},
    known_type{"move_only_function<", kind::type_erased},
    known_type{"any", kind::type_erased},
    known_type{"packaged_task<", kind::type_erased},
    known_type{"thread", kind::os_handle},
    known_type{"jthread", kind::os_handle},
    known_type{"basic_fstream<", kind::os_handle},
    known_type{"basic_ifstream<", kind::os_handle},
    known_type{"basic_ofstream<", kind::os_handle},
    known_type{"basic_filebuf<", kind::os_handle},
    known_type{"basic_istream<", kind::os_handle},
    known_type{"basic_ostream<", kind::os_handle},
    known_type{"basic_iostream<", kind::os_handle},
    known_type{"filesystem::directory_iterator", kind::os_handle},
    known_type{"filesystem::recursive_directory_iterator", kind::os_handle},
    known_type{"fstream", kind::os_handle},
    known_type{"ifstream", kind::os_handle},
    known_type{"ofstream", kind::os_handle},
    known_type{"filebuf", kind::os_handle},
    known_type{"istream", kind::os_handle},
    known_type{"ostream", kind::os_handle},
    known_type{"iostream", kind::os_handle},
    known_type{"wfstream", kind::os_handle},
    known_type{"wifstream", kind::os_handle},
    known_type{"wofstream", kind::os_handle},
    known_type{"wfilebuf", kind::os_handle},
    known_type{"wistream", kind::os_handle},
    known_type{"wostream", kind::os_handle},
    known_type{"wiostream", kind::os_handle},
    known_type{"string_view", kind::view},
    known_type{"wstring_view", kind::view},
    known_type{"u8string_view", kind::view},
    known_type{"u16string_view", kind::view},
    known_type{"u32string_view", kind::view},
    known_type{"filesystem::__cxx11::directory_iterator", kind::os_handle},
    known_type{"filesystem::__cxx11::recursive_directory_iterator", kind::os_handle},
    known_type{"mutex", kind::synchronization},
    known_type{"recursive_mutex", kind::synchronization},
    known_type{"timed_mutex", kind::synchronization},
    known_type{"recursive_timed_mutex", kind::synchronization},
    known_type{"shared_mutex", kind::synchronization},
    known_type{"shared_timed_mutex", kind::synchronization},
    known_type{"condition_variable", kind::synchronization},
    known_type{"_V2::condition_variable_any", kind::synchronization},
    known_type{"condition_variable_any", kind::synchronization},
    known_type{"unique_lock<", kind::synchronization},
    known_type{"shared_lock<", kind::synchronization},
    known_type{"lock_guard<", kind::synchronization},
    known_type{"scoped_lock<", kind::synchronization},
    known_type{"counting_semaphore<", kind::synchronization},
    known_type{"latch", kind::synchronization},
    known_type{"barrier<", kind::synchronization},
    known_type{"once_flag", kind::synchronization},
    known_type{"atomic_flag", kind::synchronization},
    known_type{"stop_token", kind::synchronization},
    known_type{"stop_source", kind::synchronization},
    known_type{"future<", kind::synchronization},
    known_type{"shared_future<", kind::synchronization},
    known_type{"promise<", kind::synchronization},
};

// The reason for a standard type of this name, or kind::value if the table does not know it.
consteval kind find_known(std::string_view name) {
  for (const auto& known : known_types)
    if (known.name.ends_with('<') ? name.starts_with(known.name) : name == known.name)
      return known.why;
  return kind::value;
}

// std::filesystem::path and directory_entry, as the standard libraries spell them.
consteval bool is_path_name(std::string_view name) {
  for (const std::string_view scope : {"filesystem::", "filesystem::__cxx11::", "__fs::filesystem::"})
    if (name.starts_with(scope) &&
        (name.substr(scope.size()) == "path" || name.substr(scope.size()) == "directory_entry"))
      return true;
  return false;
}

// The cereal headers that archive.hpp does not include, by what they are for.
struct header_for {
  std::string_view name, header;
};
inline constexpr std::array headers{
    header_for{"deque<", "cereal/types/deque.hpp"},
    header_for{"list<", "cereal/types/list.hpp"},
    header_for{"forward_list<", "cereal/types/forward_list.hpp"},
    header_for{"set<", "cereal/types/set.hpp"},
    header_for{"multiset<", "cereal/types/set.hpp"},
    header_for{"unordered_map<", "cereal/types/unordered_map.hpp"},
    header_for{"unordered_multimap<", "cereal/types/unordered_map.hpp"},
    header_for{"unordered_set<", "cereal/types/unordered_set.hpp"},
    header_for{"unordered_multiset<", "cereal/types/unordered_set.hpp"},
    header_for{"queue<", "cereal/types/queue.hpp"},
    header_for{"priority_queue<", "cereal/types/queue.hpp"},
    header_for{"stack<", "cereal/types/stack.hpp"},
    header_for{"bitset<", "cereal/types/bitset.hpp"},
    header_for{"complex<", "cereal/types/complex.hpp"},
    header_for{"valarray<", "cereal/types/valarray.hpp"},
    header_for{"atomic<", "cereal/types/atomic.hpp"},
    header_for{"chrono::duration<", "cereal/types/chrono.hpp"},
    header_for{"chrono::time_point<", "cereal/types/chrono.hpp"},
};

// The header that serializes the standard type of this name; empty if there is none.
consteval std::string_view cereal_header(std::string_view name) {
  for (const auto& each : headers)
    if (name.starts_with(each.name))
      return each.header;
  return {};
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
