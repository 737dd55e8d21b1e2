#pragma once

#include "samtal/core/result.hpp"

#include <sndfile.h>

#include <string_view>

namespace samtal::greetings {

/// Looks at the bytes before any decoder does: WAV, Ogg, FLAC and MP3 only, and of a WAV file that its header
/// agrees with itself and with the file. `invalid` tells what is wrong.
[[nodiscard]] Result<void> check_container(std::string_view file);

/// What may be in such a container: sound that plays anywhere, of one or two channels.
[[nodiscard]] Result<void> check_encoding(SF_INFO const&);

}  // namespace samtal::greetings
