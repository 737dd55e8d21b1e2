#include "notice.hpp"

#include <cstring>

namespace samtal::delivery {

namespace {

enum class Which : char { all, only, but };
constexpr std::size_t id_size = sizeof(boost::uuids::uuid);

boost::uuids::uuid id_at(std::string_view text, std::size_t place) {
    boost::uuids::uuid id{};
    std::memcpy(id.data, text.data() + 1 + place * id_size, id_size);
    return id;
}

}  // namespace

std::string encode(Notice const& notice) {
    gateway::Ending const& e = notice.ending;
    Which const which = e.only ? Which::only : e.but ? Which::but : Which::all;
    std::string text(1, static_cast<char>(which));
    auto const session = e.only ? *e.only : e.but.value_or(SessionId::nil());
    for (auto const& id : {notice.from, e.user.value(), session.value()})
        text.append(reinterpret_cast<char const*>(id.data), id_size);
    return text;
}

std::optional<Notice> decode_notice(std::string_view text) {
    if (text.size() != 1 + 3 * id_size) return std::nullopt;
    Notice notice{id_at(text, 0), {.user = UserId{id_at(text, 1)}}};
    SessionId const session{id_at(text, 2)};
    switch (static_cast<Which>(text.front())) {
        case Which::all:
            return notice;
        case Which::only:
            notice.ending.only = session;
            return notice;
        case Which::but:
            notice.ending.but = session;
            return notice;
    }
    return std::nullopt;
}

}  // namespace samtal::delivery
