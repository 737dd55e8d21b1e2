#include "announcer.hpp"

#include "notice.hpp"
#include "samtal/ops/log.hpp"

#include <algorithm>
#include <span>

namespace samtal::delivery {

namespace {

constexpr std::size_t most_untold = 100'000;
constexpr std::size_t most_together = 2'000;  // notices of one transaction

}  // namespace

Announcer::Announcer(DeliveryParts const& parts, Outbox& outbox)
    : parts_{parts},
      outbox_{outbox},
      seal_{parts.ring, "notices"},
      batcher_{{pool_.get_executor(), 256, 20'000, lanes},
               [this](std::span<Notices> group) { return tell(group); }} {}

void Announcer::listen() {
    parts_.nodes.listen({.heard = [this](std::string_view notice) { hear(notice); },
                         .missed =
                             [this] {
                                 ops::write_log(ops::Level::warning, "notices.missed");
                                 parts_.reread_all();
                                 parts_.sockets.close_all(net::CloseCode::going_away);
                             }});
}

Task<void> Announcer::announce(std::vector<gateway::Ending> endings) {
    Notices notices;
    for (gateway::Ending const& ending : endings)
        notices.push_back(seal_.close({}, encode(Notice{parts_.nodes.id(), ending})));
    if (!co_await batcher_.submit(notices)) throw Unavailable{"too many endings wait to be told"};
}

Task<void> Announcer::tell(std::span<Notices> group) {
    Notices all;
    for (Notices const& notices : group) all.insert(all.end(), notices.begin(), notices.end());
    std::span<std::string const> left{all};
    try {
        for (; !left.empty(); left = left.subspan(std::min(left.size(), most_together)))
            parts_.nodes.tell(left.first(std::min(left.size(), most_together)));
    } catch (...) {
        std::scoped_lock const lock{mutex_};
        if (untold_.size() + left.size() <= most_untold) untold_.insert(untold_.end(), left.begin(), left.end());
        throw;
    }
    co_return;
}

Task<void> Announcer::try_again() {
    Notices notices;
    {
        std::scoped_lock const lock{mutex_};
        notices.swap(untold_);
    }
    if (!notices.empty()) co_await batcher_.submit(notices);
}

void Announcer::changed(UserId, SessionId session) {
    outbox_.add(Changed{session});
}

void Announcer::hear(std::string_view sealed) {
    auto const text = seal_.open(sealed);
    auto const notice = text ? decode_notice(*text) : std::nullopt;
    if (!notice) return ops::write_log(ops::Level::error, "notice.not_ours");
    if (notice->from != parts_.nodes.id()) parts_.apply(notice->ending);
}

void Announcer::close() {
    pool_.join();
}

}  // namespace samtal::delivery
