#pragma once

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace samtal::net {

/// What has arrived on a connection and is not yet used: never more than `most` bytes, and as little memory as
/// that needs. Requests sent ahead (pipelining) wait here.
class ReadBuffer {
public:
    explicit ReadBuffer(std::size_t most) : most_{most} {}

    [[nodiscard]] std::string_view bytes() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
    [[nodiscard]] bool full() const noexcept { return end_ - begin_ == most_; }

    void consume(std::size_t n) noexcept {
        begin_ += n;
        if (begin_ == end_) begin_ = end_ = 0;
    }

    /// Free space behind the bytes; grows if there is little. At least one byte unless full().
    [[nodiscard]] boost::asio::mutable_buffer space() {
        if (begin_ > 0 && end_ == capacity_) move_to(capacity_);
        if (end_ == capacity_) move_to(std::min(most_, std::max(capacity_ * 2, smallest)));
        return {data_.get() + end_, capacity_ - end_};
    }
    void commit(std::size_t n) noexcept { end_ += n; }

    /// Gives memory back that only an unusual request needed.
    void shrink() noexcept {
        if (empty() && capacity_ > smallest) reset();
    }
    void reset() noexcept {
        data_.reset();
        capacity_ = begin_ = end_ = 0;
    }

private:
    static constexpr std::size_t smallest = 2 * 1024;

    void move_to(std::size_t capacity) {
        auto data = std::make_unique_for_overwrite<char[]>(capacity);
        auto const size = end_ - begin_;
        if (size > 0) std::memcpy(data.get(), data_.get() + begin_, size);
        data_ = std::move(data);
        capacity_ = capacity;
        begin_ = 0;
        end_ = size;
    }

    std::size_t most_;
    std::unique_ptr<char[]> data_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace samtal::net
