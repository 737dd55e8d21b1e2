#include "desk_service.hpp"

#include "deadline.hpp"
#include "samtal/core/uuid_v7.hpp"

namespace samtal::rights {

Task<Result<RequestPage>> DeskService::list(RightsPermit const& permit, std::optional<RequestId> before,
                                            std::size_t limit) {
    co_return co_await desk_.open(permit, before, limit);
}

Task<Result<Request>> DeskService::show(RightsPermit const& permit, RequestId id) {
    co_return co_await desk_.show(permit, id, parts_.clock());
}

Task<Result<Request>> DeskService::extend(RightsPermit const& permit, RequestId id, Reason const& reason) {
    co_return co_await desk_.extend(permit, {id, false, reason}, parts_.clock());
}

Task<Result<Request>> DeskService::refuse(RightsPermit const& permit, RequestId id, Reason const& reason) {
    co_return co_await desk_.refuse(permit, {id, true, reason}, parts_.clock());
}

Task<Result<TakenIn>> DeskService::take_in(RightsPermit const& permit, Intake const& intake) {
    auto const number = parts_.numbers.assignable(intake.number.open(permit));
    if (!number) co_return Error{Errc::invalid, number.error().reason, "number"};
    Timestamp const now = parts_.clock();
    co_return co_await desk_.take_in(permit, intake, *number,
                                     {uuid_v7(now), now, months_later(now, answer_within), {}});
}

Task<Result<std::vector<UntoldNotice>>> DeskService::untold(RightsPermit const& permit) {
    co_return co_await notices_.untold(permit);
}

Task<Result<std::string>> DeskService::letter(RightsPermit const& permit, NoticeId id) {
    auto const notice = co_await notices_.read(permit, id, parts_.clock());
    if (!notice) co_return notice.error();
    co_return notice_letter(*notice->about, notice->organisation, id, parts_.in_force());
}

Task<Result<void>> DeskService::told(RightsPermit const& permit, NoticeId id) {
    co_return co_await notices_.told(permit, id, parts_.in_force(), parts_.clock());
}

}  // namespace samtal::rights
