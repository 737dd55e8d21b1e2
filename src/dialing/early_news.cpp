#include "early_news.hpp"

#include "call_state.hpp"

namespace samtal::dialing {

namespace {

FailReason reason_of(calls::Outcome outcome) noexcept {
    switch (outcome) {
        case calls::Outcome::busy:
            return FailReason::busy;
        case calls::Outcome::no_answer:
            return FailReason::no_answer;
        case calls::Outcome::cancelled:
            return FailReason::cancelled;
        case calls::Outcome::answered:
        case calls::Outcome::failed:
            break;
    }
    return FailReason::failed;
}

}  // namespace

Development development(calls::CallNews const& news) noexcept {
    if (news.progress == calls::Progress::ringing) return {CallState::ringing};
    if (news.progress == calls::Progress::talking) return {CallState::connected};
    if (news.outcome == calls::Outcome::answered) return {CallState::ended};
    return {CallState::failed, reason_of(news.outcome)};
}

void EarlyNews::asking() {
    std::scoped_lock const lock{mutex_};
    ++asked_;
}

void EarlyNews::answered() {
    std::scoped_lock const lock{mutex_};
    if (--asked_ == 0) news_.clear();
}

void EarlyNews::keep(std::string const& call, Development const& development) {
    std::scoped_lock const lock{mutex_};
    if (asked_ == 0) return;
    auto const known = news_.find(call);
    if (known == news_.end()) {
        if (news_.size() < most) news_.emplace(call, development);
    } else if (leads_on(known->second.state, development.state)) {
        known->second = development;
    }
}

std::optional<Development> EarlyNews::of(std::string const& call) const {
    std::scoped_lock const lock{mutex_};
    auto const known = news_.find(call);
    return known == news_.end() ? std::nullopt : std::optional{known->second};
}

}  // namespace samtal::dialing
