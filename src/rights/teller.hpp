#pragma once

#include "pg_notice_repository.hpp"
#include "samtal/ops/mailer.hpp"

#include <functional>
#include <memory>
#include <mutex>

namespace samtal::rights {

/// Tells recipients by mail what they have to do after a correction, an erasure or a restriction. A recipient
/// counts as told when the mail's sink took the letter; what was given up is tried again, later and later.
class Teller {
public:
    Teller(ops::Mailer& mailer, std::function<processing::Register()> in_force, Clock clock,
           PgNoticeRepository& notices)
        : mailer_{mailer},
          in_force_{std::move(in_force)},
          clock_{std::move(clock)},
          notices_{notices},
          outcomes_{std::make_shared<Outcomes>()} {}

    /// Takes down what became of earlier letters, and sends those whose turn it is.
    Task<void> round(RightsPermit const&);

private:
    struct Outcome {
        NoticeId id;
        int tries;
        bool delivered;
    };
    /// Letters outlive the room: what became of them is left where nobody may look any more.
    class Outcomes {
    public:
        void add(Outcome);
        [[nodiscard]] std::vector<Outcome> take();

    private:
        std::mutex mutex_;
        std::vector<Outcome> all_;
    };

    Task<void> take_down(RightsPermit const&, processing::Register const&);
    [[nodiscard]] bool send(PendingNotice const&, processing::Register const&);

    ops::Mailer& mailer_;
    std::function<processing::Register()> in_force_;
    Clock clock_;
    PgNoticeRepository& notices_;
    std::shared_ptr<Outcomes> outcomes_;
};

}  // namespace samtal::rights
