#pragma once

#include "samtal/core/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace samtal::greetings {

struct AudioLimits {
    unsigned sample_rate;  // of the result
    unsigned most_seconds;
};
struct NormalAudio {
    std::string wav;  // mono, 16 bits a sample
    std::chrono::milliseconds duration;
};

/// WAV, Ogg (Opus, Vorbis), FLAC or MP3 to what a switch takes. `invalid` for what is none of them, is broken,
/// holds no sound or is too long: no more of it is ever decoded than that. Takes up to a second: use a WorkPool.
[[nodiscard]] Result<NormalAudio> normalise(std::string_view file, AudioLimits);

}  // namespace samtal::greetings
