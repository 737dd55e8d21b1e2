#include "pg_consent_repository.hpp"

#include "samtal/core/uuid_v7.hpp"

namespace samtal::consent {

namespace {

class ConsentService final : public Consents {
public:
    ConsentService(storage::Database& db, Notices const& notices, Clock now)
        : repository_{db}, notices_{notices}, now_{std::move(now)} {}

    Task<Result<std::vector<Standing>>> list(RightsPermit permit) override {
        co_return co_await repository_.states(permit);
    }

    Task<Result<std::vector<Standing>>> history(RightsPermit permit, std::string purpose) override {
        if (notices_.purpose(purpose) == nullptr) co_return Error{Errc::not_found, "no such thing"};
        co_return co_await repository_.events(permit, purpose);
    }

    Task<Result<Standing>> choose(RightsPermit permit, Choose choice) override {
        // The purpose first: if the register is renewed in between, the version does not fit and nobody agrees to
        // other terms.
        auto const purpose = notices_.purpose(choice.purpose);
        if (purpose == nullptr) co_return Error{Errc::not_found, "no such thing"};
        if (!purpose->opt_in)
            co_return Error{Errc::conflict, "this purpose does not rest on consent", "", "not-consent-based"};
        if (choice.notice_version != notices_.current_version())
            co_return Error{Errc::conflict, "there is a newer notice", "notice_version", "notice-outdated"};
        auto const now = now_();
        Standing const standing{choice.purpose, choice.state, now, choice.notice_version,
                                DecisionId{uuid_v7(now)}};
        auto const recorded = co_await repository_.record(permit, standing, purpose->terms_hash);
        if (!recorded) co_return recorded.error();
        co_return standing;
    }

private:
    PgConsentRepository repository_;
    Notices const& notices_;
    Clock now_;
};

}  // namespace

std::unique_ptr<StandingRepository> make_standings(storage::Database& db, PermitIssuer& permits) {
    return std::make_unique<PgStandingRepository>(db, permits);
}

std::unique_ptr<Consents> make_consents(storage::Database& db, Notices const& notices, Clock now) {
    return std::make_unique<ConsentService>(db, notices, std::move(now));
}

}  // namespace samtal::consent
