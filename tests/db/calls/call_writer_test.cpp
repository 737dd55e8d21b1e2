#include "calls/call_writer.hpp"

#include "calls_test_base.hpp"

#include <boost/asio/thread_pool.hpp>

namespace samtal::calls {
namespace {

/// Many batches in one commit, of whomever.
class CallWriterTest : public CallsDatabaseTest {
protected:
    ~CallWriterTest() override {
        pool.stop();
        pool.join();
    }

    struct Post {
        OrganisationId organisation;
        SwitchId from;
        std::vector<PendingCall> calls;
        std::vector<Result<StoredCall>> results{};
    };
    Task<void> bring(Post& post) {
        auto const permit = gate.permit_machine<purpose::CallSetup>(post.organisation);
        post.results = co_await writer.store(permit, post.from, post.calls);
    }
    void bring_all(std::vector<Post>& posts) {
        boost::asio::io_context loop;
        for (Post& post : posts)
            boost::asio::co_spawn(loop, bring(post), [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
        loop.run();
    }

    boost::asio::thread_pool pool{1};
    CallWriter writer{intake, pool.get_executor()};
};

TEST_F(CallWriterTest, KeepsOrganisationsApartInOneGroup) {
    auto const anna = owner(anna_number);
    auto const elsewhere = new_organisation();
    auto const their_switch = new_switch(elsewhere);
    std::vector<Post> posts;
    for (int n = 0; n < 30; ++n) {
        std::string const source = std::to_string(n);
        posts.push_back({organisation, switch_id, {pending(source, call(anna_number, {}))}});
        posts.push_back({elsewhere, their_switch, {pending(source, call(anna_number, {}))}});
    }
    bring_all(posts);
    for (Post const& post : posts) {
        ASSERT_TRUE(post.results.at(0));
        EXPECT_EQ(post.results[0]->standing, Standing::fresh);
        EXPECT_EQ(post.results[0]->owners.size(), post.organisation == organisation ? 1U : 0U);
    }
    EXPECT_EQ(history_of(anna).size(), 30U);
}

TEST_F(CallWriterTest, TellsARepeatInTheSameGroup) {
    auto const anna = owner(anna_number);
    std::vector<Post> posts(40, Post{organisation, switch_id, {pending("1", call(anna_number, bo_number))}});
    bring_all(posts);
    auto const fresh = std::ranges::count_if(
        posts, [](Post const& post) { return post.results.at(0)->standing == Standing::fresh; });
    EXPECT_EQ(fresh, 1);
    EXPECT_EQ(history_of(anna).size(), 1U);
}

TEST_F(CallWriterTest, LetsABadBatchHarmNoOther) {
    auto const anna = owner(anna_number);
    auto upside_down = call(anna_number, bo_number);
    upside_down.times = SomeTimes{{at("2026-03-04T12:00:00Z"), {}, at("2026-03-04T11:00:00Z")}};
    std::vector<Post> posts;
    for (int n = 0; n < 20; ++n)
        posts.push_back({organisation,
                         switch_id,
                         {pending(std::to_string(n), n == 7 ? upside_down : call(anna_number, bo_number))}});
    bring_all(posts);
    for (std::size_t n = 0; n < posts.size(); ++n) EXPECT_EQ(posts[n].results.at(0).has_value(), n != 7) << n;
    EXPECT_EQ(history_of(anna).size(), 19U);
}

}  // namespace
}  // namespace samtal::calls
