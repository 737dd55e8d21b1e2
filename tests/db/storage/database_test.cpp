#include "samtal/storage/database.hpp"

#include "support/database.hpp"

#include <gtest/gtest.h>

namespace samtal::storage {
namespace {

using testing::run;

constexpr Statement hang_up{R"sql(
-- test.hang_up
SELECT pg_terminate_backend(pg_backend_pid())
)sql"};

constexpr Statement soon_enough{R"sql(
-- test.soon_enough
SELECT set_config('statement_timeout', '1', true)
)sql"};

constexpr Statement dawdle{R"sql(
-- test.dawdle
SELECT pg_sleep(60)
)sql"};

class DatabaseInDoubtTest : public testing::DatabaseTest {
protected:
    /// Runs a body whose first `losses` attempts lose their connection, and counts the attempts.
    Result<int> attempts(int losses) {
        auto const permit = this->permit<purpose::ChatMessaging>(person());
        return run(db.alone(permit, [losses, attempt = 0](Tx& tx) mutable -> Result<int> {
            if (++attempt <= losses) tx.exec(hang_up);
            return attempt;
        }));
    }
};

TEST_F(DatabaseInDoubtTest, RunsABodyAgainAfterItsConnectionWasLost) {
    EXPECT_EQ(*attempts(0), 1);
    EXPECT_EQ(*attempts(2), 3);
}

TEST_F(DatabaseInDoubtTest, SaysSoWhenTheOutcomeStaysUnknown) {
    EXPECT_THROW((void)attempts(100), InDoubt);
    EXPECT_EQ(*attempts(0), 1) << "the pool goes on";
}

// PostgreSQL says so after it has rolled back.
TEST_F(DatabaseInDoubtTest, IsNoneOverWhatTookTooLongAndThatIsNotTriedAgain) {
    auto const permit = this->permit<purpose::ChatMessaging>(person());
    int attempts = 0;
    auto const slow = [&attempts](Tx& tx) -> Result<int> {
        ++attempts;
        tx.exec(soon_enough);
        tx.exec(dawdle);
        return attempts;
    };
    EXPECT_THROW((void)run(db.run(permit, slow)), TookTooLong);
    EXPECT_EQ(attempts, 1);
}

}  // namespace
}  // namespace samtal::storage
