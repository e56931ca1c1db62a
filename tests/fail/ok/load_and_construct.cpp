// In a smart pointer, a class needs no default constructor.
#include <crosspool/crosspool.hpp>

class Plan {
public:
  explicit Plan(int number) : number_(number) {}
  template <class Archive> void serialize(Archive& archive) { archive(number_); }
  template <class Archive> static void load_and_construct(Archive& archive, cereal::construct<Plan>& construct) {
    int number = 0;
    archive(number);
    construct(number);
  }

private:
  int number_;
};
struct Job {
  std::shared_ptr<Plan> plan;
  std::unique_ptr<Plan> other;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, std::move(jobs));
}

// As boost::variant has it: saved by itself, constructed when it is loaded.
class Perhaps {
public:
  template <class Archive> void save(Archive& archive) const { archive(*made_); }
  template <class Archive> void load(Archive& archive) {
    int number = 0;
    archive(number);
    made_ = std::make_unique<Plan>(number);
  }

private:
  std::unique_ptr<Plan> made_;
};
int look(const Perhaps&);

void call(crosspool::fork_pool& pool, std::vector<Perhaps> all) {
  pool.map(look, std::move(all));
}
