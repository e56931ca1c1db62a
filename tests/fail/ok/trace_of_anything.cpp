// What cannot cross can be asked about, too.
#include <crosspool/crosspool.hpp>

#include <functional>
#include <mutex>
#include <ostream>

struct Job {
  int number;
  std::string name;
  std::unique_ptr<std::mutex> guard;
  std::FILE* file;
};
template <class T> void look(std::ostream& out, const T& value) {
  out << crosspool::trace(value);
  static_cast<void>(crosspool::crosses(value));
}
void call(std::ostream& out, const Job& job, const std::function<void()>& function) {
  look(out, job);
  look(out, 1);
  look(out, std::string("text"));
  look(out, std::vector<std::string_view>{"view"});
  look(out, function);
  look(out, out.rdbuf());
  look(out, std::map<int, std::optional<int*>>());
}
