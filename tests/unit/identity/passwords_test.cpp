#include "identity/passwords.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include <optional>
#include <thread>
#include <vector>

namespace samtal::identity {
namespace {

PasswordHasher const& hasher() {
    static PasswordHasher const small{storage::Key{1},
                                      {8 * 1024, 1}};  // below the floor: these tests are about other things
    return small;
}

TEST(PasswordHasher, KnowsThePasswordAndNoOther) {
    std::string const stored = hasher().hash(Secret{"correct horse"});
    EXPECT_TRUE(hasher().matches(stored, Secret{"correct horse"}));
    EXPECT_FALSE(hasher().matches(stored, Secret{"correct horse "}));
    EXPECT_FALSE(hasher().matches("no hash", Secret{"correct horse"}));
    EXPECT_TRUE(stored.starts_with("$argon2id$"));
}

TEST(PasswordHasher, SaltsEachHash) {
    EXPECT_NE(hasher().hash(Secret{"one"}), hasher().hash(Secret{"one"}));
}

TEST(PasswordHasher, TakesTheSamePasswordFromAnyKeyboard) {
    std::string const stored = hasher().hash(Secret{"\u00e5ngstr\u00f6m"});
    EXPECT_TRUE(hasher().matches(stored, Secret{"a\u030angstro\u0308m"}));
}

TEST(PasswordHasher, NeedsThePepper) {
    PasswordHasher const other{storage::Key{2}, {8 * 1024, 1}};
    EXPECT_FALSE(other.matches(hasher().hash(Secret{"one"}), Secret{"one"}));
}

TEST(PasswordHasher, SeesOldParameters) {
    PasswordHasher const stronger{storage::Key{1}, {8 * 1024, 2}};
    std::string const stored = hasher().hash(Secret{"one"});
    EXPECT_FALSE(hasher().outdated(stored));
    EXPECT_TRUE(stronger.outdated(stored));
    EXPECT_TRUE(stronger.matches(stored, Secret{"one"})) << "until then it works";
}

TEST(PasswordHasher, ComparesNobodyAtTheSameParameters) {
    EXPECT_FALSE(hasher().outdated(hasher().of_nobody()));
}

Task<void> check(PasswordPool& pool, std::string const& stored, std::vector<Result<bool>>& answers) {
    Secret const password{"one"};
    auto const answer = co_await pool.matches(stored, password);
    answers.push_back(answer);
}

TEST(PasswordPool, AnswersOnTheCallersThreadAndRefusesWhatItCannotTake) {
    PasswordPool pool{hasher(), 1, 2};
    std::string const stored = hasher().hash(Secret{"one"});
    boost::asio::io_context loop;
    std::vector<Result<bool>> answers;
    auto const here = std::this_thread::get_id();
    for (int n = 0; n < 10; ++n)
        boost::asio::co_spawn(loop, check(pool, stored, answers), [&](std::exception_ptr failure) {
            EXPECT_FALSE(failure);
            EXPECT_EQ(std::this_thread::get_id(), here);
        });
    loop.run();
    int right = 0;
    int refused = 0;
    for (auto const& answer : answers) {
        right += answer && *answer ? 1 : 0;
        refused += !answer && answer.error().code == Errc::exhausted ? 1 : 0;
    }
    EXPECT_EQ(right + refused, 10);
    EXPECT_GE(right, 3);
    EXPECT_GE(refused, 1);
}

TEST(PasswordPool, TakesNothingAfterItClosed) {
    PasswordPool pool{hasher(), 1, 2};
    pool.close();
    boost::asio::io_context loop;
    std::vector<Result<bool>> answers;
    std::string const stored = "x";
    boost::asio::co_spawn(loop, check(pool, stored, answers), [](std::exception_ptr) {});
    loop.run();
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].error().code, Errc::exhausted);
}

}  // namespace
}  // namespace samtal::identity
