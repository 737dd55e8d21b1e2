#include "verifier.hpp"

#include "checkpoint.hpp"

#include <fmt/format.h>

#include <utility>

namespace samtal::audit {

Verifier::Verifier(std::string public_key, std::optional<std::string> kept)
    : public_key_{std::move(public_key)}, newest_hash_{note_hash("")}, pruning_hash_{note_hash("")} {
    if (!kept) return;
    auto const checkpoint = read_checkpoint(*kept, public_key_);
    if (!checkpoint || !checkpoint_holds(*kept, public_key_)) {
        report("the checkpoint to compare with was not signed by this key");
        return;
    }
    kept_note_ = *std::move(kept);
    kept_size_ = checkpoint->size;
    kept_root_ = checkpoint->root;
}

void Verifier::report(std::string problem) {
    if (!problem_) problem_ = std::move(problem);
}

void Verifier::add(NumberedLeaf const& leaf) {
    if (leaf.position != size())
        return report(fmt::format("leaf {} is missing: the next one there is {}", size(), leaf.position));
    if (!leaf.pruned.empty() && leaf.position >= pruned_size_)
        return report(fmt::format("leaf {} is gone, and no signed statement covers it", leaf.position));
    frontier_.append(leaf.pruned.empty() ? leaf_hash(leaf.bytes) : leaf.pruned);
    look_at_kept();
    look_at_pruned();
}

void Verifier::add(StoredPruning const& stored) {
    auto const statement = read_pruning(stored.note, public_key_);
    if (!statement || statement->size != stored.size || statement->previous != pruning_hash_ ||
        statement->size <= pruned_size_)
        return report(fmt::format("the statement that {} leaves went is not as it was signed", stored.size));
    pruned_size_ = statement->size;
    pruned_root_ = statement->root;
    pruning_note_ = stored.note;
    pruning_hash_ = note_hash(stored.note);
}

/// Whoever signed the statement saw these leaves, and no others.
void Verifier::look_at_pruned() {
    if (size() == pruned_size_ && frontier_.root() != pruned_root_)
        report(fmt::format("the first {} leaves are not those of the statement that they went", pruned_size_));
}

/// A fork or a roll-back is a log that was honest once and went another way after the kept checkpoint.
void Verifier::look_at_kept() {
    if (size() == kept_size_ && frontier_.root() != kept_root_)
        report(fmt::format("the first {} leaves are not those of the checkpoint to compare with", kept_size_));
}

void Verifier::add(StoredCheckpoint const& stored) {
    auto const checkpoint = read_checkpoint(stored.note, public_key_);
    if (!checkpoint || checkpoint->size != stored.size)
        return report(fmt::format("checkpoint {} is not as it was signed", stored.size));
    if (checkpoint->previous != newest_hash_)
        return report(
            fmt::format("checkpoint {} does not follow the one before it, of size {}", stored.size, signed_));
    if (checkpoint->size <= signed_ || checkpoint->size != size())
        return report(fmt::format("checkpoint {} covers other leaves than the {} there are", stored.size, size()));
    if (checkpoint->root != frontier_.root() || stored.frontier != frontier_.hashes())
        return report(
            fmt::format("the leaves from {} to {} are not those that were signed", signed_, stored.size - 1));
    if (stored.size == kept_size_ && stored.note != kept_note_)
        return report(fmt::format("checkpoint {} is another than the one to compare with", stored.size));
    signed_ = stored.size;
    newest_note_ = stored.note;
    newest_hash_ = note_hash(stored.note);
}

void Verifier::finish(Extent const& extent) {
    if (signed_ > 0 && !checkpoint_holds(newest_note_, public_key_))
        return report(fmt::format("checkpoint {} is not signed by this key", signed_));
    if (pruned_size_ > 0 && !pruning_holds(pruning_note_, public_key_))
        return report("the statement that leaves went is not signed by this key");
    if (pruned_size_ > size())
        return report(fmt::format("{} leaves are said to be gone, of {}", pruned_size_, size()));
    if (extent.numbered != size() || extent.signed_ != signed_ || signed_ != size())
        return report(fmt::format("{} leaves have a place, and {} are signed for", extent.numbered, signed_));
    if (size() < kept_size_)
        report(fmt::format("the log has {} leaves, and had {} at the checkpoint to compare with", size(),
                           kept_size_));
}

}  // namespace samtal::audit
