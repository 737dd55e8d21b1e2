#pragma once

#include "samtal/core/result.hpp"
#include "samtal/core/time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::gateway {

/// One JSON value from outside that has passed the strict gate. Behind a pointer, so that doors
/// and handlers need only the forward header; codecs alone include <nlohmann/json.hpp>.
using Input = std::shared_ptr<nlohmann::json const>;

/// What the gate lets through where one bad text must not cost a whole batch.
struct JsonLeniency {
    bool nul = false;            // in a text; FieldReader refuses it there
    bool repeated_keys = false;  // the last one wins
};

/// `invalid` for what is no JSON in UTF-8, is nested deeper than 32, repeats a key or holds a NUL.
[[nodiscard]] Result<Input> parse_json(std::string_view text, JsonLeniency = {});

/// The same, and it must be one object.
[[nodiscard]] Result<Input> parse_input(std::string_view text);

/// Reads an object field by field, exactly typed: 1.9, true and "1" are no integers. After the first problem it
/// hands out empty values; finish() tells the problem, and refuses keys nobody read. `optional_…` gives nothing
/// for an absent key; null is a wrong type, except where a function says so.
class FieldReader {
public:
    /// `unknown`, where given, outlives the reader and gets the name of a key that nobody read: only the sender is
    /// told it.
    explicit FieldReader(Input input, std::string* unknown = nullptr)
        : input_{std::move(input)}, unknown_{unknown} {}

    [[nodiscard]] std::string text(Literal key);
    [[nodiscard]] std::optional<std::string> optional_text(Literal key);
    [[nodiscard]] std::optional<std::string> nullable_text(Literal key);  // the key must be there; null is nothing
    [[nodiscard]] std::int64_t integer(Literal key);
    [[nodiscard]] std::optional<bool> optional_boolean(Literal key);
    [[nodiscard]] std::vector<std::string> texts(Literal key, std::size_t most);
    [[nodiscard]] std::optional<std::vector<std::string>> optional_texts(Literal key, std::size_t most);
    [[nodiscard]] Timestamp time(Literal key);  // RFC 3339 date-time
    [[nodiscard]] std::optional<Timestamp> optional_time(Literal key);
    /// An object, to be read by a FieldReader of its own; null when absent.
    [[nodiscard]] Input optional_object(Literal key);
    /// Like optional_object, as pairs of name and boolean: the `consents` of an activation.
    [[nodiscard]] std::vector<std::pair<std::string, bool>> booleans(Literal key, std::size_t most);
    /// Like optional_object, as pairs of name and text.
    [[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> optional_map(Literal key,
                                                                                               std::size_t most);
    [[nodiscard]] bool has(Literal key) const;
    /// A key that is read elsewhere.
    void pass(Literal key) { known_.insert(key.text()); }

    template <class SomeId>
    [[nodiscard]] SomeId id(Literal key) {
        if (auto const parsed = SomeId::parse(text(key))) return *parsed;
        refuse("must be a UUID", key);
        return SomeId::nil();
    }
    template <class SomeId>
    [[nodiscard]] std::vector<SomeId> ids(Literal key, std::size_t most) {
        std::vector<SomeId> found;
        for (auto const& one : texts(key, most)) {
            if (auto const parsed = SomeId::parse(one))
                found.push_back(*parsed);
            else
                refuse("must be UUIDs", key);
        }
        return found;
    }

    void tell_unknown(std::string* unknown) { unknown_ = unknown; }
    void refuse(Literal reason, Literal key);
    [[nodiscard]] std::optional<Error> finish();
    /// Without the check for unknown keys: for switches' own formats, which drop them.
    [[nodiscard]] std::optional<Error> finish_loosely() const { return problem_; }

private:
    nlohmann::json const* find(Literal key);

    Input input_;
    std::string* unknown_;
    std::set<std::string_view> known_;
    std::optional<Error> problem_;
};

}  // namespace samtal::gateway
