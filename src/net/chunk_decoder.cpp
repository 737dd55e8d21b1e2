#include "chunk_decoder.hpp"

#include "characters.hpp"

namespace samtal::net {
namespace {

constexpr unsigned most_digits = 8;

}  // namespace

std::size_t ChunkDecoder::feed(std::string_view input, std::string& body) {
    std::size_t used = 0;
    while (used < input.size() && state_ == State::more) {
        if (expect_ != Expect::data) {
            take(input[used++]);
            continue;
        }
        auto const part = input.substr(used, static_cast<std::size_t>(left_));
        body.append(part);
        used += part.size();
        received_ += part.size();
        left_ -= part.size();
        if (left_ == 0) expect_ = Expect::data_return;
    }
    return used;
}

void ChunkDecoder::take(char c) {
    switch (expect_) {
        case Expect::size:
            if (int const digit = hex_value(c); digit >= 0 && digits_ < most_digits) {
                left_ = left_ * 16 + static_cast<unsigned>(digit);
                ++digits_;
            } else if (c == '\r' && digits_ > 0) {
                expect_ = Expect::size_feed;
            } else {
                state_ = State::malformed;
            }
            break;
        case Expect::size_feed:
            expect(c, '\n', left_ == 0 ? Expect::last_return : Expect::data);
            if (state_ == State::more && left_ > limit_ - received_) state_ = State::too_large;
            digits_ = 0;
            break;
        case Expect::data_return:
            expect(c, '\r', Expect::data_feed);
            break;
        case Expect::data_feed:
            expect(c, '\n', Expect::size);
            break;
        case Expect::last_return:
            expect(c, '\r', Expect::last_feed);
            break;
        case Expect::last_feed:
            expect(c, '\n', Expect::size);
            if (state_ == State::more) state_ = State::done;
            break;
        case Expect::data:
            break;  // feed() takes data in bulk
    }
}

void ChunkDecoder::expect(char c, char wanted, Expect next) {
    if (c == wanted)
        expect_ = next;
    else
        state_ = State::malformed;
}

}  // namespace samtal::net
