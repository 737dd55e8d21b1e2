#pragma once

#include "log.hpp"
#include "merkle.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace samtal::audit {

/// Recomputes the tree from the leaves and holds it against what was signed, in one pass and little memory.
///
/// Every note names the one before it, so the newest signature vouches for all: it alone is checked, and an older
/// one that the reader kept. Of a leaf that went its hash is taken, where a signed statement covers it: the tree's
/// roots are what they were, so a hash that was never a leaf's is found like a changed leaf.
class Verifier final : public LogVisitor {
public:
    /// `kept`: an older checkpoint's note, from outside the log.
    Verifier(std::string public_key, std::optional<std::string> kept);

    void add(NumberedLeaf const&) override;
    void add(StoredCheckpoint const&) override;
    void add(StoredPruning const&) override;
    [[nodiscard]] bool done() const override { return problem_.has_value(); }
    /// Where the log ends; after everything was added.
    void finish(Extent const&);

    /// What is wrong; nothing while all is well. The first finding stays.
    [[nodiscard]] std::optional<std::string> const& problem() const noexcept { return problem_; }
    [[nodiscard]] std::int64_t size() const noexcept { return frontier_.size(); }

private:
    void look_at_kept();
    void look_at_pruned();
    void report(std::string problem);

    std::string public_key_;
    std::string kept_note_;
    std::int64_t kept_size_ = -1;  // none
    std::string kept_root_;
    Frontier frontier_;
    std::string newest_note_;
    std::string newest_hash_;
    std::int64_t signed_ = 0;
    std::string pruning_note_;
    std::string pruning_hash_;
    std::int64_t pruned_size_ = 0;  // leaves below may be gone
    std::string pruned_root_;
    std::optional<std::string> problem_;
};

}  // namespace samtal::audit
