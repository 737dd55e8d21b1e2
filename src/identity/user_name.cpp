#include "user_name.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <stdexcept>

namespace samtal::identity {

namespace {

constexpr std::size_t least_characters = 3;
constexpr std::size_t most_characters = 64;
constexpr std::size_t most_bytes = 1024;  // before normalising: one character may become eighteen

std::string normalised(icu::Normalizer2 const* (*form)(UErrorCode&), std::string_view utf8) {
    UErrorCode status = U_ZERO_ERROR;
    icu::Normalizer2 const* const normaliser = form(status);
    if (U_FAILURE(status)) throw std::runtime_error{"ICU has no normalisation data"};
    icu::StringPiece const piece{utf8.data(), static_cast<std::int32_t>(utf8.size())};
    icu::UnicodeString const text = normaliser->normalize(icu::UnicodeString::fromUTF8(piece), status);
    if (U_FAILURE(status)) throw std::runtime_error{"ICU could not normalise a text"};
    std::string out;
    text.toUTF8String(out);
    return out;
}

bool allowed(char32_t c) {
    constexpr std::u32string_view marks = U"._-@+";
    auto const point = static_cast<UChar32>(c);
    constexpr std::uint32_t kinds = U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK;
    return marks.find(c) != std::u32string_view::npos || (U_GET_GC_MASK(point) & kinds) != 0;
}

}  // namespace

std::string nfkc(std::string_view utf8) {
    return normalised(&icu::Normalizer2::getNFKCInstance, utf8);
}

std::string nfkc_folded(std::string_view utf8) {
    return normalised(&icu::Normalizer2::getNFKCCasefoldInstance, utf8);
}

std::u32string code_points(std::string_view utf8) {
    auto const text =
        icu::UnicodeString::fromUTF8(icu::StringPiece{utf8.data(), static_cast<std::int32_t>(utf8.size())});
    std::u32string points;
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1))
        points.push_back(static_cast<char32_t>(text.char32At(at)));
    return points;
}

std::optional<UserName> parse_user_name(std::string_view utf8) {
    if (utf8.size() > most_bytes) return std::nullopt;
    UserName name{nfkc(utf8), nfkc_folded(utf8)};
    std::u32string const points = code_points(name.shown);
    if (points.size() < least_characters || points.size() > most_characters) return std::nullopt;
    for (char32_t const c : points)
        if (!allowed(c)) return std::nullopt;
    // Folding drops characters that nobody sees; what is left must still be a name.
    if (code_points(name.folded).size() < least_characters) return std::nullopt;
    return name;
}

}  // namespace samtal::identity
