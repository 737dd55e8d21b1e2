#include "samtal/aggregate/aggregator.hpp"
#include "samtal/net/server.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/statistics/release.hpp"
#include "samtal/statistics/statistics.hpp"
#include "support/database.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <future>
#include <memory>

namespace samtal::aggregate {
namespace {

using testing::run;

std::string labels_file() {
    return (std::filesystem::path{__FILE__}.parent_path() / "../../../config/statistics.toml").lexically_normal();
}

storage::LoginOptions worker_login(std::string const& data) {
    auto file = ops::ConfigFile::load(data + "/config/operator.toml");
    storage::LoginOptions login;
    file.section("statistics")
        .read("host", login.host)
        .read("port", login.port, 1U, 65'535U)
        .read("name", login.name);
    login.user = "samtal_aggregator";
    login.password_file = data + "/secrets/samtal_aggregator";
    return login;
}

template <class Integer>
void put(std::string& bytes, Integer value) {
    for (int shift = 8 * static_cast<int>(sizeof value) - 8; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<char>(static_cast<unsigned char>(static_cast<std::uint64_t>(value) >> shift)));
}

std::string frame(statistics::Metric metric, std::uint16_t bucket, statistics::Epoch epoch, std::int64_t value) {
    std::string bytes;
    put(bytes, static_cast<std::uint16_t>(metric));
    put(bytes, bucket);
    put(bytes, epoch);
    put(bytes, value);
    return bytes;
}

class WorkerTest : public testing::DatabaseTest {
protected:
    int post(std::string const& frames) { return post(frames, statistics::link_mac(key, frames)); }
    int post(std::string const& frames, std::string mac) {
        net::Request request;
        request.method = net::Method::post;
        request.path = "/frames";
        request.headers = {{std::string{statistics::link_header}, std::move(mac)}};
        request.body = frames;
        return run(worker.link().handle(std::move(request))).status;
    }
    net::Response get(std::string path, std::string query) {
        net::Request request;
        request.method = net::Method::get;
        request.path = std::move(path);
        request.query = std::move(query);
        return run(worker.figures().handle(std::move(request)));
    }
    nlohmann::json buckets(std::string const& metric, std::string const& day, std::string const& to) {
        auto const answer =
            get("/v1/statistics", fmt::format("metric={}&from={}&to={}&bucket=day", metric, day, to));
        EXPECT_EQ(answer.status, 200);
        return nlohmann::json::parse(answer.body).at("buckets");
    }

    std::string const key_file = test.data + "/keys/statistics-link.key";
    storage::Key const key = statistics::read_link_key(key_file);
    Aggregator worker{{labels_file(), key_file, worker_login(test.data)}};
};

TEST_F(WorkerTest, CountsARepeatOnce) {
    auto const frames = frame(statistics::Metric::client_platform, 0, statistics::first_epoch(3650), 40) +
                        frame(statistics::Metric::client_platform, 1, statistics::first_epoch(3650), -1);
    EXPECT_EQ(post(frames), 204);
    EXPECT_EQ(post(frames), 204);
    auto const found = buckets("client_platform", "1979-12-30", "1980-01-01");
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0], (nlohmann::json{{"start", "1979-12-30T00:00:00.000Z"},
                                        {"label", "android"},
                                        {"value", 40},
                                        {"suppressed", false},
                                        {"noise_scale", 2.0}}));
    EXPECT_EQ(found[1].at("value"), nullptr);
    EXPECT_EQ(found[1].at("suppressed"), true);
}

TEST_F(WorkerTest, RefusesARepeatThatSaysSomethingElse) {
    auto const epoch = statistics::first_epoch(4000);
    EXPECT_EQ(post(frame(statistics::Metric::sign_ins, 0, epoch, 100)), 204);
    EXPECT_EQ(post(frame(statistics::Metric::sign_ins, 0, epoch, 101)), 409);
    // All or nothing: the good frame beside the bad one is not taken either.
    EXPECT_EQ(post(frame(statistics::Metric::active_users, 0, epoch, 7) +
                   frame(statistics::Metric::sign_ins, 0, epoch, 5)),
              409);
    EXPECT_EQ(buckets("sign_ins", "1980-12-14", "1980-12-15").at(0).at("value"), 100);
    EXPECT_TRUE(buckets("active_users", "1980-12-14", "1980-12-15").empty());
}

TEST_F(WorkerTest, TakesFramesOnlyFromTheServer) {
    auto const good = frame(statistics::Metric::sign_ins, 0, statistics::first_epoch(4100), 100);
    EXPECT_EQ(post(good, ""), 401);
    EXPECT_EQ(post(good, std::string(64, '0')), 401);
    EXPECT_EQ(post(good + good, statistics::link_mac(key, good)), 401);
    EXPECT_TRUE(buckets("sign_ins", "1981-03-24", "1981-03-25").empty());
}

TEST_F(WorkerTest, RefusesWhatAreNoFrames) {
    auto const epoch = statistics::first_epoch(4200);
    for (auto const& frames :
         {std::string{}, std::string(15, 'x'), frame(statistics::Metric{9}, 0, epoch, 1),
          frame(statistics::Metric::sign_ins, 0, epoch, -2), frame(statistics::Metric::sign_ins, 0x8000, epoch, 1),
          frame(statistics::Metric::sign_ins, 0, 0x80000000U, 1)})
        EXPECT_EQ(post(frames), 400);
}

TEST_F(WorkerTest, AnswersOnlyWhatItPublishes) {
    EXPECT_EQ(get("/healthz", "").status, 200);
    EXPECT_EQ(get("/frames", "").status, 404);
    EXPECT_EQ(get("/v1/statistics", "metric=nothing&from=2026-01-01&to=2026-01-08").status, 404);
    EXPECT_EQ(get("/v1/statistics", "metric=sign_ins&from=2020-01-01&to=2024-01-01").status, 400);
    EXPECT_EQ(get("/v1/statistics", "metric=sign_ins&from=2026-01-01&to=9999-12-31&bucket=month").status, 400);
    EXPECT_EQ(get("/v1/statistics", "metric=sign_ins&from=2026-01-01&to=2026-01-01").status, 200);
}

/// A server's side beside the worker, on a day of its own so that tests do not meet.
class LinkTest : public WorkerTest {
protected:
    statistics::StatisticsOptions options(unsigned short port) {
        return {labels_file(), "127.0.0.1", port, key_file, test.keystore};
    }
    std::unique_ptr<net::Server> listen(unsigned short port) {
        net::ListenOptions where;
        where.port = port;
        auto listener = std::make_unique<net::Server>(threads, worker.link(), where);
        listener->start();
        return listener;
    }
    std::future<Result<statistics::CloseReport>> close_epoch(statistics::Statistics& server) {
        return boost::asio::co_spawn(threads.first(), server.close_epoch(), boost::asio::use_future);
    }
    int contributions(Timestamp day) {
        auto const epoch = statistics::first_epoch(
            static_cast<std::uint32_t>(std::chrono::floor<std::chrono::days>(day).time_since_epoch().count()));
        return test
            .admin(fmt::format("SELECT count(*) FROM statistics_contributions WHERE epoch >= {} AND epoch < {}",
                               epoch, epoch + statistics::epochs_a_day))[0][0]
            .as<int>();
    }
    void sign_in(statistics::Statistics& server) {
        auto const who = person();
        server.recorder().record(permit<purpose::AccountLogin>(who), who.user, statistics::Metric::sign_ins);
    }
    static Timestamp day(int year) {
        return std::chrono::sys_days{std::chrono::year{year} / 5 / 1} + std::chrono::hours{9};
    }

