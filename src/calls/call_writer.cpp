#include "call_writer.hpp"

namespace samtal::calls {

namespace {

constexpr Error busy{Errc::exhausted, "too many call records are waiting"};

// Of one transaction: a few megabytes of parameters, and a fraction of a second.
constexpr std::size_t most_records = 3000;

}  // namespace

CallWriter::CallWriter(PgCallIntake& calls, boost::asio::any_io_executor executor)
    : calls_{calls},
      batcher_{{.executor = std::move(executor), .group = 128, .waiting = 2000, .lanes = 2},
               [this](std::span<IncomingBatch> group) { return write_group(group); }} {}

Task<std::vector<Result<StoredCall>>> CallWriter::store(SetupPermit const& permit, SwitchId switch_id,
                                                        std::span<PendingCall const> calls) {
    std::vector<Result<StoredCall>> results(calls.size(), busy);
    IncomingBatch batch{&permit, switch_id, calls, results};
    co_await batcher_.submit(batch);
    co_return results;
}

Task<void> CallWriter::write_group(std::span<IncomingBatch> group) {
    while (!group.empty()) {
        std::size_t taken = 1;
        std::size_t records = group.front().calls.size();
        while (taken < group.size() && records + group[taken].calls.size() <= most_records)
            records += group[taken++].calls.size();
        co_await calls_.store(group.first(taken));
        group = group.subspan(taken);
    }
}

}  // namespace samtal::calls
