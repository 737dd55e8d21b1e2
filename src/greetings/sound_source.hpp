#pragma once

#include "samtal/core/result.hpp"

#include <memory>
#include <string_view>

namespace samtal::greetings {

/// Sound that is decoded piece by piece, and no faster than it is asked for.
class SoundSource {
public:
    virtual ~SoundSource() = default;
    [[nodiscard]] virtual int rate() const = 0;
    [[nodiscard]] virtual int channels() const = 0;
    /// How many frames came; 0 at the end. `invalid` where the file is broken.
    virtual Result<long> read(float* into, long frames) = 0;
};

/// WAV, Ogg, FLAC or MP3. `invalid` tells what is wrong. `file` outlives the source.
[[nodiscard]] Result<std::unique_ptr<SoundSource>> open_sound(std::string_view file);
/// MP3 alone: libsndfile lets its decoder write to standard error, which is the server's log.
[[nodiscard]] Result<std::unique_ptr<SoundSource>> open_mp3(std::string_view file);

}  // namespace samtal::greetings
