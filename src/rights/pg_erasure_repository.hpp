#pragma once

#include "certificate.hpp"
#include "pg_request_rows_repository.hpp"
#include "samtal/rights/rights.hpp"
#include "samtal/storage/database.hpp"

#include <functional>

namespace samtal::rights {

/// A request that the rounds work on.
struct Work {
    OrganisationId organisation;
    RequestId id;
    std::optional<UserId> user;
    std::string kind;
    std::string language;
};

/// How far a person's rows have been walked; as it is made, not at all.
struct Place {
    std::optional<std::string> holding;
    std::optional<std::string> key;  // the last row there, as PostgreSQL writes it; nothing: from its first one on
};

struct ErasedBatch {
    std::int64_t rows = 0;
    Place reached;
    std::vector<gateway::Head> changed;  // conversations, and how far they are now
};

/// The steps of an erasure, each a transaction that may be repeated. On connections that nobody else waits for.
class PgErasureRepository {
public:
    PgErasureRepository(storage::Database& db, storage::ColumnCipher& cipher, storage::SubjectKeys& keys)
        : db_{db}, cipher_{cipher}, keys_{keys} {}

    enum class Step { done, held, taken };  // taken: another server has it, or it is over

    /// A page of what is open, in the order of ids.
    Task<Result<std::vector<Work>>> open(RightsPermit const&, RequestId after);
    /// Shuts the account and ends its sessions. A legal hold stops it, and nothing is done.
    Task<Result<Step>> begin(RightsPermit const&, Work const&);
    /// From here on there is no way back: what was sealed is unreadable, wherever a copy of it lies.
    Task<Result<Step>> destroy_key(RightsPermit const&, Work const&);
    /// Who may have seen the account before it was shut, and may still write for it.
    Task<Result<std::vector<std::string>>> others_at_work(RightsPermit const&);
    /// About `most` rows from `from` on; `lasting`: this batch and those before are on disk when it is done.
    /// Nothing: another server has the request.
    Task<Result<std::optional<ErasedBatch>>> erase_batch(RightsPermit const&, Work const&, Place const& from,
                                                         int most, bool lasting);
    using Certify = std::function<std::string(Certificate const&)>;
    Task<Result<void>> finish(RightsPermit const&, Work const&, Certify const&, Timestamp now);

    struct Somebody {
        OrganisationId organisation;
        UserId user;
    };
    /// A page of people, in the order of ids.
    Task<Result<std::vector<Somebody>>> people(RightsPermit const&, UserId after);
    /// Erasures of those whose invitation ran out a `period` (ISO 8601) ago and was never taken up; up to a
    /// hundred.
    Task<Result<std::size_t>> lapse(RightsPermit const&, std::string const& period, Timestamp now);
    /// Those of them who were erased, as the key store knows it; each gets an erasure of its own, if none is open.
    Task<Result<std::size_t>> replay(RightsPermit const&, std::vector<Somebody> const&, Timestamp now);

    Task<Result<Workload>> workload(RightsPermit const&, Timestamp now);

private:
    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    storage::SubjectKeys& keys_;
};

}  // namespace samtal::rights
