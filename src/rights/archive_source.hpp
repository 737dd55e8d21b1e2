#pragma once

#include "pg_piece_repository.hpp"
#include "samtal/net/http.hpp"

namespace samtal::rights {

/// A stored archive on its way to the person, a piece at a time. It ends early when the archive goes meanwhile:
/// the person is erased, a value in it is corrected, its time is over.
class ArchiveSource final : public net::BodySource {
public:
    ArchiveSource(PgPieceRepository& pieces, RightsPermit permit, RequestId id, StoredArchive archive)
        : pieces_{pieces}, permit_{std::move(permit)}, id_{id}, archive_{archive} {}

    [[nodiscard]] std::uint64_t size() const noexcept override { return archive_.bytes; }
    Task<std::string> next() override {
        auto piece = co_await pieces_.piece(permit_, id_, archive_.build, ++sent_);
        co_return piece ? *std::move(piece) : std::string{};
    }

private:
    PgPieceRepository& pieces_;
    RightsPermit permit_;
    RequestId id_;
    StoredArchive archive_;
    int sent_ = 0;
};

}  // namespace samtal::rights
