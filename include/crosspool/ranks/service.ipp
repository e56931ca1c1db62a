// What of ranks/service.hpp depends on no type of the user's.
#ifndef CROSSPOOL_RANKS_SERVICE_IPP
#define CROSSPOOL_RANKS_SERVICE_IPP

#include <crosspool/os/process.hpp>
#include <crosspool/os/signals.hpp>
#include <crosspool/ranks/back_off.hpp>
#include <crosspool/ranks/service.hpp>

#include <chrono>
#include <system_error>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE rank_service::~rank_service() {
  end_thread();
  link_.reset(); // which may wake what is gone afterwards
}

CROSSPOOL_INLINE std::uint32_t rank_service::add(rank_client& client) {
  const request_to_enter entering(entering_);
  const std::lock_guard lock(clients_mutex_);
  if (!thread_.joinable())
    start();
  clients_.emplace(++last_, &client);
  wake();
  return last_;
}

CROSSPOOL_INLINE void rank_service::remove(std::uint32_t pool) {
  const request_to_enter entering(entering_);
  const std::lock_guard lock(clients_mutex_);
  clients_.erase(pool);
}

CROSSPOOL_INLINE void rank_service::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

CROSSPOOL_INLINE void rank_service::stop() {
  end_thread();
  const std::lock_guard lock(clients_mutex_);
  for (const auto& [pool, client] : clients_)
    client->cut_off();
}

CROSSPOOL_INLINE void rank_service::end_thread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable())
    thread_.join();
}

CROSSPOOL_INLINE void rank_service::start() {
  try {
    const no_signals meanwhile;
    thread_ = std::thread([this] { serve(); });
  } catch (const std::system_error& e) {
    throw no_resource(e.code().value(), "start the thread that talks to other ranks");
  }
}

CROSSPOOL_INLINE void rank_service::serve() {
  back_off idle(std::chrono::microseconds(200)); // nobody here needs the processor more
  for (;;) {
    while (entering_ != 0)
      std::this_thread::yield();
    bool any = false, expects = false;
    {
      const std::lock_guard lock(clients_mutex_);
      any = link_->receive(*this);
      for (const auto& [pool, client] : clients_) {
        any = client->send(*link_, pool) || any;
        expects = client->expects_something() || expects;
      }
    }
    std::unique_lock lock(mutex_);
    if (stopping_)
      return;
    if (std::exchange(woken_, false) || any) {
      idle.found_something();
      continue;
    }
    const bool is_sending = link_->is_sending();
    if (!is_sending && !(expects && link_->must_be_asked()))
      changed_.wait(lock, [&] { return woken_ || stopping_; });
    else if (const auto pause = idle.pause(); pause.count() != 0 && !is_sending)
      changed_.wait_for(lock, pause, [&] { return woken_ || stopping_; });
    else {
      lock.unlock();
      std::this_thread::yield();
    }
  }
}

CROSSPOOL_INLINE std::byte* rank_service::place(const arriving_message& message) {
  const auto client = clients_.find(message.pool);
  return client != clients_.end() ? client->second->place(message) : nullptr;
}

CROSSPOOL_INLINE void rank_service::received(const arriving_message& message) {
  if (const auto client = clients_.find(message.pool); client != clients_.end())
    client->second->received(message);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
