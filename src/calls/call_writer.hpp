#pragma once

#include "pg_call_intake_repository.hpp"
#include "samtal/storage/batcher.hpp"

namespace samtal::calls {

/// Group commit: all batches that arrive during one commit go into the next.
class CallWriter final : public CallIntake {
public:
    /// `calls` outlives it; groups are worked on by `executor`.
    CallWriter(PgCallIntake& calls, boost::asio::any_io_executor executor);

    Task<std::vector<Result<StoredCall>>> store(SetupPermit const& permit, SwitchId,
                                                std::span<PendingCall const> calls) override;

private:
    Task<void> write_group(std::span<IncomingBatch>);

    PgCallIntake& calls_;
    storage::Batcher<IncomingBatch> batcher_;
};

}  // namespace samtal::calls