    net::IoThreads threads{1};
};

TEST_F(LinkTest, HasStoredTheReleaseWhenCloseEpochReturns) {
    auto const listener = listen(0);
    statistics::Statistics server{options(listener->port()), db, test.ring, gate, threads.first(),
                                  [] { return day(2051); }};
    for (int n = 0; n < 3; ++n) {
        sign_in(server);
        ASSERT_TRUE(close_epoch(server).get());
        auto const found = buckets("sign_ins", "2051-05-01", "2051-05-02");
        ASSERT_EQ(found.size(), 1U) << "a day with several releases is one bucket";
        EXPECT_EQ(found[0].at("suppressed"), true);
    }
    EXPECT_EQ(contributions(day(2051)), 0);
    server.stop();
    listener->stop(std::chrono::seconds{1});
    threads.join();
}

TEST_F(LinkTest, SendsWhatWaitedOnceTheWorkerIsBack) {
    auto away = listen(0);
    auto const port = away->port();
    away->stop(std::chrono::seconds{1});
    away.reset();
    statistics::Statistics server{options(port), db, test.ring, gate, threads.first(), [] { return day(2052); }};
    auto closing = close_epoch(server);
    EXPECT_EQ(closing.wait_for(std::chrono::milliseconds{300}), std::future_status::timeout);
    auto const back = listen(port);
    EXPECT_TRUE(closing.get());
    EXPECT_EQ(buckets("sign_ins", "2052-05-01", "2052-05-02").size(), 1U);
    server.stop();
    back->stop(std::chrono::seconds{1});
    threads.join();
}

TEST_F(LinkTest, WritesWhatIsFoldedWhenTheServerStops) {
    statistics::Statistics server{options(1), db, test.ring, gate, threads.first(), [] { return day(2053); }};
    server.start();
    sign_in(server);
    server.stop();
    EXPECT_EQ(contributions(day(2053)), 1);
    threads.join();
}

}  // namespace
}  // namespace samtal::aggregate
