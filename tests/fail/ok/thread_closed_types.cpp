// What is not serialized needs no functions for it.
#include <crosspool/crosspool.hpp>

class Job {
public:
  explicit Job(int number) : number_(number) {}
  int number() const { return number_; }

private:
  int number_;
};
union Both {
  int whole;
  double real;
};
struct Bits {
  unsigned a : 1;
  int& reference;
};

void call(crosspool::thread_pool& pool, std::vector<Job> jobs, std::vector<Both> unions, std::vector<Bits> bits) {
  std::vector<int> a = pool.map(&Job::number, jobs);
  std::vector<Job> b = pool.map([](int x) { return Job(x); }, std::vector<int>(2));
  std::vector<Both> c = pool.map([](Both x) { return x; }, unions);
  std::vector<int> d = pool.map([](Bits& x) { return x.reference; }, bits);
}
