#include "plain_records.hpp"

#include <algorithm>
#include <array>

namespace samtal::calls {

namespace {

constexpr std::size_t longest_text = 255;

/// Takes things off the front of a text. After the first that is not there it takes nothing more.
class Cursor {
public:
    explicit Cursor(std::string_view text) : rest_{text} {}

    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] bool finished() {
        skip_space();
        return good_ && rest_.empty();
    }
    void fail() { good_ = false; }

    bool take(char c) {
        skip_space();
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!take(c)) fail();
    }
    bool take_null() {
        skip_space();
        if (!rest_.starts_with("null")) return false;
        rest_.remove_prefix(4);
        return true;
    }
    std::string_view text() {
        expect('"');
        std::size_t size = 0;
        while (size < rest_.size() && is_plain(rest_[size])) ++size;
        if (!good_ || size == rest_.size() || rest_[size] != '"' || size > longest_text) {
            fail();
            return {};
        }
        auto const found = rest_.substr(0, size);
        rest_.remove_prefix(size + 1);
        return found;
    }

private:
    static bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

    void skip_space() {
        while (!rest_.empty() &&
               (rest_.front() == ' ' || rest_.front() == '\n' || rest_.front() == '\r' || rest_.front() == '\t'))
            rest_.remove_prefix(1);
    }

    std::string_view rest_;
    bool good_ = true;
};

enum Field : unsigned { source, caller, callee, started, answered, ended, outcome };
constexpr std::array<std::string_view, 7> names{"source_call_id", "caller",   "callee", "started_at",
                                                "answered_at",    "ended_at", "outcome"};
constexpr unsigned all_fields = (1U << names.size()) - 1;
constexpr unsigned needed = all_fields & ~(1U << answered);

/// The texts of a record; they lie in the body.
struct Texts {
    std::array<std::string_view, names.size()> of;
    unsigned there = 0;  // a bit for each field
    unsigned withheld = 0;
};

std::string_view read_number(Cursor& in, bool& withheld) {
    in.expect('{');
    if (in.text() != "number") in.fail();
    in.expect(':');
    withheld = in.take_null();
    auto const number = withheld ? std::string_view{} : in.text();
    in.expect('}');
    return number;
}

Texts read_texts(Cursor& in) {
    Texts texts;
    in.expect('{');
    do {
        auto const found = std::ranges::find(names, in.text());
        auto const field = static_cast<unsigned>(found - names.begin());
        unsigned const bit = 1U << field;
        if (found == names.end() || (texts.there & bit) != 0) in.fail();
        if (!in.good()) return texts;
        in.expect(':');
        bool withheld = false;
        texts.of[field] = field == caller || field == callee ? read_number(in, withheld) : in.text();
        texts.there |= bit;
        if (withheld) texts.withheld |= bit;
    } while (in.take(','));
    in.expect('}');
    if ((texts.there & needed) != needed) in.fail();
    return texts;
}

std::optional<CallRecord> as_record(Texts const& texts) {
    auto const party = [&texts](Field field) {
        bool const withheld = (texts.withheld & 1U << field) != 0;
        return withheld ? std::optional<Counterpart>{} : Counterpart{std::string{texts.of[field]}};
    };
    auto const began = parse_rfc3339(texts.of[started]);
    auto const over = parse_rfc3339(texts.of[ended]);
    bool const was_answered = (texts.there & 1U << answered) != 0;
    auto const talked = was_answered ? parse_rfc3339(texts.of[answered]) : std::nullopt;
    auto const how = outcome_named(texts.of[outcome]);
    if (!began || !over || !how || (was_answered && !talked)) return std::nullopt;
    return CallRecord{std::string{texts.of[source]},      {},  party(caller), party(callee),
                      SomeTimes{{*began, talked, *over}}, *how};
}

}  // namespace

std::optional<std::vector<Result<CallRecord>>> plain_records(std::string_view body) {
    Cursor in{body};
    std::vector<Result<CallRecord>> records;
    constexpr std::size_t usual_size = 200;
    records.reserve(body.size() / usual_size + 1);
    in.expect('[');
    do {
        Texts const texts = read_texts(in);
        if (!in.good()) return std::nullopt;
        auto record = as_record(texts);
        if (!record) return std::nullopt;
        records.emplace_back(*std::move(record));
    } while (in.take(','));
    in.expect(']');
    if (!in.finished()) return std::nullopt;
    return records;
}

}  // namespace samtal::calls
