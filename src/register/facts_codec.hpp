#pragma once

#include "periods.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace samtal::processing {

/// What tools/register decided when the program was built.
struct Facts {
    struct Purpose {
        std::string name;
        std::vector<std::string> fields, categories;
        bool in_effect;
    };
    std::map<std::string, std::set<std::string>, std::less<>> run_time;  // kind of table → keys that may differ
    std::vector<Limit> limits;
    std::vector<Purpose> purposes;  // all, in the register's order
};

[[nodiscard]] Facts const& facts();

}  // namespace samtal::processing
