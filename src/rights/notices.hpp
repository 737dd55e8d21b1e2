#pragma once

#include "requests.hpp"
#include "samtal/register/register.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

// GDPR Art. 19: whoever got the person's data is told of a correction, an erasure or a restriction.
namespace samtal::rights {

using NoticeId = Id<struct RecipientNoticeTag>;

/// Told without undue delay; later than this, the operator's metrics say so.
inline constexpr std::chrono::days notice_overdue_after{3};

/// What a recipient needs to do the same, and no more: under which id it knows the account, and what to do.
struct NoticeAbout {
    std::string act;  // erasure, rectification, restriction, restriction_lifted
    UserId user;
    std::string field;  // of a rectification: which one; its value is read where it always was
};

/// A notice whose turn it is.
struct PendingNotice {
    OrganisationId organisation;
    RequestId request;
    NoticeId id;
    std::string recipient;             // of the register
    std::optional<NoticeAbout> about;  // nothing: of before there were notices; an operator tells by hand
    int tries = 0;                     // this one included
};

/// As the operator sees it.
struct UntoldNotice {
    NoticeId id;
    OrganisationId organisation;
    RequestId request;
    std::string recipient;
    std::string kind;  // of the request
    Timestamp made_at;
    int tries;
    bool failed;
};

/// The recipients of the register to be told: those who process data for the controller, and those with an address
/// for it. Authorities are none (GDPR Art. 4(9)).
[[nodiscard]] std::vector<std::string> recipients_to_tell(processing::Register const&);

/// The letter, in Swedish and English.
[[nodiscard]] std::string notice_letter(NoticeAbout const&, OrganisationId, NoticeId, processing::Register const&);

/// When to try again after so many tries failed: an hour, then twice as long each time, a day at most.
[[nodiscard]] std::chrono::hours notice_pause(int tries);

/// How `about` is sealed: JSON.
[[nodiscard]] std::string encode_about(NoticeAbout const&);
[[nodiscard]] std::optional<NoticeAbout> decode_about(std::string_view);
[[nodiscard]] std::string encode_untold(std::vector<UntoldNotice> const&, Timestamp now);

}  // namespace samtal::rights
