#pragma once

#include "hold_repository.hpp"
#include "samtal/gateway/ask.hpp"

#include <string_view>

namespace samtal::retention {

/// What an operator asks for. `moment`: now when absent.
struct RunOrder {
    std::optional<Timestamp> moment;
    bool dry_run = false;
};

struct ReportList {
    unsigned limit = 20;
};

/// The rules of core/register_texts.hpp.
[[nodiscard]] std::vector<Rule> decode_rules(std::string_view json);

[[nodiscard]] Result<RunOrder> decode_run(gateway::Ask const&);
[[nodiscard]] Result<ReportList> decode_reports(gateway::Ask const&);
[[nodiscard]] Result<HoldOrder> decode_hold(gateway::Ask const&);
[[nodiscard]] Result<HoldList> decode_hold_list(gateway::Ask const&);

[[nodiscard]] std::string encode(Counts const&);
[[nodiscard]] std::string encode(std::vector<Report> const&);
[[nodiscard]] std::string encode(RetentionPermit const&, Hold const&);
[[nodiscard]] std::string encode(RetentionPermit const&, std::vector<Hold> const&);

}  // namespace samtal::retention
