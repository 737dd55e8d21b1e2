#include "audit_fixture.hpp"

#include <algorithm>
#include <random>

namespace samtal::audit {
namespace {

/// What somebody with the database in hand, and even the server's own key, could make of a log.
class Tampering {
public:
    Tampering(Collected log, storage::Signer const& signer, unsigned seed)
        : log_{std::move(log)}, signer_{signer}, random_{seed} {}

    [[nodiscard]] std::optional<std::string> problem(Collected const& log,
                                                     std::optional<std::string> kept = {}) const {
        Verifier verifier{signer_.public_key(), std::move(kept)};
        std::size_t next = 0;
        Extent extent;
        for (StoredCheckpoint const& c : log.checkpoints) {
            for (; next < log.leaves.size() && log.leaves[next].position < c.size; ++next)
                verifier.add(log.leaves[next]);
            verifier.add(c);
            extent.signed_ = std::max(extent.signed_, c.size);
        }
        for (NumberedLeaf const& leaf : log.leaves) extent.numbered = std::max(extent.numbered, leaf.position + 1);
        verifier.finish(extent);
        return verifier.problem();
    }

    /// One change of one row, or a swap of two.
    Collected change() {
        Collected log = log_;
        switch (below(7)) {
            case 0:
                flip(log.leaves[below(log.leaves.size())].bytes);
                break;
            case 1:
                log.leaves.erase(log.leaves.begin() + static_cast<std::ptrdiff_t>(below(log.leaves.size())));
                break;
            case 2: {
                auto const [a, b] = two(log.leaves.size());
                std::swap(log.leaves[a].bytes, log.leaves[b].bytes);
                break;
            }
            case 3:
                flip(log.checkpoints[below(log.checkpoints.size())].note);
                break;
            case 4:
                flip(log.checkpoints[below(log.checkpoints.size())].frontier);
                break;
            case 5:
                log.checkpoints.erase(log.checkpoints.begin() +
                                      static_cast<std::ptrdiff_t>(below(log.checkpoints.size())));
                break;
            default: {
                auto const [a, b] = two(log.checkpoints.size());
                std::swap(log.checkpoints[a].note, log.checkpoints[b].note);
            }
        }
        return log;
    }

    /// An honest log again, but not the one it was: cut, or cut and gone on otherwise, below the checkpoint that
    /// was kept.
    std::pair<Collected, std::string> rewrite() {
        std::size_t const kept = 1 + below(log_.checkpoints.size() - 1);
        Collected log = log_;
        std::size_t const left = below(kept);
        log.checkpoints.resize(left);
        auto const size = left == 0 ? std::size_t{0} : static_cast<std::size_t>(log.checkpoints.back().size);
        log.leaves.resize(size);
        bool const fork = below(3) > 0;
        std::size_t const wanted = fork ? below(2 * log_.leaves.size()) : 0;
        while (log.leaves.size() < wanted) extend(log);
        return {std::move(log), log_.checkpoints[kept].note};
    }

private:
    std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_);
    }
    std::pair<std::size_t, std::size_t> two(std::size_t limit) {
        std::size_t const a = below(limit);
        return {a, (a + 1 + below(limit - 1)) % limit};
    }
    void flip(std::string& bytes) {
        char& byte = bytes[below(bytes.size())];
        byte = static_cast<char>(byte ^ (1 << below(8)));
    }
    /// A batch of other leaves, numbered and signed as the server would.
    void extend(Collected& log) {
        Frontier tree;
        std::string const previous = log.checkpoints.empty() ? "" : log.checkpoints.back().note;
        for (std::size_t n = 1 + below(6); n > 0; --n)
            log.leaves.push_back(
                {static_cast<std::int64_t>(log.leaves.size()), "other" + std::to_string(random_())});
        for (NumberedLeaf const& leaf : log.leaves) tree.append(leaf_hash(leaf.bytes));
        log.checkpoints.push_back({tree.size(), tree.hashes(),
                                   sign_checkpoint(signer_, {tree.size(), tree.root(), note_hash(previous)})});
    }

    Collected log_;
    storage::Signer const& signer_;
    std::mt19937 random_;
};

class TamperTest : public AuditTest {
protected:
    /// A log of its own, as exported: the beginning of the real one, so that the test does not grow with its
    /// neighbours.
    Collected exported() {
        for (int batch = 0; batch < 20; ++batch) {
            append(1 + batch % 7);
            (void)number();
        }
        Collected all = collect();
        Collected log;
        std::string previous;
        Frontier tree;
        for (std::size_t i = all.leaves.size() - 60; i < all.leaves.size(); ++i) {
            log.leaves.push_back({static_cast<std::int64_t>(log.leaves.size()), all.leaves[i].bytes});
            tree.append(leaf_hash(all.leaves[i].bytes));
            if (i % 4 != 3 && i + 1 != all.leaves.size()) continue;
            previous = sign_checkpoint(signer, {tree.size(), tree.root(), note_hash(previous)});
            log.checkpoints.push_back({tree.size(), tree.hashes(), previous});
        }
        return log;
    }

