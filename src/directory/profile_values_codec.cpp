#include "samtal/directory/profile_values.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace samtal::directory {

using nlohmann::json;

namespace {

constexpr std::size_t most_name_bytes = 200;
constexpr std::size_t most_number_bytes = 32;

}  // namespace

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= most_name_bytes &&
           std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_contact_number(std::string_view text) {
    return !text.empty() && text.size() <= most_number_bytes &&
           text.find_first_not_of("0123456789+-() ") == std::string_view::npos;
}

std::string encode_numbers(std::vector<std::string> const& numbers) {
    return json(numbers).dump();
}

std::vector<std::string> decode_numbers(std::string_view text) {
    return text.empty() ? std::vector<std::string>{} : json::parse(text).get<std::vector<std::string>>();
}

}  // namespace samtal::directory
