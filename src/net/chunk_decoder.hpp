#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace samtal::net {

/// Takes a chunked body apart, strictly: no chunk extensions, no trailers, line ends of CR LF. May be fed with any
/// division of the input.
class ChunkDecoder {
public:
    enum class State : unsigned char { more, done, malformed, too_large };

    /// `limit`: the greatest body; a chunk that would pass it is refused when its size is known, before its data.
    explicit ChunkDecoder(std::size_t limit) : limit_{limit} {}

    /// Appends to `body` and returns how many bytes of `input` were used: all of them unless the body ended or
    /// broke.
    [[nodiscard]] std::size_t feed(std::string_view input, std::string& body);
    [[nodiscard]] State state() const noexcept { return state_; }

private:
    enum class Expect : unsigned char { size, size_feed, data, data_return, data_feed, last_return, last_feed };

    void take(char c);
    void expect(char c, char wanted, Expect next);

    std::size_t limit_;
    std::size_t received_ = 0;  // bytes of body so far
    std::uint64_t left_ = 0;    // of the current chunk; while its size is read: the size so far
    unsigned digits_ = 0;
    Expect expect_ = Expect::size;
    State state_ = State::more;
};

}  // namespace samtal::net
