#pragma once

#include "pg_piece_repository.hpp"

#include <functional>

namespace samtal::rights {

/// Stores an archive's pieces while it is made. Repository, permit and build outlive it.
class PieceWriter {
public:
    /// `stopping`: no more pieces, the archive is begun again at the next start.
    PieceWriter(PgPieceRepository& pieces, RightsPermit const& permit, Build const& build,
                std::function<bool()> stopping)
        : pieces_{pieces}, permit_{permit}, build_{build}, stopping_{std::move(stopping)} {}

    Task<Result<void>> add(std::string piece) {
        if (stopping_()) co_return Error{Errc::exhausted, "the server stops"};
        auto const hash = co_await pieces_.add(permit_, build_, ++count_, piece);
        if (!hash) co_return hash.error();
        bytes_ += piece.size();
        hash_.add(*hash);
        co_return Result<void>{};
    }
    /// Of all that were added. Once.
    [[nodiscard]] ArchiveSeal seal() { return {bytes_, hash_.finish()}; }

private:
    PgPieceRepository& pieces_;
    RightsPermit const& permit_;
    Build const& build_;
    std::function<bool()> stopping_;
    int count_ = 0;
    std::uint64_t bytes_ = 0;
    SealHash hash_;
};

}  // namespace samtal::rights
