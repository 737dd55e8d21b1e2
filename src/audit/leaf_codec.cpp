#include "leaf_codec.hpp"

#include "samtal/storage/values.hpp"

#include <sodium.h>
#include <nlohmann/json.hpp>

namespace samtal::audit {

using nlohmann::json;

namespace {

constexpr std::string_view checkpoint_begins = "{\"frontier\":";

std::string hex(std::string const& bytes) {
    return storage::bytea(bytes).substr(2);
}

/// What is no hex becomes other bytes, and then another line.
std::string from_hex(std::string const& text) {
    std::string bytes(text.size() / 2, '\0');
    sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(), nullptr,
                   nullptr, nullptr);
    return bytes;
}

}  // namespace

std::string canonical(LoggedLeaf const& leaf) {
    return json{{"act", leaf.act},
                {"acted_us", leaf.acted_us},
                {"actor", hex(leaf.actor)},
                {"actor_kind", leaf.actor_kind},
                {"code", leaf.code},
                {"leaf_id", leaf.leaf_id},
                {"purpose", leaf.purpose},
                {"reference", leaf.reference},
                {"subject", hex(leaf.subject)}}
        .dump();
}

std::string export_line(StoredCheckpoint const& c) {
    return json{{"frontier", hex(c.frontier)}, {"note", c.note}, {"size", c.size}}.dump();
}

std::optional<ExportedLine> parse_line(std::string line) {
    if (!line.starts_with(checkpoint_begins)) return ExportedLine{std::move(line)};
    auto const parsed = json::parse(line, nullptr, false);
    if (!parsed.is_object() || parsed.size() != 3) return std::nullopt;
    auto const frontier = parsed.find("frontier");
    auto const note = parsed.find("note");
    auto const size = parsed.find("size");
    if (frontier == parsed.end() || note == parsed.end() || size == parsed.end() || !frontier->is_string() ||
        !note->is_string() || !size->is_number_integer())
        return std::nullopt;
    StoredCheckpoint checkpoint{size->get<std::int64_t>(), {}, note->get<std::string>()};
    checkpoint.frontier = from_hex(frontier->get<std::string>());
    if (export_line(checkpoint) != line) return std::nullopt;
    return ExportedLine{std::move(checkpoint)};
}

std::string note_in(std::string_view printed) {
    auto const parsed = printed.starts_with('{') ? json::parse(printed, nullptr, false) : json{{"note", printed}};
    auto const note = parsed.is_object() ? parsed.find("note") : parsed.end();
    if (note == parsed.end() || !note->is_string()) return {};
    std::string text = note->get<std::string>();
    text.erase(text.find_last_not_of("\r\n ") +
               1);  // a terminal or an editor may have added or taken a line's end
    return text + "\n";
}

}  // namespace samtal::audit
