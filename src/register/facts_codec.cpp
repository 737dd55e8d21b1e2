#include "facts_codec.hpp"

#include "samtal/core/register_texts.hpp"

#include <nlohmann/json.hpp>

namespace samtal::processing {

namespace {

Facts decode() {
    auto const source = nlohmann::json::parse(register_facts);
    Facts facts;
    source.at("run_time").get_to(facts.run_time);
    for (auto const& [of, limit] : source.at("limits").items())
        facts.limits.push_back({of, limit.at("period").get<std::string>(), limit.at("days").get<unsigned>(),
                                limit.at("law").get<std::string>()});
    for (auto const& purpose : source.at("purposes"))
        facts.purposes.push_back(
            {purpose.at("name").get<std::string>(), purpose.at("fields").get<std::vector<std::string>>(),
             purpose.at("categories").get<std::vector<std::string>>(), purpose.at("in_effect").get<bool>()});
    return facts;
}

}  // namespace

Facts const& facts() {
    static Facts const decoded = decode();
    return decoded;
}

}  // namespace samtal::processing
