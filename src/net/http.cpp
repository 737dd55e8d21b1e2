#include "samtal/net/http.hpp"

#include <algorithm>

namespace samtal::net {
namespace {

auto find(std::vector<Header> const& headers, std::string_view name) noexcept {
    return std::find_if(headers.begin(), headers.end(), [name](Header const& h) { return h.name == name; });
}

}  // namespace

std::string_view Request::header(std::string_view name) const noexcept {
    auto const found = find(headers, name);
    return found == headers.end() ? std::string_view{} : std::string_view{found->value};
}

bool Request::has(std::string_view name) const noexcept {
    return find(headers, name) != headers.end();
}

}  // namespace samtal::net
