#include "samtal/storage/audit_leaf.hpp"

#include "support/database.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace samtal::storage {
namespace {

using testing::run;

class AuditLeafTest : public testing::DatabaseTest {
protected:
    /// Writes a leaf about nobody with this reference, and commits or rolls back.
    Result<void> write(std::string reference, bool commit) {
        auto const permit = this->permit<purpose::RightsAndEvidence>(person());
        AuditLeaf const leaf{
            "test.act", ActorKind::machine, "", "", purpose::RightsAndEvidence::name, std::move(reference),
            "",         system_now()};
        return run(db.run(permit, [&](Tx& tx) -> Result<void> {
            append_audit_leaf(tx, leaf);
            if (!commit) return Error{Errc::conflict, "rolled back"};
            return {};
        }));
    }
    int leaves(std::string const& reference) {
        return test.admin(fmt::format("SELECT count(*) FROM audit_leaves WHERE reference = '{}'", reference))[0][0]
            .as<int>();
    }
};

TEST_F(AuditLeafTest, IsCommittedWithItsActOrNotAtAll) {
    std::string const reference = testing::fresh_id<DecisionId>().text();
    EXPECT_FALSE(write(reference, false));
    EXPECT_EQ(leaves(reference), 0);
    EXPECT_TRUE(write(reference, true));
    EXPECT_EQ(leaves(reference), 1);
}

}  // namespace
}  // namespace samtal::storage
