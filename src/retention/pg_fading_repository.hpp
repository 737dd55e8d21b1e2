#pragma once

#include "fading_repository.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

namespace samtal::retention {

/// Numbers are sealed under people's keys: to mask one, it is opened and sealed anew.
class PgFadingRepository final : public FadingRepository {
public:
    /// `time_zone`: in which the hours of counters begin, an IANA name.
    PgFadingRepository(storage::Database& db, storage::ColumnCipher& cipher, std::string time_zone)
        : db_{db}, cipher_{cipher}, time_zone_{std::move(time_zone)} {}

    Task<Result<std::vector<FadingRows>>> due(RetentionPermit const&, FadingStep const&, Timestamp moment,
                                              bool overdue) override;
    Task<Result<Batch>> fade_batch(RetentionPermit const&, FadingStep const&, FadingRows const&, Timestamp moment,
                                   Timestamp beginning, unsigned most) override;

private:
    struct Numbers;
    Batch fade(storage::Tx&, RetentionPermit const&, FadingStep const&, FadingRows const&, Timestamp moment,
               Timestamp beginning, unsigned most);
    Batch count(storage::Tx&, FadingStep const&, FadingRows const&, Timestamp moment, Timestamp beginning,
                unsigned most) const;

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    std::string time_zone_;
};

}  // namespace samtal::retention
