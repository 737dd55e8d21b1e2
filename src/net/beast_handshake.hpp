#pragma once

#include "samtal/net/http.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream_base.hpp>

// For web_socket.cpp alone: a handshake that has passed our gate, in Beast's words.
namespace samtal::net {

[[nodiscard]] boost::beast::http::request<boost::beast::http::empty_body> beast_request(Request const&);
/// Names our sub-protocol in the answer, if it was offered.
[[nodiscard]] boost::beast::websocket::stream_base::decorator sub_protocol_answer(Request const&);

}  // namespace samtal::net
