#pragma once

#include "pg_staff_read_repository.hpp"
#include "samtal/storage/key_store.hpp"

namespace samtal::audit {

/// Looks by staff at a person: by whom and why is known before anything is read.
class StaffService {
public:
    StaffService(PgStaffReadRepository& repository, storage::KeyRing const& keys, Clock clock)
        : repository_{repository}, keys_{keys}, clock_{std::move(clock)} {}

    Task<Result<ShownPerson>> show(SupportPermit const&, ShowPerson const&);

private:
    PgStaffReadRepository& repository_;
    storage::KeyRing const& keys_;
    Clock clock_;
};

}  // namespace samtal::audit
