// A lambda that captures this.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Server {
public:
  void start() {
    FAULT(crosspool::spawn_pool, crosspool::fork_pool)
    pool(2, [this] { static_cast<void>(port_); }); // here
  }

private:
  int port_ = 0;
};
void call(Server& server) {
  server.start();
}
// expect: initializer_state,
// expect: capturing_lambda<
// expect: Write crosspool::bind(
