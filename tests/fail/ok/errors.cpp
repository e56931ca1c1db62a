#include <crosspool/crosspool.hpp>

int run(int);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  try {
    std::vector<int> results = pool.map(run, numbers);
  } catch (const crosspool::worker_died& e) {
    static_cast<void>(e.item() + static_cast<std::size_t>(e.pid() + e.signal() + e.exit_status()));
  } catch (const crosspool::remote_error& e) {
    std::string type = e.type();
  } catch (const crosspool::error&) {
    throw;
  }
}
