#include "samtal/core/html.hpp"

#include <gtest/gtest.h>

namespace samtal {
namespace {

TEST(EscapeHtml, TextOfPeopleCannotLeaveItsElementOrAttribute) {
    EXPECT_EQ(escape_html(R"(<a href="x" title='y'>&amp;)"),
              "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;");
}

TEST(EscapeHtml, LeavesEverythingElseAsItIs) {
    EXPECT_EQ(escape_html("Åsa Öberg, 50 %\n"), "Åsa Öberg, 50 %\n");
}

}  // namespace
}  // namespace samtal
