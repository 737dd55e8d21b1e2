#include "samtal/storage/batcher.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <map>
#include <string>

namespace samtal::storage {
namespace {

namespace asio = boost::asio;

/// A word of somebody's.
struct Word {
    std::string of;
    int number = 0;
    [[nodiscard]] std::string const& share() const { return of; }
};

/// A word that may have to come again.
struct Late : Word {
    int times = 0;  // how often yet
    [[nodiscard]] bool postponed() const { return times > 0; }
};

class BatcherTest : public ::testing::Test {
protected:
    using Words = Batcher<Word>;

    Task<void> work(std::span<Word> words) {
        groups.emplace_back(words.begin(), words.end());
        // The first group lasts until everybody has submitted.
        while (!submitted) co_await asio::post(loop, asio::use_awaitable);
    }
    Task<void> submit(Words& batcher, Word word) {
        bool const taken = co_await batcher.submit(word);
        if (!taken) refused[word.of]++;
    }
    void submit_all(Words& batcher, std::vector<Word> const& words) {
        for (Word const& word : words) asio::co_spawn(loop, submit(batcher, word), asio::detached);
        asio::post(loop, [this] { submitted = true; });
        loop.run();
    }
    Task<void> try_late(std::span<Late> words) {
        tried.emplace_back();
        for (Late& word : words) {
            tried.back().push_back(word.number);
            if (word.times > 0) --word.times;
        }
        co_return;
    }
    Task<void> submit_late(Batcher<Late>& batcher, Late word) {
        EXPECT_TRUE(co_await batcher.submit(word));
        answered.push_back(word.number);
    }
    Words::Options options(std::size_t group, std::size_t waiting) {
        return {loop.get_executor(), group, waiting, 1};
    }
    Words::Work worker() {
        return [this](std::span<Word> words) { return work(words); };
    }

    asio::io_context loop;
    bool submitted = false;
    std::vector<std::vector<Word>> groups;
    std::map<std::string, int> refused;
    std::vector<std::vector<int>> tried;
    std::vector<int> answered;
};

TEST_F(BatcherTest, TakesWhatArrivesDuringAGroupIntoTheNext) {
    Words batcher{options(100, 1'000), worker()};
    submit_all(batcher, {{"a", 0}, {"a", 1}, {"b", 2}, {"a", 3}});
    std::size_t words = 0;
    for (auto const& group : groups) words += group.size();
    EXPECT_EQ(words, 4U);
    EXPECT_LE(groups.size(), 2U);
}

TEST_F(BatcherTest, TakesWhatIsPostponedAgainBeforeWhatArrivedLater) {
    Batcher<Late> batcher{{loop.get_executor(), 100, 1'000, 1},
                          [this](std::span<Late> words) { return try_late(words); }};
    std::vector<Late> const words{{{"a", 0}, 0}, {{"a", 1}, 5}, {{"b", 2}, 2}, {{"a", 3}, 0}};
    for (Late const& word : words) asio::co_spawn(loop, submit_late(batcher, word), asio::detached);
    loop.run();
    ASSERT_FALSE(tried.empty());
    EXPECT_EQ(tried.back(), std::vector<int>{1});
    EXPECT_EQ(answered, (std::vector<int>{0, 3, 2, 1}));
    for (auto const& group : tried) EXPECT_TRUE(std::ranges::is_sorted(group));
}

TEST_F(BatcherTest, GivesEverybodyAnEqualShareOfAGroup) {
    Words batcher{options(10, 10'000), worker()};
    std::vector<Word> words{{"first", 0}};
    for (int n = 0; n < 500; ++n) words.push_back({"loud", n});
    for (int n = 0; n < 10; ++n) words.push_back({"quiet", n});
    submit_all(batcher, words);
    // However many of the loud one's stand before them, the quiet one's leave with the next groups, in their
    // order.
    std::vector<int> quiet;
    for (std::size_t n = 0; n < 4 && n < groups.size(); ++n)
        for (Word const& word : groups[n])
            if (word.of == "quiet") quiet.push_back(word.number);
    ASSERT_EQ(quiet.size(), 10U);
    EXPECT_TRUE(std::ranges::is_sorted(quiet));
    EXPECT_TRUE(refused.empty());
}

TEST_F(BatcherTest, LetsNobodyFillTheQueue) {
    Words batcher{options(10, 80), worker()};
    std::vector<Word> words{{"first", 0}};
    for (int n = 0; n < 100; ++n) words.push_back({"loud", n});
    words.push_back({"quiet", 0});
    submit_all(batcher, words);
    EXPECT_GE(refused["loud"], 80);
    EXPECT_EQ(refused.contains("quiet"), false);
}

TEST_F(BatcherTest, RefusesWhatFindsNoRoom) {
    Words batcher{options(10, 16), worker()};
    std::vector<Word> words;
    for (int n = 0; n < 100; ++n) words.push_back({std::to_string(n), n});
    submit_all(batcher, words);
    EXPECT_GT(refused.size(), 50U);
    std::size_t done = 0;
    for (auto const& group : groups) done += group.size();
    EXPECT_EQ(done + refused.size(), 100U);
}

TEST_F(BatcherTest, TellsEveryCallerOfAGroupWhatBroke) {
    Words batcher{options(10, 100), [](std::span<Word>) -> Task<void> {
                      throw std::runtime_error{"broken"};
                      co_return;
                  }};
    int told = 0;
    for (int n = 0; n < 5; ++n)
        asio::co_spawn(loop, submit(batcher, {"a", n}),
                       [&told](std::exception_ptr broken) { told += broken != nullptr; });
    loop.run();
    EXPECT_EQ(told, 5);
}

TEST_F(BatcherTest, FinishesAGroupBeforeItsCallersGoOn) {
    std::string order;
    Words batcher{options(10, 100), worker(), [&](std::span<Word> words, std::function<void()> const& resume) {
                      for (Word const& word : words) order += "told " + word.of + ", ";
                      resume();
                  }};
    auto ask = [](Words& words, std::string& log) -> Task<void> {
        Word word{"a", 1};
        co_await words.submit(word);
        log += "answered " + word.of;
    };
    asio::co_spawn(loop, ask(batcher, order), asio::detached);
    submitted = true;
    loop.run();
    EXPECT_EQ(order, "told a, answered a");
}

}  // namespace
}  // namespace samtal::storage
