#include <crosspool/crosspool.hpp>

template <class T, std::size_t N> struct Box {
  T content[N];
};
template <class K, class V> struct Table {
  std::map<K, Box<V, 2>> rows;
};
Box<int, 3> run(const Table<std::string, Box<double, 4>>&);

void call(crosspool::fork_pool& pool, std::vector<Table<std::string, Box<double, 4>>> tables) {
  std::vector<Box<int, 3>> results = pool.map(run, tables);
}
