#include "connection_shares.hpp"

#include <algorithm>
#include <string_view>

namespace samtal::storage {

namespace {

/// Purposes on the way of every request get several connections, the others one that closes when idle.
unsigned wish_of(std::string_view purpose) {
    if (purpose == "profile_directory") return 5;
    if (purpose == "account_login" || purpose == "chat_messaging") return 4;
    if (purpose == "call_setup") return 3;  // two groups of call records at a time, and switches that sign in
    return 1;
}

}  // namespace

std::array<unsigned, purpose_names.size()> connection_shares(unsigned most) {
    std::array<unsigned, purpose_names.size()> shares{};
    unsigned wished = 0, least = 0;  // beyond the first of each; the first ones
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (!purpose_has_tables[i]) continue;
        ++least;
        wished += wish_of(purpose_names[i]) - 1;
    }
    unsigned const spare = std::min(wished, most > least ? most - least : 0);
    std::array<unsigned, purpose_names.size()> remainders{};
    unsigned left = spare;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (!purpose_has_tables[i]) continue;
        unsigned const parts = (wish_of(purpose_names[i]) - 1) * spare;
        shares[i] = 1 + (wished == 0 ? 0 : parts / wished);
        remainders[i] = wished == 0 ? 0 : parts % wished;
        left -= shares[i] - 1;
    }
    for (; left > 0; --left) {
        auto const most_short = std::ranges::max_element(remainders);
        ++shares[static_cast<std::size_t>(most_short - remainders.begin())];
        *most_short = 0;
    }
    return shares;
}

}  // namespace samtal::storage
