#pragma once

#include "call_repositories.hpp"
#include "samtal/core/register_texts.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/law_retention_cipher.hpp"

#include <set>
#include <utility>

namespace samtal::calls {

/// A batch in a handful of statements and one commit, whatever its size.
class PgCallIntake final : public CallIntake {
public:
    /// `most_candidates`: rows that one transaction looks for before it is halved. The default is a few megabytes.
    /// `service_class`: whether the law makes this service keep its calls.
    PgCallIntake(storage::Database& db, storage::ColumnCipher& cipher, storage::KeyRing const& keys,
                 PhoneNumbers const& numbers, std::size_t most_candidates = 20'000,
                 ServiceClass service_class = register_service_class)
        : db_{db}, cipher_{cipher}, keys_{keys}, numbers_{numbers}, most_candidates_{most_candidates} {
        if (must_keep_traffic(service_class)) law_.emplace(keys);
    }

    Task<std::vector<Result<StoredCall>>> store(SetupPermit const& permit, SwitchId,
                                                std::span<PendingCall const> calls) override;

private:
    struct Batch;
    struct Item;
    struct Side;
    using Sides = std::vector<Side>;
    using SideKeys = std::set<std::pair<Item*, UserId>>;

    Task<void> store_part(Batch const&, std::span<Item>);
    Result<void> store_together(storage::Tx&, Batch const&, std::span<Item>);
    void compare_with_receipts(storage::Tx&, Batch const&, std::span<Item>);
    [[nodiscard]] std::string content_hash(Batch const&, Item const&, Call const&) const;

    [[nodiscard]] Sides matched(storage::Tx&, Batch const&, std::span<Item>);
    static void keep_consenting(storage::Tx&, Batch const&, Sides&);
    Result<SideKeys> possible_owners(storage::Tx&, Batch const&, std::span<Item>, Sides const& matched);
    void remove_obsolete(storage::Tx&, Batch const&, SideKeys const& possible, Sides& wanted);
    Result<void> write(storage::Tx&, Batch const&, Sides const&);
    void keep_by_law(storage::Tx&, Batch const&, std::span<Item>);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
    storage::KeyRing const& keys_;
    PhoneNumbers const& numbers_;
    std::size_t most_candidates_;
    std::optional<storage::LawRetentionCipher> law_;
};

}  // namespace samtal::calls
