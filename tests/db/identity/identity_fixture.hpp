#pragma once

#include "samtal/identity/activation_code.hpp"
#include "samtal/identity/identity_room.hpp"
#include "samtal/storage/values.hpp"
#include "support/database.hpp"
#include "support/letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace samtal::identity {

using Acting = purpose::AccountLogin;
inline constexpr std::string_view good_password = "korrekt halvt kattbord";

/// Counts what would be published.
class CountingRecorder final : public statistics::Recorder {
public:
    std::vector<std::pair<statistics::Metric, std::string>> events;

private:
    void fold(UserId, statistics::Metric metric, std::string_view label) noexcept override {
        events.emplace_back(metric, label);
    }
};

class SilentSocket final : public net::Socket {
public:
    void push(net::SharedText) override {}
    void close(net::CloseCode code) override { closed.push_back(code); }
    void authenticated() override {}
    [[nodiscard]] boost::asio::any_io_executor executor() const override { return {}; }
    Task<bool> drained() override { co_return true; }

    std::vector<net::CloseCode> closed;
};

/// The room over real databases, with a clock of its own and cheap hashes.
class IdentityTest : public testing::DatabaseTest {
protected:
    struct Invited {
        UserId user;
        std::string code;
    };
    struct Known {
        Principal who;
        std::string name;
    };

    AccountPermit doorstep() { return gate.permit_doorstep<Acting>(); }
    AccountPermit acting(Principal const& who) { return permit<Acting>(who); }

    Invited invite() {
        auto const user = testing::fresh_id<UserId>();
        test.keys->create(user);
        std::string const code{make_activation_code().reveal()};
        auto const email =
            cipher.seal(user, {field::ProfilesEmail::column, user.value()}, "anna@example.org").value();
        test.admin(fmt::format("INSERT INTO users (organisation_id, user_id, role) VALUES ('{}', '{}', 'member')",
                               organisation.text(), user.text()));
        test.admin(fmt::format(
            "INSERT INTO invitations (organisation_id, user_id, code_hash, expires_at) VALUES ('{}', '{}', '{}', "
            "to_timestamp({} / 1000.0))",
            organisation.text(), user.text(), storage::bytea(activation_code_hash(code)),
            storage::ms(now + activation_code_life)));
        test.admin(
            fmt::format("INSERT INTO profiles (organisation_id, user_id, given_name, family_name, email) VALUES "
                        "('{}', '{}', '', '', '{}')",
                        organisation.text(), user.text(), storage::bytea(email)));
        return {user, code};
    }

    Activation activation(Invited const& invited, std::string name) const {
        return {.code = Secret{invited.code},
                .username = Username{std::move(name)},
                .password = Secret{std::string{good_password}},
                .acknowledged_notice = notices.current_version(),
                .consents = {}};
    }
    Result<UserId> activate(Activation a) { return testing::run(identity().activate(doorstep_, std::move(a))); }

    static std::string fresh_name() { return "anna." + testing::fresh_id<UserId>().text(); }
    std::pair<UserId, std::string> user() {
        std::string name = fresh_name();
        return {activate(activation(invite(), name)).value(), name};
    }

    Result<TokenPair> login(std::string const& name, std::string_view password = good_password,
                            bool cookie = false) {
        Login const login{.username = Username{name},
                          .password = Secret{std::string{password}},
                          .cookie = cookie,
                          .device = std::nullopt,
                          .address = "192.0.2.1"};
        return testing::run(identity().login(doorstep_, login));
    }
    Result<TokenPair> refresh(Secret const& token) { return testing::run(identity().refresh(doorstep_, token)); }
    Result<Principal> person(Secret const& access) { return testing::run(room->people().person(access.reveal())); }
    Principal principal(TokenPair const& pair) const { return {organisation, pair.user, pair.session}; }
    std::shared_ptr<SilentSocket> socket(TokenPair const& pair) {
        auto made = std::make_shared<SilentSocket>();
        sockets.add(principal(pair), made);
        return made;
    }
    Identity& identity() { return room->identity(); }
    /// What a restart of the server forgets.
    void restart() { room = make_room(); }
    std::unique_ptr<IdentityRoom> make_room() {
        return std::make_unique<IdentityRoom>(IdentityParts{db, cipher, test.ring, gate, sockets, notices, ledger,
                                                            recorder, letters, [this] { return now; }},
                                              options);
    }

    Timestamp now = system_now();
    consent::Notices notices{{consent::Brand{"advoco", "Advoco", "sv"}}};
    consent::Ledger ledger{cipher, test.ring, notices};
    gateway::Sockets sockets;
    CountingRecorder recorder;
    testing::Letters letters;
    IdentityOptions options{
        .argon2_memory_kib = 8192, .argon2_passes = 1, .queue = 200, .public_url = "https://chat.example.org"};
    AccountPermit doorstep_ = doorstep();
    std::unique_ptr<IdentityRoom> room = make_room();
};

template <class T>
Task<void> collect(Task<T> task, std::vector<T>& into) {
    into.push_back(co_await std::move(task));
}

/// Runs many tasks at once on one loop; their results in no order.
template <class T>
std::vector<T> run_all(std::vector<Task<T>> tasks) {
    boost::asio::io_context loop;
    std::vector<T> results;
    for (auto& task : tasks)
        boost::asio::co_spawn(loop, collect(std::move(task), results), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    loop.run();
    return results;
}

}  // namespace samtal::identity
