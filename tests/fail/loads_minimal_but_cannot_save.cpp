#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Id {
public:
  FAULT(, template <class Archive> int save_minimal(const Archive&) const { return number_; })
  template <class Archive> void load_minimal(const Archive&, const int& number) { number_ = number; }

private:
  int number_ = 0;
};
Id run(int);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  auto ids = pool.map(run, numbers); // here
}
// expect: result, Id, path<>, loads_but_cannot_save<Id>
// expect: Write the save function, and make it const
