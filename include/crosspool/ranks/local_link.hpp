// The link of a job that has one rank: the program, which serves itself.
#ifndef CROSSPOOL_RANKS_LOCAL_LINK_HPP
#define CROSSPOOL_RANKS_LOCAL_LINK_HPP

#include <crosspool/ranks/host.hpp>
#include <crosspool/ranks/message.hpp>

#include <cstring>
#include <functional>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

/// Where the program is the only rank: it serves itself, and nothing travels.
class local_link final : public rank_link {
public:
  explicit local_link(const serving_rank& self) : host_(self) {}

  /// wake: called when there is something to receive.
  void on_message(std::function<void()> wake) { host_.outbox().on_message(std::move(wake)); }

  void send(int /*to*/, rank_message message) override { hand_over(host_, message); }
  bool receive(rank_receiver& to) override {
    receiver_ = &to;
    return host_.send(back_, 0);
  }
  bool must_be_asked() override { return false; }
  bool is_sending() override { return false; }

private:
  // What the host sends is the program's to receive.
  class to_program final : public rank_link {
  public:
    explicit to_program(local_link& of) : of_(of) {}
    void send(int /*to*/, rank_message message) override { hand_over(*of_.receiver_, message); }
    bool receive(rank_receiver& /*to*/) override { return false; }
    bool must_be_asked() override { return false; }
    bool is_sending() override { return false; }

  private:
    local_link& of_;
  };

  static void hand_over(rank_receiver& to, const rank_message& message) {
    arriving_message arriving;
    arriving.kind = message.kind;
    arriving.pool = message.pool;
    arriving.head = message.head;
    for (const auto& each : message.body) {
      arriving.parts.push_back(each.bytes.size());
      arriving.body += stride_of_part(each.bytes.size());
    }
    if (arriving.body != 0)
      if (auto* at = to.place(arriving); at != nullptr)
        for (const auto& each : message.body) {
          std::memcpy(at, each.bytes.data(), each.bytes.size());
          at += stride_of_part(each.bytes.size());
        }
    to.received(arriving);
  }

  rank_host host_;
  rank_receiver* receiver_ = nullptr;
  to_program back_{*this};
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
