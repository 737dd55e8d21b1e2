#include "history_service.hpp"

#include "report_range.hpp"

#include <algorithm>

namespace samtal::calls {

namespace {

constexpr std::size_t most_note_characters = 2000;

/// Of text in UTF-8.
std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// C0 but for tabs and line breaks, DEL, and C1 as UTF-8 writes it.
bool has_control_characters(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const byte = static_cast<unsigned char>(text[i]);
        if (byte == 0x7F || (byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n')) return true;
        if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
    }
    return false;
}

/// Digits in our writing: what a counterpart can be looked for by. Names of accounts ("anna@…") are none.
bool is_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Task<Result<HistoryPage>> HistoryService::list(HistoryPermit const& permit, ListCalls query) {
    if (query.from && query.to && *query.from > *query.to)
        co_return Error{Errc::invalid, "must not be after to", "from"};
    if (auto& number = query.filter.counterpart) {
        auto const read = numbers_.normalise(number->open(permit));
        if (!read || !is_number(read->text))
            co_return Error{Errc::invalid, "must be a telephone number", "counterpart"};
        number = Counterpart{read->text};
    }
    co_return co_await history_.page(permit, std::move(query));
}

Task<Result<void>> HistoryService::write_note(HistoryPermit const& permit, CallId call, Note note) {
    std::string const& text = note.open(permit);
    if (text.empty() || characters(text) > most_note_characters)
        co_return Error{Errc::invalid, "must have 1 to 2000 characters", "note"};
    if (has_control_characters(text))
        co_return Error{Errc::invalid, "must have no control characters but tabs and line breaks", "note"};
    co_return co_await history_.write_note(permit, call, std::move(note));
}

Task<Result<void>> HistoryService::remove_note(HistoryPermit const& permit, CallId call) {
    co_return co_await history_.write_note(permit, call, std::nullopt);
}

Task<Result<CallStatistics>> HistoryService::statistics(HistoryPermit const& permit, AskFigures query) {
    auto range = report_range(query, time_zone_, clock_());
    if (!range) co_return range.error();
    co_return co_await history_.figures(permit, *std::move(range));
}

Task<Result<CounterpartStatistics>> HistoryService::counterparts(HistoryPermit const& permit,
                                                                 AskCounterparts query) {
    auto range = whole_range(query.range, time_zone_, clock_());
    if (!range) co_return range.error();
    co_return co_await history_.counterparts(permit, *std::move(range), query.limit);
}

}  // namespace samtal::calls
