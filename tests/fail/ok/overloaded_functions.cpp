// Of an overloaded function, the items say which it is, if it returns what it takes.
#include <crosspool/crosspool.hpp>

#include <cmath>
#include <concepts>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

struct Image {
  int width = 0;
};
int turn(int);
double turn(double);
Image turn(const Image&);
template <class T> T twice(T x) {
  return x;
}
std::string name(int);
std::string name(double);

template <class T> void call(crosspool::pool<T>& pool) {
  const std::vector<double> xs{1, 2};
  [[maybe_unused]] const std::same_as<std::vector<double>> auto roots = pool.map(std::sqrt, xs);
  [[maybe_unused]] const std::same_as<std::vector<double>> auto powers = pool.map(std::pow, xs, xs);
  [[maybe_unused]] const std::same_as<std::vector<int>> auto turned = pool.map(turn, std::vector<int>{1});
  [[maybe_unused]] const std::same_as<std::vector<Image>> auto images = pool.map(turn, std::vector<Image>(2));
  [[maybe_unused]] const std::same_as<std::vector<float>> auto doubled = pool.map(twice, std::vector<float>{1});
  [[maybe_unused]] const std::same_as<double> auto root = pool.apply(std::sqrt, 2.0);
  pool.try_map(std::sqrt, xs);
  pool.map_async(std::sqrt, xs).get();
  pool.apply_async(turn, Image{}).get();
  for (double each : pool.imap(std::sqrt, xs))
    static_cast<void>(each);
  for (double each : pool.imap_unordered(std::sqrt, xs))
    static_cast<void>(each);
  pool.map_reduce(std::sqrt, xs, std::plus<>(), 0.0);
  pool.map(static_cast<std::string (*)(double)>(name), xs);
}
template void call(crosspool::fork_pool&);
template void call(crosspool::thread_pool&);

// The items of a map are no overload's: they are pairs.
void call(crosspool::fork_pool& pool, const std::map<std::string, int>& sizes) {
  pool.map([](const std::pair<const std::string, int>& each) { return each.second; }, sizes);
  pool.map([](const std::map<std::string, int>::value_type& each) { return each.second; }, sizes);
  pool.map([](const auto& each) { return each.first; }, sizes);
  pool.imap([](const std::pair<const std::string, int>& each) { return each.second; }, sizes);
  pool.map_async([](std::pair<std::string, int> each) { return each.second; }, sizes);
  pool.apply([](const std::pair<const std::string, int>& each) { return each.second; }, *sizes.begin());
  pool.map_reduce([](const std::pair<const std::string, int>& each) { return each.second; }, sizes, std::plus<>(), 0);
}
