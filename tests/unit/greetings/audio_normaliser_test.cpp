#include "greetings/audio_normaliser.hpp"

#include "greetings/memory_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace samtal::greetings {
namespace {

using ::testing::HasSubstr;

constexpr AudioLimits telephone{8'000, 120};

/// A tone of 440 Hz, written by the library's encoders.
std::string tone(int format, double seconds, int rate, int channels = 1) {
    MemoryWriter bytes;
    SF_VIRTUAL_IO functions = MemoryWriter::functions();
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = channels;
    info.format = format;
    SNDFILE* const file = sf_open_virtual(&functions, SFM_WRITE, &info, &bytes);
    if (file == nullptr) {
        ADD_FAILURE() << sf_strerror(nullptr);
        return {};
    }
    std::vector<float> samples;
    for (int n = 0; n < static_cast<int>(seconds * rate); ++n)
        for (int c = 0; c < channels; ++c)
            samples.push_back(0.5F * static_cast<float>(std::sin(2 * std::numbers::pi * 440 * n / rate)));
    sf_writef_float(file, samples.data(), static_cast<sf_count_t>(samples.size()) / channels);
    sf_close(file);
    return std::move(bytes).take();
}

std::string refusal(std::string const& file, AudioLimits limits = telephone) {
    auto const sound = normalise(file, limits);
    return sound ? "it was taken" : std::string{sound.error().reason.text()};
}

std::string with(std::string file, std::size_t at, std::string const& bytes) {
    return file.replace(at, bytes.size(), bytes);
}

struct Decoded {
    SF_INFO info{};
    std::vector<float> samples;
};
Decoded decode(std::string const& wav) {
    Decoded result;
    MemoryReader bytes{wav};
    SF_VIRTUAL_IO functions = MemoryReader::functions();
    SNDFILE* const file = sf_open_virtual(&functions, SFM_READ, &result.info, &bytes);
    if (file == nullptr) return result;
    result.samples.resize(static_cast<std::size_t>(result.info.frames));
    sf_readf_float(file, result.samples.data(), result.info.frames);
    sf_close(file);
    return result;
}

struct Named {
    char const* name;
    int format;
    int rate;
    int channels;
};
void PrintTo(Named const& one, std::ostream* out) {
    *out << one.name;
}

class EveryFormat : public ::testing::TestWithParam<Named> {};

TEST_P(EveryFormat, BecomesWhatTheSwitchTakes) {
    auto const& [name, format, rate, channels] = GetParam();
    auto const sound = normalise(tone(format, 2, rate, channels), telephone);
    ASSERT_TRUE(sound) << sound.error().reason.text();
    auto const played = decode(sound->wav);
    EXPECT_EQ(played.info.format, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    EXPECT_EQ(played.info.samplerate, 8'000);
    EXPECT_EQ(played.info.channels, 1);
    EXPECT_NEAR(static_cast<double>(sound->duration.count()), 2000, 80);
    // The tone is still there: as loud, and of the same pitch.
    double sum = 0;
    int crossings = 0;
    std::size_t const begin = 4'000;
    std::size_t const end = 12'000;
    for (std::size_t n = begin; n < end; ++n) {
        sum += static_cast<double>(played.samples[n]) * static_cast<double>(played.samples[n]);
        crossings += (played.samples[n - 1] < 0) != (played.samples[n] < 0);
    }
    EXPECT_NEAR(std::sqrt(sum / static_cast<double>(end - begin)), 0.5 / std::numbers::sqrt2, 0.05);
    EXPECT_NEAR(crossings, 880, 6);
}

INSTANTIATE_TEST_SUITE_P(Audio, EveryFormat,
                         ::testing::Values(Named{"wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8'000, 1},
                                           Named{"wav_stereo", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 44'100, 2},
                                           Named{"wav_float", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 96'000, 1},
                                           Named{"wav_extensible", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 48'000, 2},
                                           Named{"wav_alaw", SF_FORMAT_WAV | SF_FORMAT_ALAW, 8'000, 1},
                                           Named{"flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44'100, 2},
                                           Named{"opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48'000, 1},
                                           Named{"vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44'100, 2},
                                           Named{"mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44'100, 1}),
                         [](auto const& of) { return std::string{of.param.name}; });

TEST(Audio, ThatIsNoneIsRefused) {
    for (std::string const& file :
         {std::string{}, std::string{"x"}, std::string(1000, '\0'), std::string{"%PDF-1.7"}, std::string{"RIFF"},
          std::string{"RIFFxxxxAVI LIST"}, tone(SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 1, 8'000)})
        EXPECT_THAT(refusal(file), HasSubstr("is no WAV, Ogg, FLAC or MP3"));
    for (std::string const& file : {"OggS" + std::string(500, 'x'), "fLaC" + std::string(500, 'x'),
                                    "\xff\xfb\x90" + std::string(500, 'x'), std::string{"ID3"}})
        EXPECT_NE(refusal(file), "it was taken");
}

TEST(Audio, WhoseHeaderLiesIsRefused) {
    auto const wav = tone(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 8'000);
    ASSERT_EQ(refusal(wav), "it was taken");
    std::string const all_ones = "\xff\xff\xff\xff";
    EXPECT_THAT(refusal(with(wav, 4, all_ones)), HasSubstr("header"));  // the file's length
    EXPECT_THAT(refusal(with(wav, wav.find("data") + 4, all_ones)), HasSubstr("header"));
    EXPECT_THAT(refusal(wav.substr(0, wav.size() / 2)), HasSubstr("header"));              // cut off
    EXPECT_THAT(refusal(with(wav, 22, std::string("\x02\x00", 2))), HasSubstr("header"));  // more channels
    EXPECT_THAT(refusal(with(wav, 34, std::string("\x08\x00", 2))), HasSubstr("header"));  // fewer bits
    EXPECT_THAT(refusal(with(wav, 24, all_ones)), HasSubstr("header"));                    // samples a second
    EXPECT_THAT(refusal(with(wav, wav.find("data"), "tada")), HasSubstr("header"));
}

TEST(Audio, MayBeAsLongAsAllowedAndNoLonger) {
    AudioLimits const short_ones{8'000, 2};
    EXPECT_EQ(refusal(tone(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 8'000), short_ones), "it was taken");
    EXPECT_THAT(refusal(tone(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2.1, 8'000), short_ones), HasSubstr("longer"));
    EXPECT_THAT(refusal(tone(SF_FORMAT_OGG | SF_FORMAT_OPUS, 3, 48'000), short_ones), HasSubstr("longer"));
}

TEST(Audio, ThatWouldBecomeHoursIsNotDecoded) {
    // Half an hour of silence packs into a few kilobytes.
    MemoryWriter bytes;
    SF_VIRTUAL_IO functions = MemoryWriter::functions();
    SF_INFO info{};
    info.samplerate = 8'000;
    info.channels = 1;
    info.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
    SNDFILE* const file = sf_open_virtual(&functions, SFM_WRITE, &info, &bytes);
    std::vector<short> const second(8'000, 0);
    for (int n = 0; n < 1800; ++n) sf_writef_short(file, second.data(), 8'000);
    sf_close(file);
    std::string const bomb = std::move(bytes).take();
    ASSERT_LT(bomb.size(), 200'000U);
    EXPECT_THAT(refusal(bomb), HasSubstr("longer"));
}

TEST(Audio, OfNoLengthIsRefused) {
    EXPECT_THAT(refusal(tone(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 0, 8'000)), HasSubstr("no sound"));
}

TEST(Audio, OfStrangeShapeIsRefused) {
    EXPECT_THAT(refusal(tone(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 8'000, 6)), HasSubstr("channels"));
    EXPECT_THAT(refusal(tone(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 0.1, 192'000)), HasSubstr("samples a second"));
    EXPECT_THAT(refusal(tone(SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 1, 8'000)), HasSubstr("encoded"));
}

TEST(Audio, WhatIsNoNumberIsSilence) {
    auto wav = tone(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1, 8'000);
    float const nan = std::numeric_limits<float>::quiet_NaN();
    std::size_t const data = wav.find("data") + 8;
    for (std::size_t n = 0; n < 1000; ++n) wav.replace(data + 4 * n, 4, reinterpret_cast<char const*>(&nan), 4);
    auto const sound = normalise(wav, telephone);
    ASSERT_TRUE(sound) << sound.error().reason.text();
    EXPECT_EQ(decode(sound->wav).samples[500], 0.0F);
}

}  // namespace
}  // namespace samtal::greetings
