#include "teller.hpp"

#include <algorithm>

namespace samtal::rights {

namespace {

/// Longer than a letter is tried: afterwards nobody is on it any more.
constexpr std::chrono::hours lease{2};
constexpr std::string_view subject = "Dataskydd: åtgärd krävs / Data protection: action required";

}  // namespace

void Teller::Outcomes::add(Outcome outcome) {
    std::scoped_lock const lock{mutex_};
    all_.push_back(outcome);
}

std::vector<Teller::Outcome> Teller::Outcomes::take() {
    std::scoped_lock const lock{mutex_};
    return std::exchange(all_, {});
}

/// What the database does not take now is lost with this server: the lease ends, and the letter goes once more.
Task<void> Teller::take_down(RightsPermit const& permit, processing::Register const& in_force) {
    Timestamp const now = clock_();
    for (Outcome const& outcome : outcomes_->take()) {
        if (outcome.delivered)
            (void)co_await notices_.told(permit, outcome.id, in_force, now);
        else
            (void)co_await notices_.failed(permit, outcome.id, now, now + notice_pause(outcome.tries));
    }
}

bool Teller::send(PendingNotice const& notice, processing::Register const& in_force) {
    auto const who = std::ranges::find(in_force.recipients, notice.recipient, &processing::Recipient::id);
    if (!notice.about || who == in_force.recipients.end() || who->notify.empty()) return false;
    auto done = [outcomes = outcomes_, id = notice.id, tries = notice.tries](bool delivered) {
        outcomes->add({id, tries, delivered});
    };
    return mailer_.send({who->notify, std::string{subject},
                         notice_letter(*notice.about, notice.organisation, notice.id, in_force), std::move(done)});
}

Task<void> Teller::round(RightsPermit const& permit) {
    auto const in_force = in_force_();
    co_await take_down(permit, in_force);
    Timestamp const now = clock_();
    auto const due = co_await notices_.take(permit, now, now + lease);
    if (!due) co_return;
    for (PendingNotice const& notice : *due)
        if (!send(notice, in_force))
            (void)co_await notices_.failed(permit, notice.id, now, now + notice_pause(notice.tries));
}

}  // namespace samtal::rights
