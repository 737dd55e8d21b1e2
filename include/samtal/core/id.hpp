#pragma once

#include <boost/uuid/uuid.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace samtal {

/// The usual text form of RFC 9562, lower case; nothing for any other text. In core/id.cpp: it runs several
/// times a message, and Boost's generators go through streams and exceptions.
[[nodiscard]] std::optional<boost::uuids::uuid> parse_uuid(std::string_view text) noexcept;
[[nodiscard]] std::string uuid_text(boost::uuids::uuid const& id);

/// One identifier type per kind of thing. A ConversationId cannot be passed where a UserId is
/// expected, so swapped arguments are a compile error instead of somebody else's data.
template <class Tag>
class Id {
public:
    explicit Id(boost::uuids::uuid value) noexcept : value_{value} {}

    /// The id of nobody: what an actor without an account carries. No row ever has it.
    [[nodiscard]] static Id nil() noexcept { return Id{boost::uuids::uuid{}}; }

    /// For text from outside: nothing unless it is a UUID in its usual form, in either case.
    [[nodiscard]] static std::optional<Id> parse(std::string_view text) noexcept {
        auto const value = parse_uuid(text);
        if (!value) return std::nullopt;
        return Id{*value};
    }

    [[nodiscard]] boost::uuids::uuid const& value() const noexcept { return value_; }
    [[nodiscard]] std::string text() const { return uuid_text(value_); }
    friend bool operator==(Id const& a, Id const& b) noexcept { return a.value_ == b.value_; }
    friend std::strong_ordering operator<=>(Id const& a, Id const& b) noexcept {
        return std::memcmp(a.value_.data, b.value_.data, sizeof a.value_.data) <=> 0;
    }

private:
    boost::uuids::uuid value_;
};

using OrganisationId = Id<struct OrganisationTag>;  // the tenant: the first column of every key
using UserId = Id<struct UserTag>;                  // the person the data is about
using SessionId = Id<struct SessionTag>;            // one sign-in on one device
using SwitchId = Id<struct SwitchTag>;              // a telephone exchange that reports calls
using CallId = Id<struct CallTag>;                  // one person's row of a call
using ConversationId = Id<struct ConversationTag>;  // a chat room or a one-to-one thread
using MessageId = Id<struct MessageTag>;
using ClientMessageId = Id<struct ClientMessageTag>;  // chosen by the client, so that a retry is no second message
using DecisionId = Id<struct DecisionTag>;            // the record that allowed something

}  // namespace samtal

template <class Tag>
struct std::hash<samtal::Id<Tag>> {
    std::size_t operator()(samtal::Id<Tag> const& id) const noexcept {
        return boost::uuids::hash_value(id.value());
    }
};
