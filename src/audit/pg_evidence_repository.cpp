#include "pg_evidence_repository.hpp"

#include "pseudonym.hpp"
#include "samtal/storage/values.hpp"

#include <algorithm>

namespace samtal::audit {

namespace {

using storage::Tx;

constexpr storage::Statement read_access_log{R"sql(
-- audit.access_log
SELECT leaf_id, actor, purpose, code, reference, (extract(epoch FROM acted_at) * 1000)::bigint
  FROM audit_leaves
 WHERE subject = $1::bytea AND act = 'staff.read' AND leaf_id < $2::uuid
 ORDER BY leaf_id DESC
 LIMIT $3::int
)sql"};

// Few of an organisation's people; the bound is for an organisation that made everybody an administrator.
constexpr storage::Statement find_colleagues{R"sql(
-- audit.staff_colleagues
SELECT u.user_id, p.given_name, p.family_name
  FROM users u
  JOIN profiles p ON (p.organisation_id, p.user_id) = (u.organisation_id, u.user_id)
 WHERE u.organisation_id = $1::uuid AND u.role <> 'member'
 LIMIT 1000
)sql"};

constexpr storage::Statement read_disclosures{R"sql(
-- audit.disclosures
SELECT disclosure_id, (extract(epoch FROM disclosed_at) * 1000)::bigint, recipient, purpose, array_to_string(categories, ','),
       reason, country
  FROM disclosures
 WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND disclosure_id < $3::uuid
 ORDER BY disclosure_id DESC
 LIMIT $4::int
)sql"};

constexpr Error absent{Errc::not_found, "no such thing"};

std::string before(ReadPage const& page) {
    return page.before ? page.before->text() : "ffffffff-ffff-ffff-ffff-ffffffffffff";
}

/// One row more than the page was asked for: there is a next one.
template <class Item>
void cut(Page<Item>& page, int limit) {
    if (page.items.size() <= static_cast<std::size_t>(limit)) return;
    page.items.pop_back();
    page.next = page.items.back().id;
}

std::vector<std::string> split(std::string const& text) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t const end = std::min(text.find(',', begin), text.size());
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

}  // namespace

struct PgEvidenceRepository::Looker {
    std::string pseudonym;
    StaffRead read;
};

/// Nobody can turn a pseudonym back; but each of a few people's can be made and compared, while they have a key.
void PgEvidenceRepository::recognise(Tx& tx, OrganisationId organisation, std::span<Looker> lookers) {
    if (lookers.empty()) return;
    for (auto const& row : tx.exec(find_colleagues, organisation.text())) {
        auto const user = storage::id_of<UserId>(row[0]);
        auto const own = pseudonym(cipher_, user);
        if (!own || std::ranges::find(lookers, *own, &Looker::pseudonym) == lookers.end()) continue;
        auto given =
            cipher_.open(user, {field::ProfilesGivenName::column, user.value()}, storage::bytes_of(row[1]));
        auto family =
            cipher_.open(user, {field::ProfilesFamilyName::column, user.value()}, storage::bytes_of(row[2]));
        if (!given || !family) continue;
        for (Looker& looker : lookers)
            if (looker.pseudonym == *own)
                looker.read.name = {Personal<std::string, field::ProfilesGivenName>{*given},
                                    Personal<std::string, field::ProfilesFamilyName>{*family}};
    }
}

Task<Result<Page<StaffRead>>> PgEvidenceRepository::access_log(RightsPermit const& permit, ReadPage const& ask) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<Page<StaffRead>> {
        auto const subject = pseudonym(cipher_, permit.actor());
        if (!subject) return absent;
        std::vector<Looker> lookers;
        for (auto const& row : tx.exec(read_access_log, storage::bytea(*subject), before(ask), ask.limit + 1))
            lookers.push_back(
                {storage::bytes_of(row[1]),
                 {storage::id_of<EvidenceId>(row[0]), storage::time_of(row[5]), storage::text_of(row[2]),
                  storage::text_of(row[3]), storage::text_of(row[4]), std::nullopt}});
        recognise(tx, permit.organisation(), lookers);
        Page<StaffRead> page;
        for (Looker& looker : lookers) page.items.push_back(std::move(looker.read));
        cut(page, ask.limit);
        return page;
    });
}

Task<Result<Page<ReadDisclosure>>> PgEvidenceRepository::disclosures(RightsPermit const& permit,
                                                                     ReadPage const& ask) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<Page<ReadDisclosure>> {
        Page<ReadDisclosure> page;
        for (auto const& row : tx.exec(read_disclosures, permit.organisation().text(), permit.actor().text(),
                                       before(ask), ask.limit + 1)) {
            auto const id = storage::id_of<EvidenceId>(row[0]);
            auto reason = cipher_.open(permit.actor(), {field::DisclosuresReason::column, id.value()},
                                       storage::bytes_of(row[5]));
            if (!reason) return absent;
            page.items.push_back(
                {id, Personal<Timestamp, field::DisclosuresDisclosedAt>{storage::time_of(row[1])},
                 Personal<std::string, field::DisclosuresRecipient>{storage::text_of(row[2])},
                 Personal<std::string, field::DisclosuresPurpose>{storage::text_of(row[3])},
                 Personal<std::vector<std::string>, field::DisclosuresCategories>{split(storage::text_of(row[4]))},
                 Personal<std::string, field::DisclosuresReason>{*std::move(reason)},
                 Personal<std::string, field::DisclosuresCountry>{storage::text_of(row[6])}});
        }
        cut(page, ask.limit);
        return page;
    });
}

}  // namespace samtal::audit
