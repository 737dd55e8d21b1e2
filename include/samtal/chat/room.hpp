#pragma once

#include "samtal/chat/chat.hpp"
#include "samtal/gateway/event_log.hpp"
#include "samtal/gateway/fanout.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/gateway/sockets.hpp"
#include "samtal/statistics/recorder.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>

namespace samtal::chat {

struct Limits {
    std::size_t text_bytes = 8192;  // the CHECK on messages.text allows these and the seal
    std::size_t group = 512;        // messages in one commit
    std::size_t waiting = 20'000;   // messages that may wait for a commit; more are `exhausted`
    std::size_t members = 5'000;
};

/// What the room is built from. All outlive it.
struct Tools {
    storage::Database& db;
    storage::ColumnCipher& cipher;
    gateway::Sockets& sockets;  // who catches up here
    gateway::Fanout& fanout;    // who hears of it, wherever
    statistics::Recorder& recorder;
    boost::asio::any_io_executor executor;  // where groups are written and fanned out
};

[[nodiscard]] std::unique_ptr<Chat> make_chat(Tools, Limits);
/// What a server was not told of, read as a machine that passes it on to the members; and to those on these
/// sockets who are members no more.
[[nodiscard]] std::unique_ptr<gateway::EventLog> make_event_log(storage::Database&, storage::ColumnCipher&,
                                                                gateway::Sockets const&, PermitIssuer&);
void add_routes(gateway::Router&, Chat&);

}  // namespace samtal::chat
