#include "audit/merkle.hpp"

#include "samtal/storage/key_store.hpp"
#include "samtal/storage/values.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace samtal::audit {
namespace {

std::string hex(std::string const& bytes) {
    return storage::bytea(bytes).substr(2);
}

/// RFC 6962, section 2.1, as it is written there.
std::string by_the_book(std::vector<std::string> const& leaves) {
    if (leaves.empty()) return storage::sha256("");
    if (leaves.size() == 1) return storage::sha256(std::string(1, '\0') + leaves[0]);
    std::size_t k = 1;
    while (2 * k < leaves.size()) k *= 2;
    auto const middle = leaves.begin() + static_cast<std::ptrdiff_t>(k);
    return storage::sha256("\x01" + by_the_book({leaves.begin(), middle}) + by_the_book({middle, leaves.end()}));
}

TEST(Merkle, HasTheRootsOfTheKnownTestVectors) {
    // From the reference implementation of Certificate Transparency.
    std::vector<std::string> const inputs{"",
                                          std::string(1, '\0'),
                                          "\x10",
                                          "\x20\x21",
                                          "\x30\x31",
                                          "\x40\x41\x42\x43",
                                          "\x50\x51\x52\x53\x54\x55\x56\x57",
                                          "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
    Frontier tree;
    EXPECT_EQ(hex(tree.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    tree.append(leaf_hash(inputs[0]));
    EXPECT_EQ(hex(tree.root()), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    tree.append(leaf_hash(inputs[1]));
    EXPECT_EQ(hex(tree.root()), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    for (std::size_t i = 2; i < inputs.size(); ++i) tree.append(leaf_hash(inputs[i]));
    EXPECT_EQ(hex(tree.root()), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(Merkle, GoesOnFromItsFrontierAsIfItNeverStopped) {
    std::vector<std::string> leaves;
    Frontier tree;
    for (int i = 0; i < 300; ++i) {
        leaves.push_back(std::to_string(i));
        auto resumed = Frontier::parse(tree.size(), tree.hashes());
        ASSERT_TRUE(resumed);
        resumed->append(leaf_hash(leaves.back()));
        tree.append(leaf_hash(leaves.back()));
        ASSERT_EQ(resumed->hashes(), tree.hashes());
        ASSERT_EQ(tree.root(), by_the_book(leaves)) << i;
    }
    EXPECT_LE(tree.hashes().size(), 9U * 32U);
}

TEST(Merkle, RefusesAFrontierOfAnotherSize) {
    EXPECT_FALSE(Frontier::parse(3, std::string(32, 'x')));
    EXPECT_FALSE(Frontier::parse(-1, ""));
    EXPECT_TRUE(Frontier::parse(4, std::string(32, 'x')));
}

}  // namespace
}  // namespace samtal::audit
