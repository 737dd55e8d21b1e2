#include "password_rules.hpp"

#include "user_name.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace samtal::identity {

namespace {

constexpr std::size_t least_characters = 15;  // where the password is the only factor
constexpr std::size_t most_bytes = 1024;

// The bodies of the long passwords in published lists, folded. What people hang on to them (digits, signs) is cut
// off first.
constexpr auto common_words = std::to_array<std::u32string_view>({
    U"password",
    U"passw0rd",
    U"p@ssword",
    U"p@ssw0rd",
    U"lösenord",
    U"losenord",
    U"qwerty",
    U"qwertyuiop",
    U"qwertyuiopå",
    U"qwertyuiopasdfghjkl",
    U"qwertyuiopasdfghjklzxcvbnm",
    U"asdfghjkl",
    U"zxcvbnm",
    U"qazwsxedc",
    U"qazwsxedcrfv",
    U"1qaz2wsx",
    U"1qaz2wsx3edc",
    U"1qaz2wsx3edc4rfv",
    U"zaq12wsx",
    U"zaq12wsxcde34rfv",
    U"1q2w3e4r5t",
    U"1q2w3e4r5t6y",
    U"1q2w3e4r5t6y7u8i9o0p",
    U"q1w2e3r4t5y6",
    U"q1w2e3r4t5y6u7i8o9p0",
    U"abc",
    U"abcdefgh",
    U"abcdefghijklmnopqrstuvwxyz",
    U"welcome",
    U"välkommen",
    U"valkommen",
    U"letmein",
    U"iloveyou",
    U"jagälskardig",
    U"jagalskardig",
    U"admin",
    U"administrator",
    U"administratör",
    U"changeme",
    U"secret",
    U"hemligt",
    U"hemlig",
    U"monkey",
    U"dragon",
    U"football",
    U"fotboll",
    U"baseball",
    U"sunshine",
    U"princess",
    U"superman",
    U"batman",
    U"sommar",
    U"vinter",
    U"summer",
    U"winter",
    U"trustno",
    U"trustno1",
    U"correcthorsebatterystaple",
    U"correct horse battery staple",
    U"thisismypassword",
    U"mypassword",
    U"mittlösenord",
    U"mittlosenord",
    U"defaultpassword",
    U"testpassword",
    U"passwordpassword",
    U"login",
    U"hejsan",
    U"sverige",
    U"stockholm",
    U"göteborg",
    U"advoco",
    U"samtal",
});

bool letter(char32_t c) {
    return (c >= U'a' && c <= U'z') || c > 0x7f;
}

/// The same few characters over and over: "abcabcabcabcabc", with or without a started repetition at the end.
std::u32string_view unit_of(std::u32string_view text) {
    for (std::size_t period = 1; period <= text.size() / 2; ++period)
        if (text.substr(period) == text.substr(0, text.size() - period)) return text.substr(0, period);
    return text;
}

/// "123456789012345", "abcdefghijklmno", "987654321098765".
bool is_sequence(std::u32string_view text) {
    auto const follows = [&](std::uint32_t step, char32_t wrap_from, char32_t wrap_to) {
        for (std::size_t i = 1; i < text.size(); ++i)
            if (text[i] != text[i - 1] + step && !(text[i - 1] == wrap_from && text[i] == wrap_to)) return false;
        return true;
    };
    return follows(1, U'9', U'0') || follows(1, U'z', U'a') ||
           follows(static_cast<std::uint32_t>(-1), U'0', U'9') ||
           follows(static_cast<std::uint32_t>(-1), U'a', U'z');
}

bool is_common(std::u32string_view text) {
    if (unit_of(text).size() < text.size() || is_sequence(text)) return true;
    while (!text.empty() && !letter(text.back())) text.remove_suffix(1);
    auto const listed = [](std::u32string_view word) {
        return std::ranges::find(common_words, word) != common_words.end();
    };
    if (listed(text) || listed(unit_of(text))) return true;
    while (!text.empty() && !letter(text.front())) text.remove_prefix(1);
    return text.empty() || listed(text) || listed(unit_of(text));
}

}  // namespace

std::optional<Error> refuse_password(std::string_view password, std::string_view folded_user_name, Literal field) {
    if (password.size() > most_bytes) return Error{Errc::invalid, "has more than 1024 bytes", field};
    if (code_points(nfkc(password)).size() < least_characters)
        return Error{Errc::invalid, "has fewer than 15 characters", field};
    std::string const folded = nfkc_folded(password);
    if (!folded_user_name.empty() && folded.find(folded_user_name) != std::string::npos)
        return Error{Errc::invalid, "contains the user name", field};
    if (is_common(code_points(folded))) return Error{Errc::invalid, "is one of the first that are guessed", field};
    return std::nullopt;
}

}  // namespace samtal::identity
