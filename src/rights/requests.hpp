#pragma once

#include "samtal/core/personal.hpp"
#include "samtal/core/secret.hpp"
#include "samtal/core/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace samtal::rights {

using RightsPermit = Permit<purpose::RightsAndEvidence>;
using RequestId = Id<struct PrivacyRequestTag>;
using Detail = Personal<std::string, field::PrivacyRequestsDetail>;
using Reason = Personal<std::string, field::PrivacyRequestsReason>;

/// Kinds and states are the API's words: access, portability, rectification, erasure, restriction, objection;
/// received, running, ready (an archive waits), refused, done.
struct NewRequest {
    Principal who;
    std::string kind;
    std::string field;            // rectification
    std::optional<Detail> value;  // rectification; contact_numbers as they are sealed
    std::string purpose;          // objection
    bool active = false;          // restriction, objection
    std::string language;         // of the answer: sv, en
};

/// How far it is that a recipient of the person's data is told.
struct NoticeState {
    std::string recipient;  // of the register
    std::string state;      // waiting, told, failed (and tried again)
    std::optional<Timestamp> told_at;
};

struct Request {
    RequestId id;
    OrganisationId organisation;
    std::optional<UserId> user;  // nobody once they are erased
    std::string kind;
    std::string state;
    std::string language;
    Timestamp received_at;
    Timestamp due_at;
    std::optional<Timestamp> extended_at;
    std::optional<Timestamp> done_at;
    std::string waits_for;               // legal_hold, or nothing
    std::optional<Reason> reason;        // of the operator, for an extension or a refusal
    std::string certificate;             // of an erasure that is done
    std::vector<NoticeState> notices{};  // who was to be told (Art. 19); only of one that is read by itself
};

/// The answer to a new request. The token opens an erasure's state and certificate when the account is gone.
struct Accepted {
    Request request;
    std::optional<Secret> receipt_token;
};

struct RequestPage {
    std::vector<Request> items;
    bool more = false;
};

}  // namespace samtal::rights
