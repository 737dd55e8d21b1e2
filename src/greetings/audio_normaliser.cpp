#include "audio_normaliser.hpp"

#include "audio_format.hpp"
#include "memory_file.hpp"
#include "sound_source.hpp"

#include <samplerate.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <vector>

namespace samtal::greetings {

namespace {

using SoundFile = std::unique_ptr<SNDFILE, decltype([](SNDFILE* file) { sf_close(file); })>;

constexpr long block_frames = 4096;

/// A WAV file while it grows.
class WavWriter {
public:
    explicit WavWriter(unsigned sample_rate) {
        SF_VIRTUAL_IO functions = MemoryWriter::functions();
        SF_INFO info{};
        info.samplerate = static_cast<int>(sample_rate);
        info.channels = 1;
        info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
        file_.reset(sf_open_virtual(&functions, SFM_WRITE, &info, &bytes_));
        if (!file_) throw std::bad_alloc{};
        sf_command(file_.get(), SFC_SET_CLIPPING, nullptr, SF_TRUE);
    }
    void append(float const* samples, long count) { frames_ += sf_writef_float(file_.get(), samples, count); }
    [[nodiscard]] sf_count_t frames() const noexcept { return frames_; }
    [[nodiscard]] std::string take() && {
        file_.reset();  // the header is written last
        return std::move(bytes_).take();
    }

private:
    MemoryWriter bytes_;
    SoundFile file_;
    sf_count_t frames_ = 0;
};

/// To another sample rate, block by block.
class Resampler {
public:
    Resampler(int from, unsigned to)
        : ratio_{static_cast<double>(to) / from}, state_{src_new(SRC_SINC_FASTEST, 1, nullptr)} {
        if (!state_) throw std::bad_alloc{};
    }

    /// Appends what can be told by now; with `last`, everything.
    void feed(std::vector<float> const& block, bool last, WavWriter& out) {
        std::vector<float> made(static_cast<std::size_t>(static_cast<double>(block.size()) * ratio_) + 256);
        SRC_DATA data{};
        data.data_in = block.data();
        data.input_frames = static_cast<long>(block.size());
        data.end_of_input = last ? 1 : 0;
        data.src_ratio = ratio_;
        do {
            data.data_out = made.data();
            data.output_frames = static_cast<long>(made.size());
            if (src_process(state_.get(), &data) != 0) throw std::bad_alloc{};  // it can fail in no other way here
            out.append(made.data(), data.output_frames_gen);
            data.data_in += data.input_frames_used;
            data.input_frames -= data.input_frames_used;
        } while (data.input_frames > 0 || (last && data.output_frames_gen > 0));
    }

private:
    double ratio_;
    std::unique_ptr<SRC_STATE, decltype([](SRC_STATE* state) { src_delete(state); })> state_;
};

/// Both channels as one; what is no number is silence.
std::vector<float> mixed(std::vector<float> const& samples, long frames, int channels) {
    std::vector<float> mono;
    mono.reserve(static_cast<std::size_t>(frames));
    auto const width = static_cast<std::size_t>(channels);
    for (std::size_t frame = 0; frame < static_cast<std::size_t>(frames); ++frame) {
        float sum = 0;
        for (std::size_t c = 0; c < width; ++c) {
            float const sample = samples[frame * width + c];
            sum += std::isfinite(sample) ? std::clamp(sample, -1.0F, 1.0F) : 0.0F;
        }
        mono.push_back(sum / static_cast<float>(channels));
    }
    return mono;
}

Result<void> copy(SoundSource& source, AudioLimits limits, WavWriter& out) {
    // No header's word for the length is taken.
    long const most = static_cast<long>(limits.most_seconds) * source.rate();
    Resampler resampler{source.rate(), limits.sample_rate};
    std::vector<float> block(static_cast<std::size_t>(block_frames * source.channels()));
    for (long frames = 0;;) {
        auto const got = source.read(block.data(), block_frames);
        if (!got) return got.error();
        frames += *got;
        if (frames > most) return Error{Errc::invalid, "is longer than a greeting may be"};
        if (*got == 0) {
            if (frames == 0) return Error{Errc::invalid, "holds no sound"};
            resampler.feed({}, true, out);
            return {};
        }
        resampler.feed(mixed(block, *got, source.channels()), false, out);
    }
}

}  // namespace

Result<NormalAudio> normalise(std::string_view file, AudioLimits limits) {
    auto const source = open_sound(file);
    if (!source) return source.error();
    if (auto const good = check_shape((*source)->channels(), (*source)->rate()); !good) return good.error();
    WavWriter out{limits.sample_rate};
    if (auto const done = copy(**source, limits, out); !done) return done.error();
    auto const ms = out.frames() * 1000 / limits.sample_rate;
    if (ms == 0) return Error{Errc::invalid, "holds no sound"};
    return NormalAudio{std::move(out).take(), std::chrono::milliseconds{ms}};
}

}  // namespace samtal::greetings
