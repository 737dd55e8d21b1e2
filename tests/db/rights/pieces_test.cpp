#include "rights/archive_source.hpp"
#include "rights/piece_writer.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "support/database.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace samtal::rights {
namespace {

using testing::run;
using P = purpose::RightsAndEvidence;

/// A request for an archive, and makers of it.
class ArchivePiecesTest : public testing::DatabaseTest {
protected:
    ArchivePiecesTest() {
        test.admin(fmt::format(
            "INSERT INTO privacy_requests (organisation_id, request_id, user_id, subject, kind, state, language, "
            "received_at, due_at) VALUES ('{}', '{}', '{}', sha256(''), 'access', 'received', 'sv', now(), now())",
            organisation.text(), id.text(), who.user.text()));
    }
    Build another() { return {{organisation, id, who.user, "access", "sv"}, uuid_v7(system_now())}; }
    bool begin(Build const& build) {
        return run(pieces.begin(machine, build, system_now() + std::chrono::hours{1})).value();
    }
    Result<void> finish(Build const& build, ArchiveSeal const& seal) {
        return run(pieces.finish(machine, build, seal, system_now(), system_now() + std::chrono::hours{1}));
    }
    PieceWriter writer(Build const& build) {
        return {pieces, machine, build, [] { return false; }};
    }
    /// Three pieces, finished.
    void make() {
        Build const build = another();
        ASSERT_TRUE(begin(build));
        auto to = writer(build);
        for (auto const* piece : {"one ", "two ", "three"}) ASSERT_TRUE(run(to.add(piece)));
        ASSERT_TRUE(finish(build, to.seal()));
    }
    std::string fetched() {
        auto const archive = run(pieces.fetch(permit<P>(who), id, system_now()));
        if (!archive) return "refused";
        ArchiveSource source{pieces, permit<P>(who), id, *archive};
        std::string all;
        while (all.size() < source.size()) {
            std::string const piece = run(source.next());
            if (piece.empty()) return all + "…";
            all += piece;
        }
        return all;
    }
    std::string one(std::string const& sql) { return test.admin(sql)[0][0].c_str(); }
    std::string count(std::string const& table) {
        return one(fmt::format("SELECT count(*) FROM {} WHERE request_id = '{}'", table, id.text()));
    }
    void change(std::string const& what) {
        test.admin(fmt::format(fmt::runtime(what), fmt::arg("mine", fmt::format("request_id = '{}'", id.text()))));
    }

