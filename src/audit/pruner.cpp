#include "pruner.hpp"

#include "checkpoint.hpp"
#include "samtal/ops/log.hpp"

namespace samtal::audit {

namespace {

constexpr std::chrono::hours between_tries{1};
constexpr Error tampered_with{Errc::conflict, "the leaves are not those that were signed: nothing goes"};

std::string hash_of(NumberedLeaf const& leaf) {
    return leaf.pruned.empty() ? leaf_hash(leaf.bytes) : leaf.pruned;
}

}  // namespace

/// The tree of the first `size` leaves, on from the checkpoint of size `from`: that one was looked at before.
Task<Result<Frontier>> Pruner::tree(TrailPermit const& permit, std::int64_t from, std::int64_t size) {
    Frontier frontier;
    if (from > 0) {
        auto const earlier = co_await prunings_.checkpoint(permit, from);
        if (!earlier) co_return earlier.error();
        auto parsed = *earlier ? Frontier::parse(from, (*earlier)->frontier) : std::nullopt;
        if (!parsed) co_return tampered_with;
        frontier = *std::move(parsed);
    }
    while (frontier.size() < size) {
        auto const page = co_await log_.leaves(permit, frontier.size(), size);
        if (!page) co_return page.error();
        if (page->empty()) co_return tampered_with;
        for (NumberedLeaf const& leaf : *page) {
            if (leaf.position != frontier.size()) co_return tampered_with;
            frontier.append(hash_of(leaf));
        }
    }
    co_return frontier;
}

Task<Result<std::optional<StoredPruning>>> Pruner::state_next(TrailPermit const& permit,
                                                              PruningState const& state) {
    auto const reach = co_await prunings_.reach(permit, state.size, state.before);
    if (!reach) co_return reach.error();
    if (!*reach) co_return std::optional<StoredPruning>{};
    StoredCheckpoint const& stored = **reach;
    auto const earlier = state.size == 0 ? std::nullopt : read_pruning(state.note, signer_.public_key());
    if (state.size > 0 && !earlier) co_return tampered_with;
    auto const checkpoint = read_checkpoint(stored.note, signer_.public_key());
    auto const frontier = co_await tree(permit, state.size, stored.size);
    if (!frontier) co_return frontier.error();
    if (!checkpoint || !checkpoint_holds(stored.note, signer_.public_key()) || checkpoint->size != stored.size ||
        checkpoint->root != frontier->root())
        co_return tampered_with;
    StoredPruning statement{stored.size,
                            sign_pruning(signer_, {stored.size, frontier->root(), note_hash(state.note)})};
    if (auto const said = co_await prunings_.say(permit, statement, clock_()); !said) co_return said.error();
    co_return std::optional{std::move(statement)};
}

Task<Result<std::int64_t>> Pruner::let_go(TrailPermit const& permit, std::int64_t first, std::int64_t size,
                                          Timestamp before) {
    std::int64_t gone = 0;
    while (first < size) {
        auto const page = co_await log_.leaves(permit, first, size);
        if (!page) co_return page.error();
        if (page->empty()) break;
        std::vector<std::string> hashes;
        for (NumberedLeaf const& leaf : *page) hashes.push_back(hash_of(leaf));
        if (auto const done = co_await prunings_.prune(permit, first, hashes, before); !done)
            co_return done.error();
        first += static_cast<std::int64_t>(hashes.size());
        gone += static_cast<std::int64_t>(hashes.size());
    }
    co_return gone;
}

Task<Result<std::int64_t>> Pruner::prune(TrailPermit const& permit, Timestamp moment) {
    auto const in_force = in_force_();
    auto const* const evidence = in_force.purpose(purpose::RightsAndEvidence::name);
    if (evidence == nullptr) co_return std::int64_t{0};
    auto const state = co_await prunings_.state(permit, evidence->retention.duration, moment);
    if (!state) co_return state.error();
    // What an earlier statement let go and a crash left: first, so that statements and hashes keep step.
    auto const rest = co_await let_go(permit, state->gone, state->size, state->before);
    if (!rest) co_return rest.error();
    auto const next = co_await state_next(permit, *state);
    if (!next) co_return next.error();
    if (!*next) co_return *rest;
    auto const gone = co_await let_go(permit, state->size, (*next)->size, state->before);
    if (!gone) co_return gone.error();
    co_return *rest + *gone;
}

Task<void> Pruner::now_and_then(TrailPermit const& permit) {
    Timestamp const now = clock_();
    if (tried_at_ && now >= *tried_at_ && now - *tried_at_ < between_tries) co_return;
    tried_at_ = now;
    try {
        auto const gone = co_await prune(permit, now);
        if (!gone && gone.error().code == Errc::conflict)
            ops::write_log(ops::Level::error, "audit.not_pruned", ops::field("what", "tampered_with"));
    } catch (std::exception const& e) {
        ops::write_log(ops::Level::warning, "audit.not_pruned", ops::field("what", e.what()));
    }
}

}  // namespace samtal::audit
