// A class with private members: what it is made of cannot be found from outside. One function says it.
#include <crosspool/crosspool.hpp>

#include <vector>

class Account {
public:
  Account() = default;
  explicit Account(long cents) : cents_(cents) {}
  long cents() const { return cents_; }
#ifdef REPAIRED
  template <class Archive> void serialize(Archive& archive) { archive(cents_); }
#endif

private:
  long cents_ = 0;
};

long doubled(const Account& account) {
  return 2 * account.cents();
}

int main() {
  crosspool::fork_pool pool(2);
  return pool.map(doubled, std::vector{Account(21)})[0] == 42 ? 0 : 1; // here
}
// expect: map_argument<1>, Account, path<>, no_serialize_function<Account>
// expect: template <class Archive> void serialize(Archive& archive)
