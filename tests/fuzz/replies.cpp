// The parent's reading of memory that its workers scribble over, between any of the dispatcher's steps: nothing
// crashes, and in the end each item has ended just once.
#include <crosspool/processes/dispatcher.hpp>
#include <crosspool/wire/task.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "fuzz.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

template <class R> class scene {
public:
  explicit scene(choices from) : from_(from), dispatcher_(lanes, from_.below(8) == 0 ? 7 : 0) {
    for (std::size_t i = 0; i < lanes; ++i)
      start(i);
  }

  void play() {
    for (int step = 0; from_.any() && step < 500; ++step)
      act(dispatcher_[from_.below(lanes)]);
    for (std::size_t i = 0; i < lanes; ++i)
      end(dispatcher_[i]);
    dispatcher_.fail_everything(std::make_exception_ptr(cancelled("the end")));
    for (const auto& each : parcels_) {
      demand(each->is_home(), "all items have ended");
      demand(each->home().ready(), "the call has ended");
      results<R> all(true);
      each->unpack(all);
      demand(all.take_outcomes().size() == each->size(), "each item has ended once");
    }
    demand(dispatcher_.unattended() == 0, "nobody is waited for");
    demand(dispatcher_.queued() == 0, "nothing is left");
  }

private:
  static constexpr std::size_t lanes = 2;
  using task = remote_task<R, R (*)(int), int>;
  static R run(int) { return R(); }

  void start(std::size_t i) {
    auto& l = dispatcher_[i];
    l = lane(program_queue::create());
    l.queue().memory()->grow(reply_blocks_begin + 65536); // as a worker would
    l.open();
  }
  // The worker is killed or has ended; another comes.
  void end(lane& l) {
    if (const auto lost = dispatcher_.take_over(l))
      dispatcher_.fail(*lost, std::make_exception_ptr(worker_died("gone", 0, 1, 9, -1)));
    start(static_cast<std::size_t>(&l - &dispatcher_[0]));
  }

  void act(lane& l) {
    switch (from_.below(12)) {
    case 0:
      return add(from_.below(40) + 1, from_.below(4) == 0 ? 3 : 0);
    case 1:
      return static_cast<void>(dispatcher_.deal());
    case 2:
    case 3:
      try {
        dispatcher_.gather(l);
      } catch (const std::exception&) {
        end(l);
      }
      return;
    case 4:
      return static_cast<void>(dispatcher_.rebalance(from_.below(2) == 0));
    case 5:
      static_cast<void>(dispatcher_.arm());
      return static_cast<void>(dispatcher_.at_work_on(static_cast<int>(from_.below(4))));
    case 6:
      if (from_.below(4) == 0)
        end(l);
      return;
    case 7:
    case 8:
      return reply(l);
    case 9:
      ++memory(l).head;
      return;
    default:
      scribble(l);
    }
  }

  void add(std::size_t items, std::uint32_t at_a_time) {
    if (parcels_.size() == 50)
      return;
    const auto home = std::make_shared<completion>(nullptr, from_.below(2) == 0);
    home->add();
    home->seal();
    auto parcel = task(&run).start_parcel(home, "map", 0, requests_, 0, at_a_time);
    for (std::size_t i = 0; i < items; ++i)
      parcel->add(static_cast<int>(i));
    parcels_.push_back(parcel);
    dispatcher_.add(std::move(parcel));
  }

  work_queue& memory(lane& l) { return *reinterpret_cast<work_queue*>(l.queue().memory()->data()); }

  // A block that is nearly what a worker would write, with records as they come.
  void reply(lane& l) {
    if (l.held().empty())
      return;
    auto& slot = l.queue().at(static_cast<std::uint32_t>(from_.below(l.held().size())));
    const auto offset = reply_blocks_begin + 1024 * from_.below(8);
    auto& block = *reinterpret_cast<reply_block*>(l.queue().memory()->data() + offset);
    const auto items = static_cast<std::uint32_t>(l.held().front().items.size());
    const auto shape = from_.below(4);
    block.published = shape == 0 ? from_.take<std::uint32_t>() : items;
    bytes records;
    if (shape >= 2) {
      const record header{shape == 2 ? record_kind::values : record_kind::failure, shape == 2 ? items : 1, 64};
      records.resize(sizeof header);
      std::memcpy(records.data(), &header, sizeof header);
    }
    const auto more = from_.take_bytes(from_.below(200));
    records.insert(records.end(), more.begin(), more.end());
    std::copy(records.begin(), records.end(), block.data());
    block.used = records.size();
    block.mark = from_.below(8) == 0 ? 0 : unspoilt;
    block.next = from_.below(4) == 0 ? reply_blocks_begin + 1024 * from_.below(8) : 0;
    slot.replies = offset;
    if (from_.below(2) == 0) {
      slot.items.set({items, items});
      ++memory(l).head;
    }
  }

  void scribble(lane& l) {
    constexpr std::size_t fields[] = {offsetof(work_queue, tail), offsetof(work_queue, head),
                                      offsetof(work_queue, slot), reply_blocks_begin};
    auto at = fields[from_.below(std::size(fields))] + from_.below(256);
    const auto bytes = from_.take_bytes(from_.below(64));
    std::copy(bytes.begin(), bytes.end(), l.queue().memory()->data() + at);
  }

  choices from_;
  std::shared_ptr<arena> requests_ = std::make_shared<arena>();
  dispatcher dispatcher_;
  std::vector<std::shared_ptr<typename task::parcel_type>> parcels_;
};

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  choices from(data, size);
  switch (from.below(4)) {
  case 0:
    scene<std::string>(from).play();
    break;
  case 1:
    scene<bool>(from).play();
    break;
  case 2:
    scene<std::vector<std::vector<int>>>(from).play();
    break;
  default:
    scene<int>(from).play();
  }
  return 0;
}
