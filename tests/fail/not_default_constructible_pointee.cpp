// In a smart pointer, too, if cereal is not told how to make it.
#include <crosspool/crosspool.hpp>

class Plan {
public:
  explicit Plan(int number) : number_(number) {}
  template <class Archive> void serialize(Archive& archive) { archive(number_); }
#ifdef CONTROL
  template <class Archive> static void load_and_construct(Archive& archive, cereal::construct<Plan>& construct) {
    int number = 0;
    archive(number);
    construct(number);
  }
#endif

private:
  int number_;
};
struct Job {
  std::shared_ptr<Plan> plan;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"plan">
// expect: not_default_constructible<Plan>
// expect: write cereal's load_and_construct
