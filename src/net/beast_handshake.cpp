#include "beast_handshake.hpp"

#include "characters.hpp"

#include <boost/beast/websocket/rfc6455.hpp>

#include <string_view>

namespace samtal::net {

namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

namespace {

constexpr std::string_view sub_protocol = "samtal.v1";

bool offers_sub_protocol(Request const& request) {
    for (auto const& header : request.headers) {
        if (header.name != "sec-websocket-protocol") continue;
        for (std::string_view list = header.value; !list.empty();)
            if (next_element(list) == sub_protocol) return true;
    }
    return false;
}

}  // namespace

http::request<http::empty_body> beast_request(Request const& request) {
    http::request<http::empty_body> result{http::verb::get, request.path, 11};
    for (auto const* name : {"host", "connection", "upgrade", "sec-websocket-key", "sec-websocket-version"})
        result.set(name, request.header(name));
    return result;
}

websocket::stream_base::decorator sub_protocol_answer(Request const& request) {
    return websocket::stream_base::decorator{
        [answer = offers_sub_protocol(request)](websocket::response_type& response) {
            if (answer) response.set(http::field::sec_websocket_protocol, sub_protocol);
        }};
}

}  // namespace samtal::net
