#include <crosspool/crosspool.hpp>

#include <fstream>
#include <future>
#include <mutex>

void call(crosspool::thread_pool& pool, std::vector<std::ifstream> streams, std::vector<std::promise<int>> promises,
          std::vector<std::unique_ptr<std::mutex>> guards) {
  std::vector<std::ifstream> a = pool.map([](std::ifstream& x) { return std::move(x); }, streams);
  std::vector<std::future<int>> b = pool.map([](std::promise<int>& x) { return x.get_future(); }, promises);
  std::vector<std::mutex*> c = pool.map([](const std::unique_ptr<std::mutex>& x) { return x.get(); }, guards);
}