    /// Makes a change as a superuser, expects it to be found, and puts everything back.
    void expect_found(std::string const& change, std::optional<std::string> const& kept = {}) {
        test.admin(
            "DROP TABLE IF EXISTS saved_leaves, saved_checkpoints; CREATE TABLE saved_leaves AS TABLE "
            "audit_leaves; "
            "CREATE TABLE saved_checkpoints AS TABLE audit_checkpoints");
        auto const before = problem(kept);
        test.admin(change);
        EXPECT_EQ(before, std::nullopt);
        EXPECT_NE(problem(kept), std::nullopt) << change;
        test.admin(
            "DELETE FROM audit_leaves; DELETE FROM audit_checkpoints; INSERT INTO audit_leaves TABLE "
            "saved_leaves; "
            "INSERT INTO audit_checkpoints TABLE saved_checkpoints; DROP TABLE saved_leaves, saved_checkpoints");
        EXPECT_EQ(problem(kept), std::nullopt);
    }

    storage::Signer const signer{test.ring};
};

TEST_F(TamperTest, TenThousandRandomChangesAreAllFound) {
    Tampering tampering{exported(), signer, 20261125};
    Collected const untouched = exported();
    ASSERT_EQ(tampering.problem(untouched), std::nullopt) << "else everything is found";
    int missed = 0;
    for (int i = 0; i < 7000; ++i)
        if (!tampering.problem(tampering.change())) ++missed;
    for (int i = 0; i < 3000; ++i) {
        auto const [log, kept] = tampering.rewrite();
        if (!tampering.problem(log, kept)) ++missed;
    }
    EXPECT_EQ(missed, 0);
}

TEST_F(TamperTest, ARewrittenLogIsHonestInItselfAndOnlyTheKeptCheckpointTells) {
    Tampering tampering{exported(), signer, 7};
    for (int i = 0; i < 50; ++i) {
        auto const [log, kept] = tampering.rewrite();
        ASSERT_EQ(tampering.problem(log), std::nullopt);
    }
}

TEST_F(TamperTest, AChangeOfTheLiveDatabaseIsFound) {
    append(12);
    (void)number();
    append(5);
    std::string const kept = number();
    append(4);
    (void)number();
    std::string const one = "(SELECT leaf_id FROM audit_leaves WHERE position = 3)";
    for (std::string const set :
         {"act = 'test.other'", "acted_at = acted_at + interval '1 microsecond'", "code = 'x'",
          "reference = reference || ' '", "actor = '\\x01'", "subject = '\\x02'", "purpose = 'marketing'",
          "actor_kind = 'person'", "position = NULL", "leaf_id = gen_random_uuid()"})
        expect_found(fmt::format("UPDATE audit_leaves SET {} WHERE leaf_id = {}", set, one));
    expect_found("DELETE FROM audit_leaves WHERE position = 5");
    expect_found(
        "UPDATE audit_leaves SET position = 1000000 WHERE position = 2; UPDATE audit_leaves SET position = 2 "
        "WHERE "
        "position = 7; UPDATE audit_leaves SET position = 7 WHERE position = 1000000");
    std::string const newest = "size = (SELECT max(size) FROM audit_checkpoints)";
    std::string const oldest = "size = (SELECT min(size) FROM audit_checkpoints)";
    for (std::string const& which : {newest, oldest}) {
        expect_found("DELETE FROM audit_checkpoints WHERE " + which);
        expect_found("UPDATE audit_checkpoints SET note = overlay(note placing 'A' from 40) || '' WHERE " + which);
        expect_found(
            "UPDATE audit_checkpoints SET frontier = set_byte(frontier, 0, get_byte(frontier, 0) # 1) WHERE " +
            which);
        expect_found("UPDATE audit_checkpoints SET note = note || E'\\n' WHERE " + which);
    }
    // A truncation that is whole in itself: only the checkpoint that was kept tells.
    std::string const cut =
        "DELETE FROM audit_checkpoints WHERE size >= (SELECT s FROM (SELECT size AS s FROM audit_checkpoints "
        "ORDER BY size "
        "DESC OFFSET 1 LIMIT 1) AS second); DELETE FROM audit_leaves WHERE position >= (SELECT max(size) FROM "
        "audit_checkpoints)";
    expect_found(cut, kept);
}

TEST_F(TamperTest, AnotherKeysCheckpointIsRefused) {
    append(1);
    std::string const note = number();
    Verifier verifier{std::string(32, 'k'), std::nullopt};
    auto const permit = trail();
    verifier.finish(*testing::run(walk(log, permit, verifier)));
    EXPECT_NE(verifier.problem(), std::nullopt);
    EXPECT_NE(problem("not a checkpoint"), std::nullopt);
    std::string forged = note;
    forged.replace(forged.find('\n') + 1, 1, "9");
    EXPECT_NE(problem(forged), std::nullopt);
    EXPECT_EQ(problem(note), std::nullopt);
}

}  // namespace
}  // namespace samtal::audit
