#include "staff_service.hpp"

#include "samtal/identity/user_name_hash.hpp"

namespace samtal::audit {

Task<Result<ShownPerson>> StaffService::show(SupportPermit const& permit, ShowPerson const& ask) {
    // What looks like an id is one: a user name that somebody chose to look like it names nobody here.
    StaffName staff{UserId::parse(ask.as), {}};
    if (!staff.id) staff.name_hash = identity::user_name_hash(keys_, ask.as);
    co_return co_await repository_.show(permit, ask.user, staff, ask.code, clock_());
}

}  // namespace samtal::audit
