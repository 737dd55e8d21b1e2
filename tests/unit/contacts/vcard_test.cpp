#include "contacts/vcard_codec.hpp"
#include "contacts/vcard_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace samtal::contacts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t many = 100;

ContactCard only(std::string_view text) {
    auto const cards = decode_vcards(text, many);
    EXPECT_EQ(cards.size(), 1U);
    if (cards.empty() || !cards[0]) {
        ADD_FAILURE() << (cards.empty() ? "nothing" : cards[0].error().reason.text());
        return {};
    }
    return *cards[0];
}

std::string refusal(std::string_view text) {
    auto const cards = decode_vcards(text, many);
    if (cards.size() != 1 || cards[0]) return "it was read";
    return std::string{cards[0].error().reason.text()};
}

std::string card(std::string_view lines, std::string_view version = "4.0") {
    return "BEGIN:VCARD\r\nVERSION:" + std::string{version} + "\r\n" + std::string{lines} + "END:VCARD\r\n";
}

TEST(VCard, IsReadAsRfc6350WritesIt) {
    auto const read = only(card(
        "UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1\r\nFN:Åsa Öberg\r\nN:Öberg;Åsa;;;\r\n"
        "ORG:Bygg\\, Färg \\& Så;Lager\r\nTEL;VALUE=uri;PREF=1;TYPE=\"voice,home\":tel:+46-70-174-06-05;ext=5\r\n"
        "item1.TEL;TYPE=cell:070-555 01 "
        "02\r\nEMAIL;TYPE=work:asa@example.org\r\nPHOTO:data:image/png;base64,AAAA\r\n"));
    EXPECT_EQ(read.source_id, "urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1");
    EXPECT_EQ(read.name, "Åsa Öberg");
    EXPECT_EQ(read.company, "Bygg, Färg & Så");
    EXPECT_THAT(read.phone_numbers, ElementsAre("+46-70-174-06-05", "070-555 01 02"));
    EXPECT_THAT(read.emails, ElementsAre("asa@example.org"));
}

TEST(VCard, IsUnfoldedInsideOfACharacterToo) {
    EXPECT_EQ(only(card("FN:Ann\r\n a B\r\n\terg\r\n")).name, "Anna Berg");
    EXPECT_EQ(only(card("FN:\xc3\r\n \x85sa\r\n")).name, "Åsa");
    EXPECT_EQ(only("BEGIN:VCARD\nVERSION:4.0\nFN:Bara\n  LF\nEND:VCARD\n").name, "Bara LF");
}

TEST(VCard, TakesBackEscapes) {
    EXPECT_EQ(only(card("FN:a\\;b\\,c\\\\d\\ne\r\n")).name, "a;b,c\\d e");
}

TEST(VCard, OfVersionThreeIsReadToo) {
    auto const read =
        only(card("N:Ek;Bo;Karl;Dr;\r\nFN:\r\nTEL;TYPE=CELL,VOICE:+46701740605\r\n"
                  "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRg\r\n =\r\n",
                  "3.0"));
    EXPECT_EQ(read.name, "Dr Bo Karl Ek");
    EXPECT_THAT(read.phone_numbers, ElementsAre("+46701740605"));
}

TEST(VCard, HasANameInAnyCase) {
    EXPECT_EQ(only(card("ORG:Taxi\r\nTEL:08-15 00 00\r\n")).name, "Taxi");
    EXPECT_EQ(only(card("TEL:08-15 00 00\r\n")).name, "08-15 00 00");
    EXPECT_THAT(refusal(card("NOTE:nothing\r\n")), HasSubstr("neither a name nor a number"));
}

TEST(VCard, ThatIsBrokenIsRefusedForAReason) {
    EXPECT_THAT(refusal(card("FN:x\r\n", "2.1")), HasSubstr("3.0 or 4.0"));
    EXPECT_THAT(refusal("BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n"), HasSubstr("3.0 or 4.0"));
    EXPECT_THAT(refusal("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:x\r\n"), HasSubstr("no end"));
    EXPECT_THAT(refusal(card("FN:x\r\nno property\r\n")), HasSubstr("no property"));
    EXPECT_THAT(refusal(card("KIND:group\r\nFN:x\r\n")), HasSubstr("group"));
    EXPECT_THAT(refusal(card("FN;ENCODING=QUOTED-PRINTABLE:=C3=85\r\n", "3.0")), HasSubstr("encoding"));
    EXPECT_THAT(refusal(card("FN:\xff\xfe\r\n")), HasSubstr("UTF-8"));
    EXPECT_THAT(refusal(card("FN:a\x1b[31m\r\n")), HasSubstr("control"));
    EXPECT_THAT(refusal(card("FN:" + std::string(201, 'x') + "\r\n")), HasSubstr("too long"));
    EXPECT_THAT(refusal("hej\r\n"), HasSubstr("no vCard"));
    EXPECT_TRUE(decode_vcards("", many).empty());
}

TEST(VCard, ThatIsBrokenHarmsNoOther) {
    auto const cards = decode_vcards("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:first\r\n" + card("FN:second\r\n") +
                                         "junk\r\njunk\r\n" + card("FN:third\r\n"),
                                     many);
    ASSERT_EQ(cards.size(), 4U);
    EXPECT_FALSE(cards[0]);
    EXPECT_EQ(cards[1]->name, "second");
    EXPECT_FALSE(cards[2]);
    EXPECT_EQ(cards[3]->name, "third");
}

TEST(VCard, ThatIsOneTooManyIsReadToTell) {
    std::string text;
    for (int n = 0; n < 10; ++n) text += card("FN:x\r\n");
    EXPECT_EQ(decode_vcards(text, 3).size(), 4U);
}

TEST(VCard, IsReadAgainAsItWasWritten) {
    ContactCard const one{std::string(30, 'x') + " Åäö; \\, 電話番号電話番号電話番号電話番号",
                          "Ett, två; tre \\ fyra",
                          {"+46701740605", "08-1"},
                          {"a@example.org"},
                          "uid;1"};
    std::string const text = encode_vcard(one);
    EXPECT_EQ(only(text), one);
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const end = text.find("\r\n", at);
        EXPECT_LE(end - at, 75U);
        at = end + 2;
    }
}

TEST(VCard, PartsAreKeptApart) {
    EXPECT_THAT(components("a\\;b;;c\\"), ElementsAre("a;b", "", "c\\"));
    EXPECT_THAT(components(""), ElementsAre(""));
}

}  // namespace
}  // namespace samtal::contacts
