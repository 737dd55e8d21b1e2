#include "samtal/storage/subject_cipher.hpp"

#include <gtest/gtest.h>

#include <set>

namespace samtal::storage {
namespace {

/// One person with a key, and everybody else erased.
class OneKey final : public KeySource {
public:
    Result<Key> key_of(UserId subject) override {
        if (subject != person) return Error{Errc::not_found, "erased"};
        return Key{7};
    }
    UserId person{parse_uuid("0195f3a0-1234-7000-8000-0123456789ab").value()};
};

class SubjectCipherTest : public testing::Test {
protected:
    OneKey keys;
    Cell cell{"calls.counterpart", keys.person.value()};
    SubjectCipher cipher = SubjectCipher::of(keys, keys.person).value();
    ColumnCipher column{keys};
};

TEST_F(SubjectCipherTest, DoesWhatAColumnCipherDoes) {
    EXPECT_EQ(column.open(keys.person, cell, cipher.seal(cell, "+46701740605")).value(), "+46701740605");
    EXPECT_EQ(cipher.open(cell, column.seal(keys.person, cell, "").value()).value(), "");
    EXPECT_EQ(column.owner_hash(keys.person, "call", "a").value(), cipher.owner_hash("call", "a"));
    EXPECT_NE(cipher.owner_hash("call", "a"), cipher.owner_hash("call-part", "a"));
}

TEST_F(SubjectCipherTest, UsesNoNonceTwice) {
    std::set<std::string> seen;
    for (int n = 0; n < 1000; ++n) {
        auto const sealed = cipher.seal(cell, "x");
        EXPECT_TRUE(seen.insert(sealed.substr(0, 24)).second);
        EXPECT_EQ(cipher.open(cell, sealed).value(), "x");
    }
}

TEST_F(SubjectCipherTest, OpensNothingThatWasSealedElsewhere) {
    auto sealed = cipher.seal(cell, "x");
    EXPECT_FALSE(cipher.open({"calls.own_number", cell.row}, sealed));
    sealed.back() = static_cast<char>(sealed.back() ^ 1);
    EXPECT_FALSE(cipher.open(cell, sealed));
    EXPECT_FALSE(cipher.open(cell, "short"));
}

TEST_F(SubjectCipherTest, IsNoneForWhoWasErased) {
    EXPECT_FALSE(SubjectCipher::of(keys, UserId::nil()));
}

}  // namespace
}  // namespace samtal::storage
