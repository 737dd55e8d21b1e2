#pragma once

#include "frame_transport.hpp"
#include "samtal/net/socket.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace samtal::net {

/// The frames that wait for one client and those being written to it, bounded in bytes. Has no lock of its own.
class OutgoingFrames {
public:
    explicit OutgoingFrames(std::size_t most_bytes) : most_{most_bytes} {}

    /// False when there is no room for it.
    [[nodiscard]] bool add(SharedText frame) {
        auto const size = cost(frame);
        if (bytes_ + size > most_) return false;
        bytes_ += size;
        waiting_.push_back(std::move(frame));
        return true;
    }
    /// The next few that wait: not empty. They take room until written(), and there is one such batch at a time.
    [[nodiscard]] FrameBatch take() {
        FrameBatch batch;
        while (next_ < waiting_.size() && batch.size() < batch.capacity()) {
            taken_ += cost(waiting_[next_]);
            batch.push_back(std::move(waiting_[next_++]));
        }
        // A client that is always a little behind never leaves it empty.
        if (next_ >= waiting_.size() / 2) {
            waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(next_));
            next_ = 0;
        }
        return batch;
    }
    void written() {
        bytes_ -= std::exchange(taken_, 0);
        if (waiting_.empty()) waiting_ = {};  // idle: gives its memory back
    }
    /// What waits is never written.
    void drop() {
        bytes_ = taken_;
        waiting_ = {};
        next_ = 0;
    }

    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
    [[nodiscard]] bool being_written() const noexcept { return taken_ > 0; }
    [[nodiscard]] bool half_empty() const noexcept { return bytes_ <= most_ / 2; }
    /// For how many frames it holds memory.
    [[nodiscard]] std::size_t places() const noexcept { return waiting_.capacity(); }

private:
    /// In bytes, with what a queued frame needs beside its text.
    static std::size_t cost(SharedText const& frame) noexcept { return frame->size() + 32; }

    std::size_t const most_;
    std::vector<SharedText> waiting_;
    std::size_t next_ = 0;   // what stands before it in waiting_ was taken
    std::size_t bytes_ = 0;  // waiting, and being written
    std::size_t taken_ = 0;  // of those, being written
};

}  // namespace samtal::net
