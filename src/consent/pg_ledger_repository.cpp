#include "samtal/consent/ledger.hpp"

#include "receipt_codec.hpp"
#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/values.hpp"

#include <algorithm>

namespace samtal::consent {

namespace {

constexpr storage::Statement lock_chain{R"sql(
-- consent.lock_chain
SELECT sequence, hash, (extract(epoch FROM nullif(acted_at, '-infinity')) * 1000)::bigint
  FROM lock_consent_chain($1::uuid, $2::uuid)
)sql"};

constexpr storage::Statement append_event{R"sql(
-- consent.append_event
SELECT append_consent($1::uuid, $2::uuid, $3::uuid, $4::bytea, $5::bigint, $6::bytea, $7, $8, $9, $10::bytea,
                      to_timestamp($11::bigint / 1000.0), $12::bytea, $13::bytea)
)sql"};

constexpr storage::Statement renew_terms{R"sql(
-- consent.renew_terms
SELECT renew_consent_terms($1::text[], $2::bytea[], to_timestamp($3::bigint / 1000.0))
)sql"};

constexpr Error outdated{Errc::conflict, "there is a newer notice", "notice_version", "notice-outdated"};
constexpr Error nobody{Errc::not_found, "no such thing"};

Literal audit_act(std::string_view state) {
    if (state == "given") return "consent.given";
    if (state == "withdrawn") return "consent.withdrawn";
    return "consent.refused";
}

std::string notice_hash(Notices const& notices, std::string& language) {
    Brand const& brand = notices.brands().front();
    if (language.empty()) language = brand.default_language;
    auto const notice = notices.text(brand.id, language);
    return storage::sha256(notice ? notice->text : std::string{});
}

}  // namespace

Result<Entry> Ledger::append(storage::Tx& tx, ActorKind by, OrganisationId organisation, UserId subject, Act act,
                             Timestamp now) {
    auto const pseudonym = cipher_.owner_hash(subject, "consent", subject.text());
    if (!pseudonym) return nobody;
    auto const audited = cipher_.owner_hash(subject, "audit", subject.text());
    if (!audited) return nobody;
    auto const heads = tx.exec(lock_chain, organisation.text(), subject.text());
    if (heads.empty()) return nobody;
    auto const last = storage::optional_time_of(heads[0][2]);

    Evidence evidence{std::move(act),
                      *pseudonym,
                      heads[0][0].as<std::int64_t>() + 1,
                      storage::bytes_of(heads[0][1]),
                      last ? std::max(now, *last) : now,
                      notices_.in_force()->controller,
                      {}};
    evidence.notice_hash = notice_hash(notices_, evidence.act.how.language);
    // After the text was read: a register that was renewed meanwhile shows.
    if (evidence.act.notice_version != notices_.current_version()) return outdated;
    std::string document = compose_document(evidence);
    std::string signature = signer_.sign(document);
    Act const& done = evidence.act;
    tx.exec(append_event, organisation.text(), subject.text(), done.event.text(), storage::bytea(evidence.subject),
            evidence.sequence, storage::bytea(evidence.previous_hash), done.purpose, done.state,
            done.notice_version, storage::bytea(done.terms_hash), storage::ms(evidence.acted_at),
            storage::bytea(document), storage::bytea(signature));
    storage::append_audit_leaf(tx, {audit_act(done.state), by, *audited, *audited, done.purpose, done.event.text(),
                                    "", evidence.acted_at});
    return Entry{done.event,        evidence.sequence,   done.purpose,        done.state,
                 evidence.acted_at, done.notice_version, std::move(document), std::move(signature)};
}

void put_terms_in_force(storage::Tx& tx, std::vector<PurposeText> const& purposes, Timestamp at) {
    storage::ArrayLiteral names, hashes;
    for (PurposeText const& purpose : purposes) {
        if (!purpose.opt_in) continue;
        names.add(purpose.name);
        hashes.add(storage::bytea(purpose.terms_hash));
    }
    tx.exec(renew_terms, names.text(), hashes.text(), storage::ms(at));
}

}  // namespace samtal::consent
