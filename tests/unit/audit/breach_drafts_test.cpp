#include "audit/breach.hpp"
#include "samtal/core/uuid_v7.hpp"

#include <gtest/gtest.h>

namespace samtal::audit {
namespace {

BreachCase opened(std::string kind, bool drill) {
    Timestamp const at = *parse_rfc3339("2026-11-20T12:00:00Z");
    return {CaseId{uuid_v7(at)}, std::move(kind), drill, std::nullopt, at, at, at, 4711};
}

TEST(BreachDrafts, HoldEveryItemOfArticle33And34) {
    for (std::string const kind : {"confidentiality", "integrity", "availability"}) {
        auto const drafts = breach_drafts(opened(kind, false), {12, 345, 67}, processing::built_in());
        ASSERT_EQ(drafts.size(), 4U);
        for (std::string const item :
             {"33(3)(a)", "33(3)(b)", "33(3)(c)", "33(3)(d)", "4711", "345", "2026-11-23T12:00:00",
              "Content of conversations", "integritet@infracom.example", "dataskyddsombud@infracom.example"})
            EXPECT_NE(drafts[1].text.find(item), std::string::npos) << kind << ": " << item;
        for (std::string const item : {"33.3 a", "33.3 b", "33.3 c", "33.3 d", "4711", "Innehåll i samtal"})
            EXPECT_NE(drafts[0].text.find(item), std::string::npos) << kind << ": " << item;
        for (std::string const item : {"What happened", "What it may mean", "What we do", "Questions"})
            EXPECT_NE(drafts[3].text.find(item), std::string::npos) << kind << ": " << item;
        for (Draft const& draft : drafts) {
            EXPECT_EQ(draft.text.find('{'), std::string::npos) << draft.file;
            EXPECT_EQ(draft.text.find("DRILL"), std::string::npos);
        }
    }
}

TEST(BreachDrafts, SayWhenTheyAreADrillAndWhenNobodyCounted) {
    auto const drafts = breach_drafts(opened("integrity", true), {}, processing::built_in());
    EXPECT_TRUE(drafts[0].text.starts_with("ÖVNING"));
    EXPECT_TRUE(drafts[3].text.starts_with("DRILL"));
    EXPECT_NE(drafts[1].text.find("still being counted"), std::string::npos);
}

}  // namespace
}  // namespace samtal::audit
