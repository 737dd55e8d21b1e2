#include "pg_profile_repository.hpp"
#include "samtal/storage/batcher.hpp"
#include "search_index.hpp"

namespace samtal::directory {

namespace {

class DirectoryService final : public Directory {
public:
    DirectoryService(storage::Database& db, storage::ColumnCipher& cipher, boost::asio::any_io_executor executor,
                     DirectoryHooks hooks)
        : profiles_{db, cipher},
          hooks_{std::move(hooks)},
          reader_{{std::move(executor), most_together, most_waiting, lanes},
                  [this](std::span<Wanted> group) { return profiles_.find(group); }} {}

    Task<Result<Profile>> own(ProfilePermit const& permit) override {
        co_return co_await find(permit, permit.actor());
    }

    Task<Result<Profile>> colleague(ProfilePermit const& permit, UserId user) override {
        co_return co_await find(permit, user);
    }

    Task<Result<Profile>> change(ProfilePermit const& permit, ProfileChange const& change) override {
        if (change.email) {  // first, because it can be refused
            auto const asked = co_await hooks_.change_email(*change.email);
            if (!asked) co_return asked.error();
        }
        auto const changed = co_await profiles_.change(permit, change);
        if (!changed) co_return changed.error();
        if (change.shows_calls) hooks_.shows_calls_changed(permit.actor());
        co_return co_await find(permit, permit.actor());
    }

    Task<Result<Page>> search(ProfilePermit const& permit, Search const& search) override {
        auto const version = co_await profiles_.version(permit);
        if (!version) co_return version.error();
        auto index = indexes_.find(permit.organisation(), *version);
        if (!index) {
            // Read after the version: newer than it says at most, and then the next search reads anew.
            auto people = co_await profiles_.all(permit);
            if (!people) co_return people.error();
            index = std::make_shared<SearchIndex const>(permit, *std::move(people), *version);
            indexes_.keep(permit.organisation(), index);
        }
        co_return index->find(permit, search);
    }

private:
    using Wanted = PgProfileRepository::Wanted;
    // A profile is what every screen begins with: those asked for while others are read go together.
    static constexpr std::size_t most_together = 64;
    static constexpr std::size_t most_waiting = 10'000;
    static constexpr unsigned lanes = 2;

    Task<Result<Profile>> find(ProfilePermit const& permit, UserId user) {
        Wanted wanted{&permit, user, Error{Errc::exhausted, "too many profiles are being read"}};
        co_await reader_.submit(wanted);
        co_return std::move(wanted.found);
    }

    PgProfileRepository profiles_;
    DirectoryHooks hooks_;
    SearchIndexes indexes_;
    storage::Batcher<Wanted> reader_;
};

}  // namespace

std::unique_ptr<Directory> make_directory(storage::Database& db, storage::ColumnCipher& cipher,
                                          boost::asio::any_io_executor executor, DirectoryHooks hooks) {
    return std::make_unique<DirectoryService>(db, cipher, std::move(executor), std::move(hooks));
}

}  // namespace samtal::directory
