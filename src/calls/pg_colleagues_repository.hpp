#pragma once

#include "call_history.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/tx.hpp"

namespace samtal::calls {

/// The other side of a call; an empty number is nobody's.
struct NumberAt {
    std::string number;
    Timestamp moment;
};

/// Reads who had numbers when calls began, and what they are called now.
class Colleagues {
public:
    /// Both outlive it.
    Colleagues(storage::ColumnCipher& cipher, PhoneNumbers const& numbers) : cipher_{cipher}, numbers_{numbers} {}

    /// The n-th answer belongs to the n-th of `asked`. One statement for all.
    [[nodiscard]] std::vector<std::optional<Colleague>> find(storage::Tx&, HistoryPermit const&,
                                                             std::vector<NumberAt> const& asked);

private:
    [[nodiscard]] std::optional<Colleague> colleague_of(pqxx::row const&);

    storage::ColumnCipher& cipher_;
    PhoneNumbers const& numbers_;
};

}  // namespace samtal::calls