    Principal const who = person();
    RequestId const id{uuid_v7(system_now())};
    Permit<P> const machine = gate.permit_machine<P>(organisation);
    PgPieceRepository pieces{db, cipher};
};

TEST_F(ArchivePiecesTest, ComeBackInTheirOrder) {
    make();
    EXPECT_EQ(fetched(), "one two three");
}

TEST_F(ArchivePiecesTest, AreNotThereUntilTheArchiveIsFinished) {
    Build const build = another();
    ASSERT_TRUE(begin(build));
    auto to = writer(build);
    ASSERT_TRUE(run(to.add("one")));
    EXPECT_EQ(fetched(), "refused");
    ASSERT_TRUE(finish(build, to.seal()));
    EXPECT_EQ(fetched(), "one");
}

TEST_F(ArchivePiecesTest, AreNotServedToAnotherPersonNorPastTheirTime) {
    make();
    auto const other = person();
    EXPECT_FALSE(run(pieces.fetch(permit<P>(other), id, system_now())));
    EXPECT_FALSE(run(pieces.fetch(permit<P>(who), id, system_now() + std::chrono::hours{2})));
}

TEST_F(ArchivePiecesTest, AreNotReadableInTheDatabase) {
    make();
    EXPECT_EQ(one("SELECT count(*) FROM privacy_archive_pieces WHERE position('three'::bytea IN piece) > 0"), "0");
}

/// Each is tried on an archive that is served before.
TEST_F(ArchivePiecesTest, ThatWereDroppedSwappedMovedOrChangedAreNotServed) {
    for (auto const* tampering : {
             "DELETE FROM privacy_archive_pieces WHERE number = 2 AND {mine}",
             "DELETE FROM privacy_archive_pieces WHERE number = 3 AND {mine}",
             "DELETE FROM privacy_archive_pieces WHERE {mine}",
             "UPDATE privacy_archive_pieces SET number = CASE number WHEN 1 THEN 12 WHEN 2 THEN 11 ELSE 13 END "
             "WHERE {mine}",
             "UPDATE privacy_archive_pieces a SET piece = b.piece FROM privacy_archive_pieces b "
             "WHERE a.{mine} AND b.request_id = a.request_id AND a.number + b.number = 3",
             "UPDATE privacy_archive_pieces SET piece = set_byte(piece, 30, get_byte(piece, 30) # 1) "
             "WHERE number = 1 AND {mine}",
             "INSERT INTO privacy_archive_pieces SELECT organisation_id, request_id, 4, user_id, piece_id, piece "
             "FROM privacy_archive_pieces WHERE number = 3 AND {mine}",
         }) {
        change("DELETE FROM privacy_archives WHERE {mine}");
        change("UPDATE privacy_requests SET state = 'received' WHERE {mine}");
        make();
        ASSERT_EQ(fetched(), "one two three");
        change(tampering);
        EXPECT_THROW(fetched(), std::runtime_error) << tampering;
    }
}

TEST_F(ArchivePiecesTest, ASealOfAnotherRequestDoesNotOpen) {
    make();
    change("UPDATE privacy_archives SET archive = set_byte(archive, 30, get_byte(archive, 30) # 1) WHERE {mine}");
    EXPECT_EQ(fetched(), "refused");
}

TEST_F(ArchivePiecesTest, AreMadeByOneServerAtATime) {
    Build const first = another();
    ASSERT_TRUE(begin(first));
    EXPECT_TRUE(begin(first)) << "a repeated transaction";
    EXPECT_FALSE(begin(another()));
    auto to = writer(first);
    ASSERT_TRUE(run(to.add("one")));
    EXPECT_TRUE(finish(first, to.seal()));
    EXPECT_FALSE(begin(another())) << "the request is answered";
}

TEST_F(ArchivePiecesTest, OfAMakerThatDiedGoAndItIsMadeAnew) {
    Build const dead = another();
    ASSERT_TRUE(begin(dead));
    auto from_the_dead = writer(dead);
    ASSERT_TRUE(run(from_the_dead.add("half")));
    change("UPDATE privacy_archives SET alive_at = now() - interval '21 seconds' WHERE {mine}");
    Build const second = another();
    ASSERT_TRUE(begin(second));
    EXPECT_EQ(count("privacy_archive_pieces"), "0");
    auto to = writer(second);
    ASSERT_TRUE(run(to.add("whole")));
    EXPECT_EQ(run(from_the_dead.add("late")).error().code, Errc::conflict);
    EXPECT_EQ(finish(dead, from_the_dead.seal()).error().code, Errc::conflict);
    EXPECT_TRUE(run(pieces.drop(machine, dead)));
    ASSERT_TRUE(finish(second, to.seal()));
    EXPECT_EQ(fetched(), "whole");
}

TEST_F(ArchivePiecesTest, GoWithAMakingThatFailed) {
    Build const build = another();
    ASSERT_TRUE(begin(build));
    auto to = writer(build);
    ASSERT_TRUE(run(to.add("one")));
    ASSERT_TRUE(run(pieces.drop(machine, build)));
    EXPECT_EQ(count("privacy_archive_pieces"), "0");
    EXPECT_TRUE(begin(another())) << "at once";
}

TEST_F(ArchivePiecesTest, GoWhenTheirTimeIsOverFinishedOrNot) {
    make();
    ASSERT_TRUE(run(pieces.expire(machine, system_now())));
    EXPECT_EQ(fetched(), "one two three");
    ASSERT_TRUE(run(pieces.expire(machine, system_now() + std::chrono::hours{2})));
    EXPECT_EQ(count("privacy_archive_pieces"), "0");
    EXPECT_EQ(one(fmt::format("SELECT state FROM privacy_requests WHERE request_id = '{}'", id.text())), "done");
}

TEST_F(ArchivePiecesTest, StopWhenTheServerStops) {
    Build const build = another();
    ASSERT_TRUE(begin(build));
    PieceWriter to{pieces, machine, build, [] { return true; }};
    EXPECT_FALSE(run(to.add("one")));
    EXPECT_EQ(count("privacy_archive_pieces"), "0");
}

/// Another archive of the same request, made while the first is on its way: nobody gets the halves of two.
TEST_F(ArchivePiecesTest, AnArchiveThatIsMadeAgainEndsADownloadOfTheOldOne) {
    make();
    auto const archive = run(pieces.fetch(permit<P>(who), id, system_now())).value();
    ArchiveSource source{pieces, permit<P>(who), id, archive};
    EXPECT_EQ(run(source.next()), "one ");
    change("DELETE FROM privacy_archives WHERE {mine}");
    change("UPDATE privacy_requests SET state = 'received' WHERE {mine}");
    make();
    EXPECT_EQ(run(source.next()), "");
}

TEST_F(ArchivePiecesTest, GoWithThePersonAndBreakADownload) {
    make();
    auto const archive = run(pieces.fetch(permit<P>(who), id, system_now())).value();
    ArchiveSource source{pieces, permit<P>(who), id, archive};
    EXPECT_EQ(run(source.next()), "one ");
    test.keys->erase(who.user);
    EXPECT_EQ(run(source.next()), "") << "no key";
    test.admin(
        fmt::format("SELECT erase_subject('{}', '{}', NULL, NULL, 1000)", organisation.text(), who.user.text()));
    EXPECT_EQ(count("privacy_archive_pieces"), "0");
    EXPECT_EQ(count("privacy_archives"), "0");
}

}  // namespace
}  // namespace samtal::rights
