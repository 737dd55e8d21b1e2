#pragma once

#include "notices.hpp"
#include "samtal/core/personal.hpp"

#include <string>

namespace samtal::rights {

/// What the operator's staff does with requests through the admin socket.
struct ListOpen {
    std::optional<RequestId> before;
    std::size_t limit;
};
struct ShowRequest {
    RequestId id;
};
struct Decision {
    RequestId id;
    bool refuse;  // else: extend
    Reason reason;
};

/// Recipients who are not told yet (Art. 19); one of them.
struct ListNotices {};
struct ShowNotice {
    NoticeId id;
};

/// A request of somebody who has no account (policy J4). The operator has checked who they are.
struct Intake {
    std::string kind;  // access, erasure
    Personal<std::string, field::PrivacyIntakesNumberHash> number;
    std::string reference;  // the operator's own case number
};
struct TakenIn {
    boost::uuids::uuid id;
    Timestamp received_at;
    Timestamp due_at;
    std::string answer;  // not_identified, has_account, had_account
};

}  // namespace samtal::rights
