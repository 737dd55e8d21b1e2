#pragma once

#include "samtal/register/register.hpp"

#include <string>
#include <string_view>

// Where an organisation keeps data for a shorter time than the register says.
namespace samtal::processing {

/// ISO 8601 durations that an organisation chose; empty: as the register says.
struct ChosenPeriods {
    std::string chat;
    std::string calls_masked, calls_token;  // from when on a call shows less
    std::string calls;                      // from when on it is counted only
    std::string call_counters;

    [[nodiscard]] bool none() const noexcept {
        return chat.empty() && calls_masked.empty() && calls_token.empty() && calls.empty() &&
               call_counters.empty();
    }
};

/// Whether an organisation may choose this ISO 8601 duration for a purpose, or for a step of it: a day at least,
/// and not longer than the register's own, whichever months it falls in.
[[nodiscard]] bool may_choose(Register const&, std::string_view purpose, std::string_view period,
                              std::string_view step = {});

/// The register as it holds for people of an organisation that chose: its notice and archives say those periods.
[[nodiscard]] Register with_choice(Register, ChosenPeriods const&);

}  // namespace samtal::processing
