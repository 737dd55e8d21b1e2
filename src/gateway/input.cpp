#include "samtal/gateway/input.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace samtal::gateway {

using nlohmann::json;

namespace {

constexpr std::size_t longest_text =
    16 * 1024;                            // twice the longest message; each field has its own limit below that
constexpr std::size_t longest_name = 64;  // of an unknown key that is quoted to its sender

bool holds_nul(json const& text) {
    return text.get_ref<std::string const&>().find('\0') != std::string::npos;
}

/// Watches the parser. Duplicate keys are seen here and nowhere else: in the finished object the last one won.
class StrictGate {
public:
    explicit StrictGate(JsonLeniency lenient) : lenient_{lenient} {}

    bool operator()(int depth, json::parse_event_t event, json const& parsed) {
        constexpr int max_depth = 32;
        using Event = json::parse_event_t;
        if (depth > max_depth) clean_ = false;
        if (event == Event::object_start) keys_.emplace_back();
        if (event == Event::object_end) keys_.pop_back();
        if (event == Event::key && !keys_.back().insert(parsed.get_ref<std::string const&>()).second)
            clean_ = clean_ && lenient_.repeated_keys;
        if (parsed.is_string() && holds_nul(parsed)) clean_ = clean_ && lenient_.nul;
        return clean_;  // false: the value is dropped, so nothing deep is ever built
    }
    [[nodiscard]] bool clean() const noexcept { return clean_; }

private:
    JsonLeniency lenient_;
    bool clean_ = true;
    std::vector<std::set<std::string>> keys_;
};

}  // namespace

Result<Input> parse_json(std::string_view text, JsonLeniency lenient) {
    // The parser would skip a byte order mark, which RFC 8259 forbids to send.
    if (text.starts_with("\xef\xbb\xbf")) return Error{Errc::invalid, "not acceptable JSON"};
    StrictGate gate{lenient};
    auto parsed = std::make_shared<json const>(json::parse(text, std::ref(gate), false));
    if (!gate.clean() || parsed->is_discarded()) return Error{Errc::invalid, "not acceptable JSON"};
    return Input{std::move(parsed)};
}

Result<Input> parse_input(std::string_view text) {
    auto parsed = parse_json(text);
    if (!parsed || !(*parsed)->is_object()) return Error{Errc::invalid, "not an acceptable JSON object"};
    return parsed;
}

json const* FieldReader::find(Literal key) {
    known_.insert(key.text());
    auto const found = input_->find(key.text());
    return found == input_->end() ? nullptr : &*found;
}

bool FieldReader::has(Literal key) const {
    return input_->contains(key.text());
}

void FieldReader::refuse(Literal reason, Literal key) {
    if (!problem_) problem_ = Error{Errc::invalid, reason, key};
}

std::string FieldReader::text(Literal key) {
    json const* value = find(key);
    if (value == nullptr || !value->is_string())
        refuse("must be a string", key);
    else if (value->get_ref<std::string const&>().size() > longest_text)
        refuse("is too long", key);
    else if (holds_nul(*value))
        refuse("must not hold a NUL", key);
    else
        return value->get<std::string>();
    return {};
}

std::optional<std::string> FieldReader::optional_text(Literal key) {
    if (find(key) == nullptr) return std::nullopt;
    return text(key);
}

std::optional<std::string> FieldReader::nullable_text(Literal key) {
    json const* value = find(key);
    if (value != nullptr && value->is_null()) return std::nullopt;
    return text(key);
}

std::int64_t FieldReader::integer(Literal key) {
    json const* value = find(key);
    constexpr auto largest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    if (value != nullptr && value->is_number_integer() &&
        !(value->is_number_unsigned() && value->get<std::uint64_t>() > largest))
        return value->get<std::int64_t>();
    refuse("must be an integer", key);
    return 0;
}

std::optional<bool> FieldReader::optional_boolean(Literal key) {
    json const* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_boolean()) return value->get<bool>();
    refuse("must be true or false", key);
    return std::nullopt;
}

std::vector<std::string> FieldReader::texts(Literal key, std::size_t most) {
    json const* value = find(key);
    std::vector<std::string> found;
    if (value == nullptr || !value->is_array() || value->size() > most) {
        refuse("must be a list of strings, not too long", key);
        return found;
    }
    for (json const& one : *value) {
        if (!one.is_string()) {
            refuse("must be a list of strings", key);
            return {};
        }
        found.push_back(one.get<std::string>());
    }
    return found;
}

std::optional<std::vector<std::string>> FieldReader::optional_texts(Literal key, std::size_t most) {
    if (find(key) == nullptr) return std::nullopt;
    return texts(key, most);
}

Timestamp FieldReader::time(Literal key) {
    json const* value = find(key);
    if (value != nullptr && value->is_string())
        if (auto const at = parse_rfc3339(value->get_ref<std::string const&>())) return *at;
    refuse("must be an RFC 3339 date-time", key);
    return {};
}

std::optional<Timestamp> FieldReader::optional_time(Literal key) {
    if (find(key) == nullptr) return std::nullopt;
    return time(key);
}

Input FieldReader::optional_object(Literal key) {
    json const* value = find(key);
    if (value == nullptr) return nullptr;
    if (value->is_object()) return Input{input_, value};  // shares the whole document's life
    refuse("must be an object", key);
    return nullptr;
}

std::vector<std::pair<std::string, bool>> FieldReader::booleans(Literal key, std::size_t most) {
    std::vector<std::pair<std::string, bool>> found;
    Input const object = optional_object(key);
    if (!object) return found;
    for (auto const& [name, value] : object->items()) {
        if (!value.is_boolean() || found.size() == most) {
            refuse("must have values true or false", key);
            return {};
        }
        found.emplace_back(name, value.get<bool>());
    }
    return found;
}

std::optional<std::vector<std::pair<std::string, std::string>>> FieldReader::optional_map(Literal key,
                                                                                          std::size_t most) {
    Input const object = optional_object(key);
    if (!object) return std::nullopt;
    std::vector<std::pair<std::string, std::string>> found;
    for (auto const& [name, value] : object->items()) {
        if (!value.is_string() || found.size() == most) {
            refuse("must have strings as values", key);
            return std::nullopt;
        }
        found.emplace_back(name, value.get<std::string>());
    }
    return found;
}

std::optional<Error> FieldReader::finish() {
    for (auto const& entry : input_->items()) {
        if (problem_ || known_.contains(entry.key())) continue;
        problem_ = Error{Errc::invalid, "unknown or read-only field"};
        if (unknown_ != nullptr) *unknown_ = entry.key().substr(0, longest_name);
    }
    return problem_;
}

}  // namespace samtal::gateway
