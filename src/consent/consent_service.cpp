#include "consent_rules.hpp"
#include "notice_text.hpp"
#include "pg_consent_repository.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "samtal/register/choice.hpp"

namespace samtal::consent {

namespace {

class ConsentService final : public Consents {
public:
    ConsentService(storage::Database& db, Ledger& ledger, Notices const& notices, Clock now)
        : repository_{db, ledger}, notices_{notices}, now_{std::move(now)} {}

    Task<Result<Overview>> list(RightsPermit permit, ListConsents ask) override {
        Timestamp const now = now_();
        if (ask.at && *ask.at > now) co_return Error{Errc::invalid, "must not lie ahead", "at"};
        auto known = ask.at ? co_await repository_.states_at(permit, opt_in_purposes(), *ask.at)
                            : co_await repository_.states(permit);
        if (!known) co_return known.error();
        auto const seen = co_await repository_.acknowledged(permit, notices_.current_version());
        if (!seen) co_return seen.error();
        co_return Overview{complete(*std::move(known), notices_, ask.privacy_control, ask.at.value_or(now)),
                           notices_.current_version(), *seen};
    }

    Task<Result<History>> history(RightsPermit permit, ReadHistory ask) override {
        if (notices_.purpose(ask.purpose) == nullptr) co_return nothing;
        co_return co_await repository_.events(permit, ask);
    }

    Task<Result<Entry>> choose(RightsPermit permit, Choose choice) override {
        // The purpose first: if the register is renewed in between, the version does not fit and nobody agrees to
        // other terms.
        auto const purpose = notices_.purpose(choice.purpose);
        if (auto const refused = refuse(choice, purpose.get(), notices_.current_version())) co_return *refused;
        Timestamp const now = now_();
        Act act{std::move(choice.purpose),        purpose->terms_hash,   std::move(choice.state),
                std::move(choice.notice_version), std::move(choice.how), DecisionId{uuid_v7(now)}};
        co_return co_await repository_.record(permit, std::move(act), now);
    }

    Task<Result<Entry>> latest(RightsPermit permit, std::string purpose) override {
        if (notices_.purpose(purpose) == nullptr) co_return nothing;
        auto const found = co_await repository_.latest(permit, std::move(purpose));
        if (!found) co_return found.error();
        if (!*found) co_return nothing;
        co_return **found;
    }

    Task<Result<Timestamp>> acknowledge(RightsPermit permit, std::string notice_version) override {
        if (notice_version != notices_.current_version())
            co_return Error{Errc::conflict, "there is a newer notice", "version", "notice-outdated"};
        co_return co_await repository_.acknowledge(permit, std::move(notice_version), now_());
    }

    Task<Result<std::optional<Notices::Text>>> own_notice(RightsPermit permit, std::string language) override {
        auto const chosen = co_await repository_.chosen_periods(permit);
        if (!chosen) co_return chosen.error();
        Brand const& brand = notices_.brands().front();
        if (chosen->none() || (language != "sv" && language != "en")) co_return notices_.text(brand.id, language);
        auto const holds = processing::with_choice(*notices_.in_force(), *chosen);
        co_return std::optional{render_notice(holds, brand, language)};
    }

private:
    [[nodiscard]] std::vector<std::string> opt_in_purposes() const {
        std::vector<std::string> names;
        for (PurposeText const& purpose : notices_.purposes())
            if (purpose.opt_in) names.push_back(purpose.name);
        return names;
    }

    static constexpr Error nothing{Errc::not_found, "no such thing"};

    PgConsentRepository repository_;
    Notices const& notices_;
    Clock now_;
};

}  // namespace

std::unique_ptr<StandingRepository> make_standings(storage::Database& db, PermitIssuer& permits) {
    return std::make_unique<PgStandingRepository>(db, permits);
}

std::unique_ptr<Consents> make_consents(storage::Database& db, Ledger& ledger, Notices const& notices, Clock now) {
    return std::make_unique<ConsentService>(db, ledger, notices, std::move(now));
}

}  // namespace samtal::consent
