#include "desk_service.hpp"

#include "deadline.hpp"
#include "samtal/core/uuid_v7.hpp"

namespace samtal::rights {

Task<Result<RequestPage>> DeskService::list(RightsPermit const& permit, std::optional<RequestId> before,
                                            std::size_t limit) {
    co_return co_await desk_.open(permit, before, limit);
}

Task<Result<Request>> DeskService::show(RightsPermit const& permit, RequestId id) {
    co_return co_await desk_.show(permit, id, clock_());
}

Task<Result<Request>> DeskService::extend(RightsPermit const& permit, RequestId id, Reason const& reason) {
    co_return co_await desk_.extend(permit, {id, false, reason}, clock_());
}

Task<Result<Request>> DeskService::refuse(RightsPermit const& permit, RequestId id, Reason const& reason) {
    co_return co_await desk_.refuse(permit, {id, true, reason}, clock_());
}

Task<Result<TakenIn>> DeskService::take_in(RightsPermit const& permit, Intake const& intake) {
    auto const number = numbers_.assignable(intake.number.open(permit));
    if (!number) co_return Error{Errc::invalid, number.error().reason, "number"};
    Timestamp const now = clock_();
    co_return co_await desk_.take_in(permit, intake, *number,
                                     {uuid_v7(now), now, months_later(now, answer_within), {}});
}

}  // namespace samtal::rights
