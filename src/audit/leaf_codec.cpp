#include "leaf_codec.hpp"

#include "samtal/storage/values.hpp"

#include <sodium.h>
#include <nlohmann/json.hpp>

namespace samtal::audit {

using nlohmann::json;

namespace {

constexpr std::string_view checkpoint_begins = "{\"frontier\":";
constexpr std::string_view pruning_begins = "{\"note\":";
constexpr std::string_view pruned_begins = "{\"pruned\":";

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

/// Empty, or 0, where there is none: then the line is not as it was written.
std::string text(json const& object, char const* key) {
    auto const found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::int64_t number(json const& object, char const* key) {
    auto const found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// Nothing unless every byte is as an export would write it.
template <class Line>
std::optional<ExportedLine> as_written(std::string const& line, Line value) {
    if (export_line(value) != line) return std::nullopt;
    return ExportedLine{std::move(value)};
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

std::string export_line(StoredPruning const& p) {
    return json{{"note", p.note}, {"size", p.size}}.dump();
}

std::string export_line(PrunedLine const& leaf) {
    return json{{"pruned", hex(leaf.hash)}}.dump();
}

std::optional<ExportedLine> parse_line(std::string line) {
    bool const special =
        line.starts_with(checkpoint_begins) || line.starts_with(pruning_begins) || line.starts_with(pruned_begins);
    if (!special) return ExportedLine{std::move(line)};
    auto const parsed = json::parse(line, nullptr, false);
    if (!parsed.is_object()) return std::nullopt;
    std::optional<ExportedLine> found;
    if (line.starts_with(checkpoint_begins))
        found = as_written<StoredCheckpoint>(
            line,
            StoredCheckpoint{number(parsed, "size"), from_hex(text(parsed, "frontier")), text(parsed, "note")});
    else if (line.starts_with(pruning_begins))
        found = as_written<StoredPruning>(line, StoredPruning{number(parsed, "size"), text(parsed, "note")});
    else
        found = as_written<PrunedLine>(line, PrunedLine{from_hex(text(parsed, "pruned"))});
    return found;
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
