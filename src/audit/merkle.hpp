#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The Merkle tree of RFC 6962, section 2.1.
namespace samtal::audit {

/// SHA-256(0x00 || leaf): 32 bytes.
[[nodiscard]] std::string leaf_hash(std::string_view leaf);

/// The roots of a tree's complete subtrees, largest first: enough to go on and to tell the root, and no more than
/// 63 hashes.
class Frontier {
public:
    Frontier() = default;
    /// What hashes() gave for a tree of that size. Nothing when their number cannot be right.
    [[nodiscard]] static std::optional<Frontier> parse(std::int64_t size, std::string_view hashes);

    void append(std::string leaf_hash);
    [[nodiscard]] std::int64_t size() const noexcept { return size_; }
    /// 32 bytes. Of an empty tree: SHA-256 of nothing.
    [[nodiscard]] std::string root() const;
    /// All subtrees' roots, one after another.
    [[nodiscard]] std::string hashes() const;

private:
    std::int64_t size_ = 0;
    std::vector<std::string> subtrees_;
};

}  // namespace samtal::audit
