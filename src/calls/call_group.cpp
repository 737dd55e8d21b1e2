#include "call_group.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace samtal::calls {

namespace {

constexpr std::size_t half_hash = 16;

/// A list of parts with their lengths in front, so that no two lists have the same bytes.
class Joined {
public:
    Joined& add(std::string_view part) {
        auto const size = static_cast<std::uint32_t>(part.size());
        bytes_.append(reinterpret_cast<char const*>(&size), sizeof size).append(part);
        return *this;
    }
    Joined& add(Timestamp at) { return add(fmt::format_int{at.time_since_epoch().count()}); }
    [[nodiscard]] std::string_view bytes() const { return bytes_; }

private:
    Joined& add(fmt::format_int const& number) { return add(std::string_view{number.data(), number.size()}); }

    std::string bytes_;
};

/// Appends a hash of that size.
void append_hash(std::string& to, storage::Key const& key, std::string_view value, std::size_t size) {
    std::size_t const before = to.size();
    to.resize(before + size);
    crypto_generichash(reinterpret_cast<unsigned char*>(to.data()) + before, size,
                       reinterpret_cast<unsigned char const*>(value.data()), value.size(), key.data(), key.size());
}

std::string hashed(storage::Key const& key, std::string_view value, std::size_t size) {
    std::string hash;
    append_hash(hash, key, value, size);
    return hash;
}

}  // namespace

bool Incoming::numbers_changed() const {
    return rewrites() && receipt.earlier->substr(0, half_hash) != receipt.content.substr(0, half_hash);
}

CallHashes::CallHashes(storage::KeyRing const& keys)
    : source_{keys.derive("call-source")},
      numbers_{keys.derive("call-numbers")},
      rest_{keys.derive("call-content")},
      lock_{keys.derive("call-lock")} {}

std::string CallHashes::content(SetupPermit const& permit, std::string const& part, Call const& call) const {
    auto const number = [&permit](std::optional<Party> const& party) {
        return party ? std::string_view{party->open(permit).text} : std::string_view{};
    };
    std::string hash;
    hash.reserve(2 * half_hash);
    // With the name, so that equal numbers have other hashes in another call.
    append_hash(hash, numbers_, Joined{}.add(part).add(number(call.caller)).add(number(call.callee)).bytes(),
                half_hash);
    CallTimes const& times = call.times.open(permit);
    Joined rest;
    rest.add(part).add(times.started_at);
    times.answered_at ? rest.add(*times.answered_at) : rest.add(std::string_view{});
    append_hash(hash, rest_, rest.add(times.ended_at).add(name_of(call.outcome)).bytes(), half_hash);
    return hash;
}

Incoming CallHashes::incoming(IncomingBatch const& batch, std::size_t place) const {
    PendingCall const& call = batch.calls[place];
    SetupPermit const& permit = *batch.permit;
    std::string name = batch.switch_id.text() + ":" + call.source_call_id;
    std::string const part = part_name(name, call.part);
    constexpr std::size_t whole_hash = 2 * half_hash;
    Receipt receipt{permit.organisation(), batch.switch_id, hashed(source_, part, whole_hash),
                    content(permit, part, call.last), std::nullopt};
    std::string first = call.first ? content(permit, part, *call.first) : std::string{};
    return {&batch, &call, &batch.results[place], std::move(name), std::move(receipt), std::move(first)};
}

std::int64_t CallHashes::lock(std::string const& call) const {
    std::int64_t number = 0;
    std::memcpy(&number, hashed(lock_, call, half_hash).data(), sizeof number);
    return number;
}

std::string part_name(std::string const& call, CallPart const& part) {
    return part.id.empty() ? call : call + '\0' + part.id;
}

std::int64_t part_rank(SetupPermit const& permit, PendingCall const& call, Direction direction) noexcept {
    if (call.part.id.empty()) return 0;
    Leg const near = direction == Direction::outgoing ? Leg::originating : Leg::terminating;
    std::int64_t const side = call.part.leg == near ? 2 : call.part.leg == Leg::any ? 1 : 0;
    bool const answered = call.last.outcome == Outcome::answered;
    CallTimes const& times = call.last.times.open(permit);
    auto const talk = answered ? (times.ended_at - times.answered_at.value_or(times.ended_at)).count() : 0;
    constexpr std::int64_t most_talk = (std::int64_t{1} << 31) - 1;  // 24 days; a call lasts seven at most
    return side << 32 | std::int64_t{answered ? 1 : 0} << 31 | std::min<std::int64_t>(talk, most_talk);
}

}  // namespace samtal::calls
