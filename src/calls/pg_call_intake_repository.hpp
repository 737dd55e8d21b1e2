#pragma once

#include "call_group.hpp"
#include "pg_call_rows_repository.hpp"
#include "samtal/core/register_texts.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/law_retention_cipher.hpp"

#include <atomic>
#include <map>
#include <set>

namespace samtal::calls {

/// Many batches in a handful of statements and one commit, whatever their size.
class PgCallIntake final : public CallIntake {
public:
    /// `most_candidates`: rows that one transaction looks for before it is halved. The default is a few megabytes.
    /// `service_class`: whether the law makes this service keep its calls.
    PgCallIntake(storage::Database& db, storage::KeySource& keys, storage::KeyRing const& ring,
                 PhoneNumbers const& numbers, std::size_t most_candidates = 20'000,
                 ServiceClass service_class = register_service_class)
        : db_{db},
          keys_{keys},
          cipher_{keys},
          hashes_{ring},
          numbers_{numbers},
          most_candidates_{most_candidates} {
        if (must_keep_traffic(service_class)) law_.emplace(ring);
    }

    Task<std::vector<Result<StoredCall>>> store(SetupPermit const& permit, SwitchId,
                                                std::span<PendingCall const> calls) override;
    /// Sets the results of all batches; one bad record harms no other.
    Task<void> store(std::span<IncomingBatch const>);

private:
    using Items = std::span<Incoming>;
    using Sides = std::vector<Side>;
    using Written = std::map<std::string_view, std::vector<Incoming const*>>;  // by the name of the call

    Task<void> store_apart(std::vector<Incoming> items);
    Task<void> store_items(Items);
    Result<void> store_together(storage::Tx&, Items);
    void compare_with_receipts(storage::Tx&, Items);
    static Sides one_for_each_seat(Sides);
    Result<std::set<Seat>> seats_to_look_at(storage::Tx&, Items, Sides const&) const;
    void give_way(storage::Tx&, Items, std::set<Seat> const&, Sides& wanted);
    static void leave_faded(storage::Tx&, Sides& wanted);
    std::vector<std::pair<Seat, FoundRow>> rows_at(storage::Tx&, std::set<Seat> const&, Written const&);
    void write(storage::Tx&, Sides&);
    void keep_by_law(storage::Tx&, Items);

    storage::Database& db_;
    storage::KeySource& keys_;
    storage::ColumnCipher cipher_;
    CallHashes hashes_;
    PhoneNumbers const& numbers_;
    std::size_t most_candidates_;
    std::optional<storage::LawRetentionCipher> law_;
    std::atomic<bool> repeats_ = false;  // the group before held some: so may the next
};

}  // namespace samtal::calls
