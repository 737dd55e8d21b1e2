#include "eraser.hpp"

namespace samtal::rights {

namespace {

template <class T>
T value_of(Result<T> result) {
    if (!result) throw Unavailable{"the database is busy"};
    return *std::move(result);
}

}  // namespace

Task<bool> Eraser::erase(RightsPermit const& permit, Work const& work) {
    using Step = PgErasureRepository::Step;
    if (value_of(co_await repository_.begin(permit, work)) != Step::done) co_return false;
    co_await parts_.end_access(*work.user);
    co_await parts_.uncount(*work.user);
    auto const in_force = parts_.in_force();
    if (!co_await notices_.prepare(permit, work.id, work.organisation, *work.user, in_force, parts_.clock()))
        throw Unavailable{"the database is busy"};
    if (value_of(co_await repository_.destroy_key(permit, work)) != Step::done) co_return false;
    while (value_of(co_await repository_.erase_batch(permit, work, rows_in_batch))) {
    }
    auto const certify = [this, &in_force](Certificate const& certificate) {
        return encode_certificate(certificate, parts_.signer, in_force);
    };
    auto const finished = co_await repository_.finish(permit, work, certify, parts_.clock());
    if (!finished) throw Unavailable{"the database is busy"};
    co_return true;
}

}  // namespace samtal::rights
