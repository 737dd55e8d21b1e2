#pragma once

#include "samtal/core/permit.hpp"
#include "samtal/core/personal.hpp"
#include "samtal/core/task.hpp"
#include "samtal/core/time.hpp"

#include <string>
#include <vector>

namespace samtal::retention {

using LawPermit = Permit<purpose::LawRetention>;
using LawRecordText = Personal<std::string, field::LawRetentionCallsRecord>;  // JSON

/// What an authority demands by law (LEK 9:21), and who answers for giving it.
struct DisclosureOrder {
    std::string case_number;
    Personal<std::string, field::LawRetentionCallsCallerHash> number;  // E.164
    Timestamp from;                                                    // of calls that ended from here on
    Timestamp to;                                                      // exclusive
    UserId by;
    UserId second;
};

struct Disclosure {
    std::string id;
    std::vector<LawRecordText> records;  // oldest first
    std::size_t people = 0;              // whose number it was: they are told when the case allows it
};

/// The case allows it: those whose number it was may see what was given.
struct ReleaseOrder {
    boost::uuids::uuid disclosure;
    UserId by;
    UserId second;
};

class DisclosureRepository {
public:
    virtual ~DisclosureRepository() = default;
    /// `denied` unless both are active administrators and two. Recorded in the same transaction.
    virtual Task<Result<Disclosure>> disclose(LawPermit const&, DisclosureOrder const&, Timestamp now) = 0;
    /// How many people see it from now on. Two administrators, as above; `not_found` for no disclosure.
    virtual Task<Result<std::size_t>> release(LawPermit const&, ReleaseOrder const&, Timestamp now) = 0;
};

}  // namespace samtal::retention
