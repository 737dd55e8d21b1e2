#include "sound_source.hpp"

#include "audio_format.hpp"
#include "memory_file.hpp"

namespace samtal::greetings {

namespace {

constexpr Error broken{Errc::invalid, "is broken audio"};

class LibrarySource final : public SoundSource {
public:
    explicit LibrarySource(std::string_view file) : bytes_{file} {
        SF_VIRTUAL_IO functions = MemoryReader::functions();
        file_.reset(sf_open_virtual(&functions, SFM_READ, &info_, &bytes_));
    }
    [[nodiscard]] bool is_open() const noexcept { return file_ != nullptr; }
    [[nodiscard]] int encoding() const noexcept { return info_.format; }

    [[nodiscard]] int rate() const override { return info_.samplerate; }
    [[nodiscard]] int channels() const override { return info_.channels; }
    Result<long> read(float* into, long frames) override {
        sf_count_t const got = sf_readf_float(file_.get(), into, frames);
        if (sf_error(file_.get()) != SF_ERR_NO_ERROR) return broken;
        return static_cast<long>(got > 0 ? got : 0);
    }

private:
    MemoryReader bytes_;
    SF_INFO info_{};
    std::unique_ptr<SNDFILE, decltype([](SNDFILE* file) { sf_close(file); })> file_;
};

}  // namespace

Result<std::unique_ptr<SoundSource>> open_sound(std::string_view file) {
    auto const container = container_of(file);
    if (!container) return container.error();
    if (*container == Container::mp3) return open_mp3(file);
    auto source = std::make_unique<LibrarySource>(file);
    if (!source->is_open()) return broken;
    if (auto const good = check_encoding(source->encoding()); !good) return good.error();
    return std::unique_ptr<SoundSource>{std::move(source)};
}

}  // namespace samtal::greetings
