#include "samtal/storage/signing.hpp"

#include "support/database.hpp"

#include <gtest/gtest.h>

namespace samtal::storage {
namespace {

class SigningTest : public testing::DatabaseTest {
protected:
    Signer signer{test.ring};
};

TEST_F(SigningTest, HoldsForTheDocumentAndTheKeyAlone) {
    std::string const signature = signer.sign("a receipt");
    EXPECT_TRUE(signature_holds(signer.public_key(), "a receipt", signature));
    EXPECT_FALSE(signature_holds(signer.public_key(), "a receipt.", signature));
    std::string other = signer.public_key();
    other[0] = static_cast<char>(other[0] ^ 1);
    EXPECT_FALSE(signature_holds(other, "a receipt", signature));
}

TEST_F(SigningTest, IsRefusedInAnyOtherSize) {
    std::string const signature = signer.sign("a receipt");
    EXPECT_FALSE(signature_holds(signer.public_key(), "a receipt", signature.substr(1)));
    EXPECT_FALSE(signature_holds(signer.public_key().substr(1), "a receipt", signature));
    EXPECT_FALSE(signature_holds("", "", ""));
}

}  // namespace
}  // namespace samtal::storage
