#include "reader.hpp"

#include "facts_codec.hpp"
#include "periods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace samtal::processing {

namespace {

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

class Reader {
public:
    Reader(Document const& document, Problems& problems) : document_{document}, problems_{problems} {}

    /// A text that is not blank. Absent is a problem too, unless it is optional.
    std::string text(std::string const& key, bool optional = false) {
        toml::node const* const node = document_.find(key);
        if (node == nullptr) {
            if (!optional) problems_.add(key, "is missing");
            return {};
        }
        auto const value = node->value_exact<std::string>();
        problems_.want(value && !is_blank(*value), key, "must be a text");
        return value.value_or("");
    }

    Words words(std::string const& key, std::initializer_list<std::string_view> beside = {}) {
        toml::node const* const node = document_.find(key);
        if (!problems_.want(node != nullptr, key, "is missing")) return {};
        auto const* const table = node->as_table();
        if (!problems_.want(table != nullptr, key, "must be a text in each language")) return {};
        for (auto const& [name, value] : *table)
            problems_.want(name == "sv" || name == "en" || std::ranges::find(beside, name.str()) != beside.end(),
                           key, "has a text in a language that the register does not name");
        return {language(*table, key, "sv"), language(*table, key, "en")};
    }

    std::vector<std::string> texts(std::string const& key, std::string_view reason) {
        toml::node const* const node = document_.find(key);
        if (!problems_.want(node != nullptr, key, "is missing")) return {};
        auto const* const array = node->as_array();
        std::vector<std::string> all;
        for (std::size_t n = 0; array != nullptr && n < array->size(); ++n)
            if (auto const value = array->get(n)->value_exact<std::string>(); value && !is_blank(*value))
                all.push_back(*value);
        problems_.want(array != nullptr && all.size() == array->size(), key, reason);
        return all;
    }

    bool flag(std::string const& key, bool otherwise) {
        toml::node const* const node = document_.find(key);
        if (node == nullptr) return otherwise;
        auto const value = node->value_exact<bool>();
        problems_.want(value.has_value(), key, "must be true or false");
        return value.value_or(otherwise);
    }

    /// Empty when it is absent, which is no problem.
    std::string date(std::string const& key) {
        toml::node const* const node = document_.find(key);
        if (node == nullptr) return {};
        auto const value = node->value_exact<toml::date>();
        if (!problems_.want(value.has_value(), key, "must be a date")) return {};
        return fmt::format("{:04}-{:02}-{:02}", value->year, value->month, value->day);
    }

    Recipient recipient(std::string const& id) {
        std::string const key = "recipients." + id + ".";
        only(key,
             {"name", "role", "country", "mechanism", "agreement", "expires", "passes_on_to", "notify", "silent"});
        Recipient r{id,
                    {},
                    text(key + "role"),
                    text(key + "country"),
                    text(key + "mechanism", true),
                    text(key + "agreement", true),
                    date(key + "expires"),
                    {},
                    text(key + "notify", true),
                    flag(key + "silent", true)};
        if (document_.find(key + "passes_on_to") != nullptr)
            r.passes_on_to = texts(key + "passes_on_to", "must be a list of words");
        auto const* const name = document_.find(key + "name");
        if (name != nullptr && name->is_string())
            r.name.sv = r.name.en = text(key + "name");
        else
            r.name = words(key + "name");
        return r;
    }

    Retention retention(std::string const& key) {
        auto const* const node = document_.find(key);
        if (!problems_.want(node != nullptr && node->is_table(), key, "must be a table")) return {};
        only(key + ".", {"anchor", "duration", "action", "lag", "steps"});
        Retention r{text(key + ".anchor"),
                    period(key + ".duration", key),
                    text(key + ".action"),
                    period(key + ".lag", key + ".lag"),
                    {}};
        auto const* const steps = document_.find(key + ".steps");
        if (steps == nullptr) return r;
        auto const* const array = steps->as_array();
        if (!problems_.want(array != nullptr, key + ".steps", "must be a list of tables")) return r;
        for (auto const& step : *array) r.steps.push_back(this->step(step, key + ".steps"));
        return r;
    }

    void only(std::string const& prefix, std::initializer_list<std::string_view> known) {
        auto const* const node = document_.find(prefix.substr(0, prefix.size() - 1));
        auto const* const table = node == nullptr ? nullptr : node->as_table();
        if (table == nullptr) return;
        for (auto const& [key, value] : *table)
            problems_.want(std::ranges::find(known, key.str()) != known.end(), prefix + std::string{key.str()},
                           "unknown key");
    }

