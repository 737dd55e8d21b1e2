#pragma once

#include "audit/checkpoint.hpp"
#include "audit/pg_audit_log_repository.hpp"
#include "audit/sequencer.hpp"
#include "audit/verifier.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/storage/audit_leaf.hpp"
#include "support/database.hpp"

#include <fmt/format.h>

namespace samtal::audit {

/// The log as a reader gets it.
class Collected final : public LogVisitor {
public:
    void add(NumberedLeaf const& leaf) override { leaves.push_back(leaf); }
    void add(StoredCheckpoint const& checkpoint) override { checkpoints.push_back(checkpoint); }
    void add(StoredPruning const& statement) override { prunings.push_back(statement); }

    std::vector<NumberedLeaf> leaves;
    std::vector<StoredCheckpoint> checkpoints;
    std::vector<StoredPruning> prunings;
};

class AuditTest : public testing::DatabaseTest {
protected:
    AuditTest() { (void)number(); }

    TrailPermit trail() { return gate.permit_machine<purpose::AuditTrail>(OrganisationId::nil()); }

    /// Appends leaves about nobody, each in a transaction of its own.
    void append(int count, std::string const& reference = "test") {
        auto const permit = this->permit<purpose::RightsAndEvidence>(staff);
        for (int i = 0; i < count; ++i)
            ASSERT_TRUE(testing::run(db.run(permit, [&](storage::Tx& tx) -> Result<void> {
                storage::append_audit_leaf(
                    tx, {"test.act", ActorKind::machine, "", "", purpose::RightsAndEvidence::name,
                         reference + std::to_string(i), "", system_now()});
                return {};
            })));
    }
    /// Numbers everything that waits and returns the newest checkpoint's note.
    std::string number() {
        auto const newest = testing::run(sequencer.checkpoint(trail()));
        return *newest ? (*newest)->note : std::string{};
    }
    std::optional<std::string> problem(std::optional<std::string> kept = {}) {
        Verifier verifier{sequencer.public_key(), std::move(kept)};
        auto const permit = trail();
        auto const extent = testing::run(walk(log, permit, verifier));
        verifier.finish(*extent);
        return verifier.problem();
    }
    Collected collect() {
        Collected collected;
        auto const permit = trail();
        (void)testing::run(walk(log, permit, collected));
        return collected;
    }
    std::int64_t count(std::string const& where) {
        return test.admin("SELECT count(*) FROM audit_leaves WHERE " + where)[0][0].as<std::int64_t>();
    }

    Principal const staff = person();
    boost::asio::io_context loop;
    Sequencer sequencer{db, test.ring, gate, loop.get_executor()};
    PgAuditLogRepository log{db};
};

}  // namespace samtal::audit
