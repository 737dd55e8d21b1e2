#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace samtal::net {

/// For co_await: the error code is a value. That a peer goes away is no exception here.
constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace samtal::net
