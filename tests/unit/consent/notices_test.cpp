#include "samtal/consent/notice.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace samtal::consent {
namespace {

processing::Register renamed(std::string const& title) {
    auto r = processing::built_in();
    std::ranges::find(r.purposes, "call_history", &processing::PurposeEntry::name)->title = {title, title};
    return r;
}

TEST(Notices, A3_AreThoseOfTheRegisterInForce) {
    Notices notices{{{"advoco", "Advoco", "sv"}}};
    auto const before = notices.purpose("call_history");
    auto const version = notices.current_version();
    auto next = renamed("Nytt namn");
    next.version = "another";
    std::ranges::find(next.purposes, "call_history", &processing::PurposeEntry::name)->terms_hash = "other terms";
    notices.renew(next);
    EXPECT_NE(notices.text("advoco", "sv")->text.find("Nytt namn"), std::string::npos);
    EXPECT_EQ(notices.current_version(), "another");
    EXPECT_EQ(notices.terms_hash("call_history"), "other terms");
    EXPECT_NE(before->terms_hash, "other terms");  // what was handed out stays as it was
    EXPECT_NE(version, "another");
    EXPECT_EQ(notices.in_force()->version, "another");
}

TEST(Notices, AreOfOneRegisterWhileTheyAreRenewed) {
    Notices notices{{{"advoco", "Advoco", "sv"}}, renamed("EttEttEtt")};
    std::atomic<bool> done{false};
    std::atomic<int> mixed{0};
    std::thread reader{[&] {
        while (!done) {
            auto const text = notices.text("advoco", "en")->text;
            bool const one = text.find("EttEttEtt") != std::string::npos;
            bool const two = text.find("TvaTvaTva") != std::string::npos;
            if (one == two) ++mixed;
        }
    }};
    auto const one = renamed("EttEttEtt"), two = renamed("TvaTvaTva");
    for (int n = 0; n < 50; ++n) notices.renew(n % 2 == 0 ? two : one);
    done = true;
    reader.join();
    EXPECT_EQ(mixed, 0);
}

}  // namespace
}  // namespace samtal::consent
