#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace samtal::net {

/// Has something to write.
class Writer {
public:
    virtual ~Writer() = default;
    /// On its executor.
    virtual void work() = 0;
};

/// Calls work() on the executor soon, never from within: alone, or with others at the end of the PushTogether that
/// lives on this thread.
void wake(std::shared_ptr<Writer>, boost::asio::any_io_executor const&);

}  // namespace samtal::net
