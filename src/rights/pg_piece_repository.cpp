#include "pg_piece_repository.hpp"

#include "erasure_statements.hpp"
#include "piece_statements.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/values.hpp"

#include <stdexcept>

namespace samtal::rights {

using storage::ms;
using storage::Tx;

namespace {

constexpr Error no_archive{Errc::not_found, "no such thing"};
constexpr Error lost{Errc::conflict, "another archive took its place"};

storage::Cell seal_cell(RequestId id) {
    return {field::PrivacyArchivesArchive::column, id.value()};
}

storage::Cell piece_cell(boost::uuids::uuid piece) {
    return {field::PrivacyArchivePiecesPiece::column, piece};
}

boost::uuids::uuid uuid_of(pqxx::field const& f) {
    return parse_uuid({f.c_str(), f.size()}).value();
}

/// As they stand in the database, a page after the other.
std::string hash_of_pieces(Tx& tx, RightsPermit const& permit, RequestId id) {
    SealHash hash;
    int after = 0;
    for (;;) {
        auto const rows =
            tx.exec(piece_hashes, permit.organisation().text(), id.text(), permit.actor().text(), after);
        if (rows.empty()) return hash.finish();
        for (auto const& row : rows) hash.add(storage::bytes_of(row[1]));
        after = rows[rows.size() - 1][0].as<int>();
    }
}

}  // namespace

Task<Result<bool>> PgPieceRepository::begin(RightsPermit const& permit, Build const& build, Timestamp expires) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<bool> {
        Work const& work = build.work;
        std::string const organisation = work.organisation.text();
        std::string const request = work.id.text();
        std::string const id = uuid_text(build.id);
        if (tx.exec(take_request, organisation, request).empty()) return false;
        tx.exec(set_running, organisation, request, "");
        tx.exec(drop_stale_build, organisation, request, id);
        tx.exec(begin_build, organisation, request, work.user->text(), id, ms(expires));
        return !tx.exec(is_building, organisation, request, id).empty();
    });
}

Task<Result<std::string>> PgPieceRepository::add(RightsPermit const& permit, Build const& build, int number,
                                                 std::string const& piece) {
    auto const id = uuid_v7(system_now());
    std::string sealed;  // outside: a repeated body stores the same
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<std::string> {
        Work const& work = build.work;
        if (sealed.empty()) {
            auto made = cipher_.seal(*work.user, piece_cell(id), piece);
            if (!made) return made.error();
            sealed = *std::move(made);
        }
        std::string const organisation = work.organisation.text();
        if (tx.exec(build_is_alive, organisation, work.id.text(), uuid_text(build.id)).empty()) return lost;
        tx.exec(add_piece, organisation, work.id.text(), number, work.user->text(), uuid_text(id),
                storage::bytea(sealed));
        return storage::sha256(sealed);
    });
}

Task<Result<void>> PgPieceRepository::finish(RightsPermit const& permit, Build const& build,
                                             ArchiveSeal const& seal, Timestamp now, Timestamp expires) {
    bool tried = false;  // outside: a repeated body finds what the first has done
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        Work const& work = build.work;
        std::string const organisation = work.organisation.text();
        auto const request = tx.exec(take_request, organisation, work.id.text());
        if (request.empty()) return std::exchange(tried, true) ? Result<void>{} : Result<void>{lost};
        tried = true;
        auto const sealed = cipher_.seal(*work.user, seal_cell(work.id), encode(seal));
        if (!sealed) return sealed.error();
        if (tx.exec(finish_build, organisation, work.id.text(), uuid_text(build.id), storage::bytea(*sealed),
                    ms(expires))
                .empty())
            return lost;
        tx.exec(set_ready, organisation, work.id.text(), ms(now));
        record(tx, permit, "rights.archive_made", storage::bytes_of(request[0][0]), work.id, now);
        return {};
    });
}

Task<Result<void>> PgPieceRepository::drop(RightsPermit const& permit, Build const& build) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        tx.exec(drop_build, build.work.organisation.text(), build.work.id.text(), uuid_text(build.id));
        return {};
    });
}

Task<Result<void>> PgPieceRepository::expire(RightsPermit const& permit, Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<void> {
        tx.exec(expire_archives, ms(now));
        return {};
    });
}

Task<Result<StoredArchive>> PgPieceRepository::fetch(RightsPermit const& permit, RequestId id, Timestamp now) {
    co_return co_await db_.run(permit, [&](Tx& tx) -> Result<StoredArchive> {
        UserId const user = permit.actor();
        auto const rows = tx.exec(read_archive, permit.organisation().text(), id.text(), user.text(), ms(now));
        if (rows.empty()) return no_archive;
        auto const opened = cipher_.open(user, seal_cell(id), storage::bytes_of(rows[0][1]));
        auto const subject = pseudonym(cipher_, user);
        if (!opened || !subject) return no_archive;
        auto const seal = decode_seal(*opened);
        if (!seal) return seal.error();
        if (hash_of_pieces(tx, permit, id) != seal->hash)
            throw std::runtime_error{"an archive is not the one that was made"};
        record(tx, permit, "rights.archive_fetched", *subject, id, now);
        return StoredArchive{uuid_of(rows[0][0]), seal->bytes};
    });
}

Task<Result<std::string>> PgPieceRepository::piece(RightsPermit const& permit, RequestId id,
                                                   boost::uuids::uuid build, int number) {
    co_return co_await db_.read(permit, [&](Tx& tx) -> Result<std::string> {
        auto const rows = tx.exec(read_piece, permit.organisation().text(), id.text(), permit.actor().text(),
                                  uuid_text(build), number);
        if (rows.empty()) return no_archive;
        return cipher_.open(permit.actor(), piece_cell(uuid_of(rows[0][0])), storage::bytes_of(rows[0][1]));
    });
}

}  // namespace samtal::rights
