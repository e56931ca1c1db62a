// What of processes/output.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_OUTPUT_IPP
#define CROSSPOOL_PROCESSES_OUTPUT_IPP

#include <crosspool/processes/output.hpp>

#include <iterator>
#include <new>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE void print_by_lines(int to) {
  static char output[std::size_t{1} << 16U], errors[sizeof output];
  std::setvbuf(stdout, output, _IOLBF, sizeof output);
  std::setvbuf(stderr, errors, _IOLBF, sizeof errors);
  std::cerr.unsetf(std::ios_base::unitbuf); // or each << of a line would be written by itself,
  std::cerr.tie(nullptr);                   // and each would cut a line of std::cout short
  if (to > STDERR_FILENO) {
    const descriptor pipe(to);
    ::dup2(to, STDOUT_FILENO);
    ::dup2(to, STDERR_FILENO);
  }
}

CROSSPOOL_INLINE void end_line_of_output() {
  if (has_pending_output(stdout))
    std::fflush(stdout);
  if (has_pending_output(stderr))
    std::fflush(stderr);
}

CROSSPOOL_INLINE output_reader::output_reader(line_deliverer::callback on_line)
    : deliverer_(std::move(on_line)), reader_([this] { read(); }) {}

CROSSPOOL_INLINE output_reader::~output_reader() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    wake_.give();
  }
  reader_.join();
}

CROSSPOOL_INLINE descriptor output_reader::open(int worker) {
  auto [from, to] = make_pipe();
  ::fcntl(from.get(), F_SETFL, O_NONBLOCK);
  const std::lock_guard lock(mutex_);
  opened_.push_back({worker, std::move(from), {}});
  wake_.give();
  return std::move(to);
}

CROSSPOOL_INLINE void output_reader::read() {
  std::vector<source> sources;
  for (bool last = false; !last;)
    try {
      polled_.assign(1, {wake_.get(), POLLIN, 0});
      for (const auto& each : sources)
        polled_.push_back({each.end.get(), POLLIN, 0});
      ::poll(polled_.data(), polled_.size(), -1);
      wake_.take();
      {
        const std::lock_guard lock(mutex_);
        last = finishing_;
        sources.insert(sources.end(), std::make_move_iterator(opened_.begin()), std::make_move_iterator(opened_.end()));
        opened_.clear();
      }
      std::erase_if(sources, [&](source& each) { return !read_some(each, last); });
    } catch (const std::bad_alloc&) { // some lines are lost, but nobody waits for ever
    }
}

CROSSPOOL_INLINE bool output_reader::read_some(source& from, bool is_last) {
  const auto pass_on = [&](std::string&& text) { deliverer_.add(from.worker, std::move(text)); };
  const auto n = ::read(from.end.get(), buffer_.data(), buffer_.size());
  if (n > 0)
    from.lines.add({buffer_.data(), static_cast<std::size_t>(n)}, pass_on);
  if (n != 0 && !is_last)
    return true;
  from.lines.finish(pass_on);
  return false;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
