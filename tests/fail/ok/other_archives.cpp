// The same functions with cereal's own archives.
#include <crosspool/crosspool.hpp>

#include <cereal/archives/binary.hpp>
#include <cereal/archives/xml.hpp>

#include <ostream>

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) {
    if constexpr (cereal::traits::is_text_archive<Archive>::value)
      archive(cereal::make_nvp("plan", number_));
    else
      archive(number_);
  }

private:
  int number_ = 0;
};
template <class Stream> void write(Stream& stream, const Plan& plan) {
  cereal::XMLOutputArchive text(stream);
  text(plan);
  cereal::BinaryOutputArchive binary(stream);
  binary(plan);
}
void write(std::ostream& stream) {
  write(stream, Plan());
}

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