    std::vector<std::string> names(std::string const& kind) {
        std::vector<std::string> all;
        auto const* const node = document_.find(kind);
        if (!problems_.want(node != nullptr && node->is_table(), kind, "must be a table")) return all;
        for (auto const& [key, value] : *node->as_table())
            if (problems_.want(value.is_table(), kind + "." + std::string{key.str()}, "must be a table"))
                all.emplace_back(key.str());
        return all;
    }

private:
    std::string language(toml::table const& table, std::string const& key, std::string_view name) {
        auto const value = table[name].value_exact<std::string>();
        problems_.want(value && !is_blank(*value), key, fmt::format("has no text in {}", name));
        return value.value_or("");
    }

    std::string period(std::string const& key, std::string const& blame) {
        std::string value = text(key);
        problems_.want(value.empty() || Period::parse(value), blame, "needs an ISO 8601 duration");
        return value;
    }

    Step step(toml::node const& node, std::string const& key) {
        auto const* const table = node.as_table();
        if (!problems_.want(table != nullptr, key, "must be a list of tables")) return {};
        auto const value = [&](char const* name) { return (*table)[name].value<std::string>().value_or(""); };
        Step const step{value("of"), value("duration"), value("action")};
        problems_.want(table->size() == 3 && !step.of.empty() && !step.action.empty(), key,
                       "a step has of, duration and action");
        problems_.want(Period::parse(step.duration).has_value(), key, "needs an ISO 8601 duration");
        return step;
    }

    Document const& document_;
    Problems& problems_;
};

PurposeEntry read_purpose(Document const& document, Reader& reader, Facts::Purpose const& fact) {
    std::string const key = "purposes." + fact.name + ".";
    PurposeEntry p;
    p.name = fact.name;
    p.title = reader.words(key + "title");
    p.reason = reader.words(key + "reason");
    p.basis = reader.text(key + "basis");
    p.law = reader.text(key + "law");
    p.choice = reader.text(key + "choice");
    p.kept = reader.words(key + "kept");
    if (document.find(key + "interest") != nullptr) p.interest = reader.words(key + "interest");
    if (document.find(key + "source") != nullptr) p.source = reader.words(key + "source");
    p.retention = reader.retention(key + "retention");
    p.recipients = reader.texts(key + "recipients", "must be a list of words");
    p.people = reader.texts(key + "people", "must be a list of words");
    p.categories = fact.categories;
    p.fields = fact.fields;
    auto const* const off_by_gpc = document.find(key + "off_by_gpc");
    p.off_by_gpc = off_by_gpc != nullptr && off_by_gpc->value_or(false);
    auto const* const minimum_age = document.find(key + "minimum_age");
    if (minimum_age != nullptr) p.minimum_age = minimum_age->value_or(std::int64_t{0});
    return p;
}

void read_security(Register& r, Reader& reader, Problems& problems) {
    auto const sv = reader.texts("security.sv", "must be a list of texts");
    auto const en = reader.texts("security.en", "must be a list of texts");
    reader.only("security.", {"sv", "en"});
    if (!problems.want(!sv.empty() && sv.size() == en.size(), "security", "needs the same texts in each language"))
        return;
    for (std::size_t n = 0; n < sv.size(); ++n) r.security.push_back({sv[n], en[n]});
}

}  // namespace

Register read_register(Document const& document, Problems& problems) {
    Reader reader{document, problems};
    Register r;
    r.controller = reader.text("controller");
    r.contact = reader.text("contact");
    r.dpo = reader.text("dpo");
    r.authority = reader.text("authority");
    r.service_class = reader.text("service_class");
    read_security(r, reader, problems);
    for (std::string const& id : reader.names("categories"))
        r.categories.push_back({id, reader.words("categories." + id, {"lek", "sensitivity"})});
    for (std::string const& id : reader.names("people")) r.people.push_back({id, reader.words("people." + id)});
    for (std::string const& id : reader.names("recipients")) r.recipients.push_back(reader.recipient(id));
    for (Facts::Purpose const& fact : facts().purposes) r.purposes.push_back(read_purpose(document, reader, fact));
    r.digest = document.digest();
    return r;
}

}  // namespace samtal::processing
