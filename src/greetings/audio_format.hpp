#pragma once

#include "samtal/core/result.hpp"

#include <string_view>

namespace samtal::greetings {

enum class Container : unsigned char { wav, ogg, flac, mp3 };

/// Looks at the bytes before any decoder does: these four only, and of a WAV file that its header agrees with
/// itself and with the file. `invalid` tells what is wrong.
[[nodiscard]] Result<Container> container_of(std::string_view file);

/// What may be in a container that libsndfile reads, by its SF_INFO::format: what plays anywhere.
[[nodiscard]] Result<void> check_encoding(int format);

/// One or two channels, of a sample rate that recorders have.
[[nodiscard]] Result<void> check_shape(int channels, int rate);

}  // namespace samtal::greetings
