#include "samtal/storage/binary_array.hpp"

#include "support/database.hpp"

#include <gtest/gtest.h>

namespace samtal::storage {
namespace {

constexpr Statement as_text{R"sql(
-- test.binary_arrays
SELECT $1::text[]::text, $2::bytea[]::text, $3::timestamptz[]::text, $4::boolean[]::text, $5::bigint[]::text, $6::integer[]::text,
       $7::uuid[]::text, cardinality($8::uuid[])
)sql"};

using BinaryArrayTest = testing::DatabaseTest;

TEST_F(BinaryArrayTest, IsReadByPostgreSQLAsItWasMeant) {
    using Of = BinaryArray::Of;
    BinaryArray texts{Of::text}, bytes{Of::bytea}, times{Of::timestamptz}, flags{Of::boolean}, bigs{Of::bigint},
        integers{Of::integer}, ids{Of::uuid}, empty{Of::uuid};
    texts.add("å \"{,}\\");
    texts.add_null();
    texts.add(std::string_view{});
    bytes.add(std::string_view{"\0\xff", 2});
    bytes.add_null();
    for (auto const* const at : {"1970-01-01T00:00:00Z", "1999-12-31T23:59:59.999Z", "2026-11-25T20:00:00.001Z"})
        times.add_time(parse_rfc3339(at).value());
    flags.add_flag(true);
    flags.add_flag(false);
    bigs.add(std::int64_t{-1} << 40);
    integers.add(std::int32_t{-7});
    ids.add(parse_uuid("0195f3a0-1234-7000-8000-0123456789ab").value());
    std::vector<std::string> found;
    auto const permit = this->permit<purpose::ChatMessaging>(person());
    testing::run(db.read(permit, [&](Tx& tx) -> Result<int> {
        found.clear();
        for (auto const& field :
             tx.exec(as_text, texts.parameter(), bytes.parameter(), times.parameter(), flags.parameter(),
                     bigs.parameter(), integers.parameter(), ids.parameter(), empty.parameter())[0])
            found.emplace_back(field.c_str());
        return 0;
    })).value();
    EXPECT_EQ(found, (std::vector<std::string>{
                         R"({"å \"{,}\\",NULL,""})", R"({"\\x00ff",NULL})",
                         R"({"1970-01-01 00:00:00+00","1999-12-31 23:59:59.999+00","2026-11-25 20:00:00.001+00"})",
                         "{t,f}", "{-1099511627776}", "{-7}", "{0195f3a0-1234-7000-8000-0123456789ab}", "0"}));
}

}  // namespace
}  // namespace samtal::storage
