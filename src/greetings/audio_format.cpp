#include "audio_format.hpp"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace samtal::greetings {

namespace {

constexpr Error no_audio{Errc::invalid, "is no WAV, Ogg, FLAC or MP3 audio"};
constexpr Error lies{Errc::invalid, "its header says other than the file holds"};
constexpr int least_rate = 4'000;
constexpr int greatest_rate = 96'000;

std::uint32_t little_endian(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8U * i);
    return value;
}

/// PCM and floating point say the size of a frame three times.
bool agrees_with_itself(std::string_view format) {
    if (format.size() < 16) return false;
    auto const tag = little_endian(format, 0, 2);
    auto const channels = little_endian(format, 2, 2);
    auto const rate = little_endian(format, 4, 4);
    auto const bytes_a_second = little_endian(format, 8, 4);
    auto const frame = little_endian(format, 12, 2);
    auto const bits = little_endian(format, 14, 2);
    constexpr std::uint32_t pcm = 1;
    constexpr std::uint32_t floating = 3;
    if (tag != pcm && tag != floating) return true;
    return frame == channels * ((bits + 7) / 8) && bytes_a_second == rate * frame;
}

Result<void> check_wave(std::string_view file) {
    constexpr std::size_t chunk_head = 8;
    constexpr std::size_t riff_head = 12;
    if (file.size() < riff_head || little_endian(file, 4, 4) > file.size() - chunk_head) return lies;
    bool has_format = false;
    for (std::size_t at = riff_head; file.size() - at >= chunk_head;) {
        std::string_view const name = file.substr(at, 4);
        std::size_t const size = little_endian(file, at + 4, 4);
        at += chunk_head;
        if (size > file.size() - at) return lies;
        if (name == "fmt ") {
            if (has_format || !agrees_with_itself(file.substr(at, size))) return lies;
            has_format = true;
        }
        if (name == "data") return has_format ? Result<void>{} : lies;
        at += std::min(size + size % 2, file.size() - at);
    }
    return lies;
}

bool is_mp3(std::string_view file) {
    if (file.starts_with("ID3")) return true;
    if (file.size() < 2) return false;
    auto const second = static_cast<unsigned char>(file[1]);
    bool const layer_three = (second & 0x06U) == 0x02;
    return static_cast<unsigned char>(file[0]) == 0xff && (second & 0xe0U) == 0xe0 && layer_three;
}

}  // namespace

Result<Container> container_of(std::string_view file) {
    if (file.starts_with("RIFF") && file.substr(std::min<std::size_t>(8, file.size())).starts_with("WAVE")) {
        if (auto const good = check_wave(file); !good) return good.error();
        return Container::wav;
    }
    if (file.starts_with("OggS")) return Container::ogg;
    if (file.starts_with("fLaC")) return Container::flac;
    if (is_mp3(file)) return Container::mp3;
    return no_audio;
}

Result<void> check_encoding(int format) {
    constexpr std::array containers{SF_FORMAT_WAV, SF_FORMAT_WAVEX, SF_FORMAT_OGG, SF_FORMAT_FLAC};
    constexpr std::array encodings{SF_FORMAT_PCM_S8, SF_FORMAT_PCM_U8, SF_FORMAT_PCM_16, SF_FORMAT_PCM_24,
                                   SF_FORMAT_PCM_32, SF_FORMAT_FLOAT,  SF_FORMAT_DOUBLE, SF_FORMAT_ULAW,
                                   SF_FORMAT_ALAW,   SF_FORMAT_VORBIS, SF_FORMAT_OPUS};
    auto const has = [](auto const& all, int one) { return std::ranges::find(all, one) != all.end(); };
    if (!has(containers, format & SF_FORMAT_TYPEMASK)) return no_audio;
    if (!has(encodings, format & SF_FORMAT_SUBMASK))
        return Error{Errc::invalid, "is encoded in a way that is not supported"};
    return {};
}

Result<void> check_shape(int channels, int rate) {
    if (channels < 1 || channels > 2) return Error{Errc::invalid, "must have one or two channels"};
    if (rate < least_rate || rate > greatest_rate)
        return Error{Errc::invalid, "must have 4000 to 96000 samples a second"};
    return {};
}

}  // namespace samtal::greetings
