#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Id {
public:
  template <class Archive> int save_minimal(const Archive&) FAULT(, const) { return number_; }
  template <class Archive> void load_minimal(const Archive&, const int& number) { number_ = number; }

private:
  int number_ = 0;
};
int run(const Id&);

void call(crosspool::fork_pool& pool, std::vector<Id> ids) {
  pool.map(run, ids); // here
}
// expect: map_argument<1>, Id, path<>, loads_but_cannot_save<Id>
// expect: Write the save function, and make it const
