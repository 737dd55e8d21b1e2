#include "sound_source.hpp"

#include <mpg123.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>

namespace samtal::greetings {

namespace {

constexpr Error broken{Errc::invalid, "is broken audio"};

struct Bytes {
    std::string_view all;
    std::size_t at = 0;
};

mpg123_ssize_t take(void* from, void* into, std::size_t size) {
    auto& bytes = *static_cast<Bytes*>(from);
    std::size_t const n = std::min(size, bytes.all.size() - bytes.at);
    std::memcpy(into, bytes.all.data() + bytes.at, n);
    bytes.at += n;
    return static_cast<mpg123_ssize_t>(n);
}

off_t move(void* in, off_t offset, int whence) {
    auto& bytes = *static_cast<Bytes*>(in);
    auto const size = static_cast<off_t>(bytes.all.size());
    off_t const from = whence == SEEK_SET ? 0 : whence == SEEK_END ? size : static_cast<off_t>(bytes.at);
    if (offset > size || offset < -size || from + offset < 0 || from + offset > size) return -1;
    bytes.at = static_cast<std::size_t>(from + offset);
    return from + offset;
}

class Mp3Source final : public SoundSource {
public:
    explicit Mp3Source(std::string_view file) : bytes_{file}, decoder_{mpg123_new(nullptr, nullptr)} {
        if (!decoder_) throw std::bad_alloc{};
        mpg123_param(decoder_.get(), MPG123_ADD_FLAGS, MPG123_QUIET | MPG123_FORCE_FLOAT, 0);
        mpg123_replace_reader_handle(decoder_.get(), take, move, nullptr);
        int encoding = 0;
        open_ = mpg123_open_handle(decoder_.get(), &bytes_) == MPG123_OK &&
                mpg123_getformat(decoder_.get(), &rate_, &channels_, &encoding) == MPG123_OK &&
                encoding == MPG123_ENC_FLOAT_32;
    }
    [[nodiscard]] bool is_open() const noexcept { return open_; }

    [[nodiscard]] int rate() const override { return static_cast<int>(rate_); }
    [[nodiscard]] int channels() const override { return channels_; }
    Result<long> read(float* into, long frames) override {
        std::size_t const frame = sizeof(float) * static_cast<std::size_t>(channels_);
        std::size_t got = 0;
        int const state = mpg123_read(decoder_.get(), reinterpret_cast<unsigned char*>(into),
                                      frame * static_cast<std::size_t>(frames), &got);
        // A change of format in the midst of it is nothing that a recorder makes.
        if (state != MPG123_OK && state != MPG123_DONE) return broken;
        return static_cast<long>(got / frame);
    }

private:
    Bytes bytes_;
    std::unique_ptr<mpg123_handle, decltype([](mpg123_handle* h) { mpg123_delete(h); })> decoder_;
    long rate_ = 0;
    int channels_ = 0;
    bool open_ = false;
};

}  // namespace

Result<std::unique_ptr<SoundSource>> open_mp3(std::string_view file) {
    auto source = std::make_unique<Mp3Source>(file);
    if (!source->is_open()) return broken;
    return std::unique_ptr<SoundSource>{std::move(source)};
}

}  // namespace samtal::greetings
