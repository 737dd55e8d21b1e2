#include "pg_law_record_repository.hpp"

#include "law_record_codec.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::calls {

namespace {

constexpr storage::Statement keep_records{R"sql(
-- calls.keep_by_law
SELECT law_retain($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bigint[])
)sql"};

}  // namespace

void keep_by_law(storage::Tx& tx, storage::LawRetentionCipher const& cipher,
                 std::vector<LawRecord> const& records) {
    if (records.empty()) return;
    storage::ArrayLiteral organisations, sources, callers, callees, sealed, ended;
    for (LawRecord const& record : records) {
        SetupPermit const& permit = record.permit;
        auto const hash = [&](std::optional<Party> const& party) {
            return storage::bytea(party ? cipher.number_hash(party->open(permit).text) : std::string{});
        };
        std::string const source = cipher.source_hash(record.source);
        organisations.add(permit.organisation().text());
        sources.add(storage::bytea(source));
        callers.add(hash(record.call.caller));
        callees.add(hash(record.call.callee));
        sealed.add(storage::bytea(cipher.seal(source, encode_law_record(permit, record.from, record.call))));
        ended.add(std::to_string(storage::ms(record.call.times.open(permit).ended_at)));
    }
    tx.exec(keep_records, organisations.text(), sources.text(), callers.text(), callees.text(), sealed.text(),
            ended.text());
}

}  // namespace samtal::calls
