#pragma once

#include "pg_erasure_repository.hpp"
#include "pg_notice_repository.hpp"

namespace samtal::rights {

/// One person's erasure, step after step. Each step may be repeated, so whoever takes the request up again, after
/// a crash or on another server, begins at the first.
class Eraser {
public:
    Eraser(RightsParts const& parts, PgErasureRepository& repository, PgNoticeRepository& notices)
        : parts_{parts}, repository_{repository}, notices_{notices} {}

    /// True: the certificate is there. False: a legal hold stops it, or another server is on it. Throws
    /// Unavailable.
    Task<bool> erase(RightsPermit const&, Work const&);

private:
    static constexpr int rows_in_batch = 1000;

    RightsParts const& parts_;
    PgErasureRepository& repository_;
    PgNoticeRepository& notices_;
};

}  // namespace samtal::rights
