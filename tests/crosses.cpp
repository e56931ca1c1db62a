#include <crosspool/crosses.hpp>

#include <cereal/types/polymorphic.hpp>

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"

namespace {

struct shape {
  virtual ~shape() = default;
  template <class Archive> void serialize(Archive&) {}
};
struct circle : shape {
  template <class Archive> void serialize(Archive& archive) { archive(radius); }
  double radius = 0;
};
struct unheard_of : shape {};

class moody {
public:
  bool saves = true;
  bool loads = true;
  template <class Archive> void save(Archive& archive) const {
    if (!saves)
      throw std::runtime_error("no");
    archive(loads);
  }
  template <class Archive> void load(Archive& archive) {
    archive(loads);
    if (!loads)
      throw std::runtime_error("no");
  }
};
class forgetful {
public:
  template <class Archive> void save(Archive& archive) const { archive(1, 2); }
  template <class Archive> void load(Archive& archive) {
    int one = 0;
    archive(one);
  }
};
class hides_a_pointer {
public:
  template <class Archive> void serialize(Archive& archive) { archive(pointer_); }

private:
  int* pointer_ = nullptr;
};

} // namespace

CEREAL_REGISTER_TYPE(circle)
CEREAL_REGISTER_POLYMORPHIC_RELATION(shape, circle)

TEST_CASE("a value of plain parts crosses") {
  CHECK(crosspool::crosses(1));
  CHECK(crosspool::crosses(std::string("two")));
  CHECK(crosspool::crosses(std::vector<std::string>{"three"}));
  const int several[] = {1, 2, 3};
  CHECK(crosspool::crosses(several));
}

TEST_CASE("a value of a type that is not crossable does not cross") {
  CHECK_FALSE(crosspool::crosses(stdout));
  CHECK_FALSE(crosspool::crosses(std::vector<const char*>()));
  CHECK_FALSE(crosspool::crosses(std::unique_ptr<int[]>()));
  CHECK_FALSE(crosspool::crosses(std::shared_ptr<int[3]>()));
}

TEST_CASE("a polymorphic pointer crosses if cereal knows its class") {
  CHECK(crosspool::crosses(std::shared_ptr<shape>()));
  CHECK(crosspool::crosses(std::shared_ptr<shape>(std::make_shared<circle>())));
  CHECK_FALSE(crosspool::crosses(std::shared_ptr<shape>(std::make_shared<unheard_of>())));
}

TEST_CASE("a weak pointer that arrives expired is found out") {
  const auto object = std::make_shared<std::string>("s");
  const std::weak_ptr<std::string> alone = object;
  CHECK_FALSE(crosspool::crosses(alone));
  CHECK_FALSE(crosspool::crosses(std::vector<std::weak_ptr<std::string>>{alone}));
  CHECK(crosspool::crosses(std::weak_ptr<std::string>()));
  CHECK(crosspool::crosses(std::pair(object, alone)));
}

TEST_CASE("a save or a load that throws is found out") {
  moody value;
  CHECK(crosspool::crosses(value));
  value.loads = false;
  CHECK_FALSE(crosspool::crosses(value));
  value.saves = false;
  CHECK_FALSE(crosspool::crosses(value));
}

TEST_CASE("a load that leaves something over is found out") {
  CHECK_FALSE(crosspool::crosses(forgetful()));
}

TEST_CASE("what a cereal function visits and cannot cross is found out") {
  CHECK_FALSE(crosspool::crosses(hides_a_pointer()));
}

TEST_CASE("a large value does not overrun the stack") {
  struct large {
    std::array<char, std::size_t{24} << 20U> data{};
    std::string text{};
  };
  CHECK(crosspool::crosses(*std::make_unique<large>()));
}

TEST_CASE("what is deferred has crossed") {
  class defers {
  public:
    void save(crosspool::output_archive& to) const { to(cereal::defer(text)); }
    void load(crosspool::input_archive& from) { from(cereal::defer(text)); }
    std::string text = "deferred";
  };
  CHECK(crosspool::crosses(defers()));
}
