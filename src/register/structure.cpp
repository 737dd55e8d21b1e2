#include "structure.hpp"

#include "facts_codec.hpp"

#include <algorithm>
#include <sstream>

namespace samtal::processing {

namespace {

constexpr std::string_view differs = "differs from what is built in: this needs a build and a migration";
constexpr std::string_view is_new = "is not built in: this needs a build and a migration";
constexpr std::string_view is_missing = "is missing, but built in: this needs a build and a migration";

/// "controller" and "purposes.marketing.title", but not "purposes.marketing.basis".
bool may_differ(std::string_view key) {
    auto const has = [](std::string_view kind, std::string_view name) {
        auto const found = facts().run_time.find(kind);
        return found != facts().run_time.end() && found->second.contains(std::string{name});
    };
    std::size_t const first = key.find('.');
    if (first == std::string_view::npos) return has("", key);
    std::size_t const last = key.rfind('.');
    return std::ranges::count(key, '.') == 2 && has(key.substr(0, first), key.substr(last + 1));
}

std::string text_of(toml::node const& node) {
    std::ostringstream text;
    node.visit([&text](auto const& value) { text << value; });
    return std::move(text).str();
}

class Comparison {
public:
    explicit Comparison(Problems& problems) : problems_{problems} {}

    void tables(toml::table const& built, toml::table const& read, std::string const& above) {
        for (auto const& [key, value] : built) {
            std::string const full = above + std::string{key.str()};
            if (may_differ(full)) continue;
            toml::node const* const other = read.get(key.str());
            if (problems_.want(other != nullptr, full, is_missing)) nodes(value, *other, full);
        }
        for (auto const& [key, value] : read) {
            std::string const full = above + std::string{key.str()};
            if (!may_differ(full)) problems_.want(built.contains(key.str()), full, is_new);
        }
    }

private:
    void nodes(toml::node const& built, toml::node const& read, std::string const& key) {
        if (built.is_table() && read.is_table()) return tables(*built.as_table(), *read.as_table(), key + ".");
        problems_.want(built.type() == read.type() && text_of(built) == text_of(read), key, differs);
    }

    Problems& problems_;
};

}  // namespace

void compare_structure(Document const& built, Document const& read, Problems& problems) {
    Comparison{problems}.tables(built.root(), read.root(), "");
}

}  // namespace samtal::processing
