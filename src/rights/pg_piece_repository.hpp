#pragma once

#include "archive_seal.hpp"
#include "pg_erasure_repository.hpp"

namespace samtal::rights {

/// One making of a request's archive.
struct Build {
    Work work;
    boost::uuids::uuid id;
};

/// An archive that can be fetched.
struct StoredArchive {
    boost::uuids::uuid build;
    std::uint64_t bytes;
};

/// Archives in sealed pieces: how they are made, on connections that nobody waits for, and how they are fetched.
/// Each step is a short transaction that may be repeated. An archive that is not finished cannot be fetched.
class PgPieceRepository {
public:
    PgPieceRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    /// False: the request is over, or another server is at work on it. What a maker that died has left goes.
    /// Unless it is finished, all is deleted after `expires`.
    Task<Result<bool>> begin(RightsPermit const&, Build const&, Timestamp expires);
    /// Numbers count from 1. Gives the hash of the piece as it is stored. `conflict`: the build is no longer the
    /// one that counts; `not_found`: the person was erased.
    Task<Result<std::string>> add(RightsPermit const&, Build const&, int number, std::string const& piece);
    /// From here on it can be fetched. `conflict`: the request is over, or another build took its place.
    Task<Result<void>> finish(RightsPermit const&, Build const&, ArchiveSeal const&, Timestamp now,
                              Timestamp expires);
    /// Deletes what is not finished.
    Task<Result<void>> drop(RightsPermit const&, Build const&);
    Task<Result<void>> expire(RightsPermit const&, Timestamp now);

    /// The actor's own, once all its pieces were found to be those that were made; leaves a record that it was
    /// fetched. `not_found` when there is none, or no longer. Throws when somebody changed it.
    Task<Result<StoredArchive>> fetch(RightsPermit const&, RequestId, Timestamp now);
    /// `not_found` when the archive went meanwhile.
    Task<Result<std::string>> piece(RightsPermit const&, RequestId, boost::uuids::uuid build, int number);

private:
    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::rights
