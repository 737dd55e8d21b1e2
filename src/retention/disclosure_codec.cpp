#include "disclosure_codec.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace samtal::retention {

namespace {

using gateway::FieldReader;
using nlohmann::json;

constexpr std::size_t most_case_bytes = 100;

bool is_e164(std::string_view number) {
    return number.size() >= 8 && number.size() <= 16 && number.starts_with('+') && number[1] != '0' &&
           number.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

Timestamp moment(FieldReader& in, Literal key) {
    std::string const text = in.text(key);
    if (auto const at = parse_rfc3339(text)) return *at;
    if (auto const day = parse_full_date(text)) return *day;
    in.refuse("must be a date or an RFC 3339 date-time", key);
    return {};
}

}  // namespace

Result<DisclosureOrder> decode_disclosure(gateway::Ask const& ask) {
    auto in = ask.body();
    std::string number_of_case = in.text("case");
    std::string number = in.text("number");
    auto const from = moment(in, "from");
    auto const to = moment(in, "to");
    auto const by = in.id<UserId>("by");
    auto const second = in.id<UserId>("second");
    auto const is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    if (number_of_case.empty() || number_of_case.size() > most_case_bytes ||
        std::ranges::any_of(number_of_case, is_control))
        in.refuse("must have 1 to 100 bytes of text", "case");
    if (!is_e164(number)) in.refuse("must be an E.164 number", "number");
    if (to <= from) in.refuse("must be after from", "to");
    if (auto const problem = in.finish()) return *problem;
    return DisclosureOrder{std::move(number_of_case),
                           Personal<std::string, field::LawRetentionCallsCallerHash>{std::move(number)},
                           from,
                           to,
                           by,
                           second};
}

Result<ReleaseOrder> decode_release_of_disclosure(gateway::Ask const& ask) {
    auto const disclosure = ask.id<Id<struct DisclosureTag>>(0);
    if (!disclosure) return disclosure.error();
    auto in = ask.body();
    ReleaseOrder const order{disclosure->value(), in.id<UserId>("by"), in.id<UserId>("second")};
    if (auto const problem = in.finish()) return *problem;
    return order;
}

std::string encode_released(std::size_t people) {
    return json{{"people", people}}.dump();
}

std::string encode(LawPermit const& permit, DisclosureOrder const& order, Disclosure const& given) {
    json records = json::array();
    for (LawRecordText const& record : given.records) records.push_back(json::parse(record.open(permit)));
    return json{{"disclosure_id", given.id},
                {"case", order.case_number},
                {"records", std::move(records)},
                {"people", given.people}}
        .dump();
}

}  // namespace samtal::retention
