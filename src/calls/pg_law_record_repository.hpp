#pragma once

#include "call_repositories.hpp"
#include "samtal/storage/law_retention_cipher.hpp"
#include "samtal/storage/tx.hpp"

namespace samtal::calls {

/// A call on its way into the store that the law demands; `source` names it across switches.
struct LawRecord {
    SetupPermit const& permit;
    SwitchId from;
    std::string source;
    Call const& call;
};

/// In the transaction that takes the calls in. A corrected call takes the place of the first report.
void keep_by_law(storage::Tx&, storage::LawRetentionCipher const&, std::vector<LawRecord> const&);

}  // namespace samtal::calls
