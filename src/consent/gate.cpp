#include "samtal/consent/gate.hpp"

#include <boost/uuid/name_generator_sha1.hpp>

namespace samtal::consent {

namespace {

// RFC 9562 version 5 under a namespace of our own, so that the same register entry has the same id on every
// server.
constexpr boost::uuids::uuid decisions{
    {0x9c, 0x1f, 0x0a, 0x52, 0x6b, 0x0e, 0x4f, 0x3a, 0x8d, 0x57, 0x21, 0x6e, 0x4b, 0x90, 0xc3, 0x11}};

}  // namespace

Gate::Gate() {
    boost::uuids::name_generator_sha1 const name{decisions};
    for (std::string_view const purpose : purpose_names)
        register_entries_.emplace(purpose, DecisionId{name(purpose.data(), purpose.size())});
}

Task<Result<DecisionId>> Gate::decide(Principal who, std::string_view purpose, Basis, Choice choice) {
    if (choice == Choice::none) co_return standing_decision(purpose);
    if (choice == Choice::object) co_return co_await unless_objected(who, purpose);
    auto const decision = co_await standings_->consent(who, purpose);
    if (!decision) co_return decision.error();
    if (!*decision)
        co_return Error{Errc::denied, "this needs a consent that is not given", "", "consent-required", purpose};
    co_return **decision;
}

Task<Result<DecisionId>> Gate::unless_objected(Principal who, std::string_view purpose) {
    auto const objects = co_await standings_->objects(who, purpose);
    if (!objects) co_return objects.error();
    if (*objects) co_return Error{Errc::denied, "the person objects to this purpose", "", "", purpose};
    co_return standing_decision(purpose);
}

DecisionId Gate::standing_decision(std::string_view purpose) {
    return register_entries_.at(purpose);
}

}  // namespace samtal::consent
