// Calls whose results are there already.
#ifndef CROSSPOOL_TESTS_CALLS_HPP
#define CROSSPOOL_TESTS_CALLS_HPP

#include <crosspool/calls/call.hpp>

#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

// Outcomes that are there already.
template <class R> class source final : public crosspool::detail::result_source<R> {
public:
  explicit source(std::vector<crosspool::outcome<R>> outcomes) : outcomes_(std::move(outcomes)) {}
  [[nodiscard]] bool arrived() const noexcept override { return true; }
  void unpack(crosspool::detail::results<R>& to) override {
    for (auto& o : outcomes_)
      if (o)
        to.add(*std::move(o));
      else
        to.fail(o.error());
  }

private:
  std::vector<crosspool::outcome<R>> outcomes_;
};

template <class R, class... O> std::shared_ptr<source<R>> source_of(O... outcomes) {
  std::vector<crosspool::outcome<R>> all;
  (all.emplace_back(std::move(outcomes)), ...);
  return std::make_shared<source<R>>(std::move(all));
}

inline crosspool::detail::failure failed(const char* text) {
  return {std::make_exception_ptr(std::runtime_error(text))};
}

template <class R, class... Sources> std::unique_ptr<crosspool::detail::call<R>> call_of(Sources... sources) {
  auto c = std::make_unique<crosspool::detail::call<R>>();
  (c->add(std::move(sources)), ...);
  c->home()->seal();
  return c;
}

#endif
