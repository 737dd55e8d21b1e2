#pragma once

#include "samtal/ops/mailer.hpp"

#include <utility>
#include <vector>

namespace samtal::testing {

/// Keeps letters.
class Letters final : public ops::Mailer {
public:
    bool send(ops::Mail mail) override {
        all.push_back(std::move(mail));
        return true;
    }
    std::vector<ops::Mail> all;
};

}  // namespace samtal::testing
