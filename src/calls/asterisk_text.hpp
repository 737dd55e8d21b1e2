#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::calls {

/// What is read of Asterisk's record, in whatever form it comes; nothing else of it is kept.
struct AsteriskCdr {
    std::string src, dst, start, answer, end, disposition, uniqueid, linkedid, sequence;

    /// Sets the field of that name, as CDR() or AMI's event calls it, in any case; others are dropped.
    void set(std::string_view name, std::string_view value);
};

/// The records of a CSV file as cdr_csv writes it (17, 18 or 21 columns: with loguniqueid, loguserfield,
/// newcdrcolumns) or as cdr_custom's sample does (19). Another number of columns gives a record without a
/// uniqueid.
[[nodiscard]] std::vector<AsteriskCdr> asterisk_csv(std::string_view text);

/// The Cdr events of a stream of AMI; other events are passed over.
[[nodiscard]] std::vector<AsteriskCdr> asterisk_events(std::string_view text);

}  // namespace samtal::calls
