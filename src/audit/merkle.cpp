#include "merkle.hpp"

#include "samtal/storage/key_store.hpp"

#include <bit>
#include <utility>

namespace samtal::audit {

namespace {

constexpr std::size_t hash_size = 32;

std::string node_hash(std::string const& left, std::string const& right) {
    return storage::sha256('\x01' + left + right);
}

}  // namespace

std::string leaf_hash(std::string_view leaf) {
    return storage::sha256(std::string(1, '\0').append(leaf));
}

std::optional<Frontier> Frontier::parse(std::int64_t size, std::string_view hashes) {
    auto const subtrees = static_cast<std::size_t>(std::popcount(static_cast<std::uint64_t>(size)));
    if (size < 0 || hashes.size() != subtrees * hash_size) return std::nullopt;
    Frontier frontier;
    frontier.size_ = size;
    for (std::size_t i = 0; i < subtrees; ++i)
        frontier.subtrees_.emplace_back(hashes.substr(i * hash_size, hash_size));
    return frontier;
}

void Frontier::append(std::string leaf_hash) {
    // A set bit at the low end is a complete subtree of that height, and the new one makes a pair with it.
    for (auto rest = static_cast<std::uint64_t>(size_); (rest & 1U) != 0; rest >>= 1U) {
        leaf_hash = node_hash(subtrees_.back(), leaf_hash);
        subtrees_.pop_back();
    }
    subtrees_.push_back(std::move(leaf_hash));
    ++size_;
}

std::string Frontier::root() const {
    if (subtrees_.empty()) return storage::sha256("");
    std::string root = subtrees_.back();
    for (std::size_t i = subtrees_.size() - 1; i-- > 0;) root = node_hash(subtrees_[i], root);
    return root;
}

std::string Frontier::hashes() const {
    std::string all;
    for (std::string const& subtree : subtrees_) all += subtree;
    return all;
}

}  // namespace samtal::audit
