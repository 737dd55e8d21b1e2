#include "outbox.hpp"

#include <optional>

namespace samtal::delivery {

Outbox::Outbox(Bus& bus, Seal const& seal, boost::uuids::uuid node)
    : bus_{bus}, seal_{seal}, node_{node}, thread_{[this] { work(); }} {}

template <class Some>
void Outbox::put(Some const& item) {
    {
        std::scoped_lock const lock{mutex_};
        std::uint64_t const number = next_++;
        if (bytes_ > most_waiting || closing_) return;
        bool const follows = !waiting_.empty() && waiting_.back().items.size() < most_together &&
                             waiting_.back().first + waiting_.back().count == number;
        if (!follows) waiting_.push_back({number, 0, {}});
        Batch& batch = waiting_.back();
        std::size_t const before = batch.items.size();
        encode(item, batch.items);
        ++batch.count;
        bytes_ += batch.items.size() - before;
    }
    wake_.notify_one();
}

template void Outbox::put(Event const&);
template void Outbox::put(Signal const&);
template void Outbox::put(Changed const&);
template void Outbox::put(Sighting const&);
template void Outbox::put(Talk const&);
template void Outbox::put(Shown const&);
template void Outbox::put(Ask const&);
template void Outbox::put(Afresh const&);
template void Outbox::put(gateway::Head const&);

void Outbox::beat() {
    {
        std::scoped_lock const lock{mutex_};
        beat_ = true;
    }
    wake_.notify_one();
}

void Outbox::work() {
    std::unique_lock lock{mutex_};
    for (;;) {
        wake_.wait(lock, [this] { return !waiting_.empty() || beat_ || closing_; });
        if (waiting_.empty() && !beat_) return;
        Batch batch{next_, 0, {}};
        if (!waiting_.empty()) {
            batch = std::move(waiting_.front());
            waiting_.pop_front();
            bytes_ -= batch.items.size();
        } else {
            beat_ = false;
        }
        lock.unlock();
        bus_.publish(seal_.close(encode_head(node_, batch.first, batch.count), batch.items));
        lock.lock();
    }
}

void Outbox::close() {
    {
        std::scoped_lock const lock{mutex_};
        closing_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

}  // namespace samtal::delivery
