#include "samtal/storage/key_rotation.hpp"

#include "key_files.hpp"
#include "pg_key_rotation_repository.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <charconv>
#include <stdexcept>
#include <thread>

namespace samtal::storage {

namespace {

/// Where a key stands in the key store, as KeyWrapper has it.
std::string place_of(KeyKind kind, std::string const& id) {
    if (kind == KeyKind::subject) return place_of_subject_key(UserId::parse(id).value());
    std::uint32_t epoch = 0;
    std::from_chars(id.data(), id.data() + id.size(), epoch);
    return place_of_statistics_key(epoch);
}

std::string before_all(KeyKind kind) {
    return kind == KeyKind::subject ? UserId::nil().text() : "-1";
}

class Rotation {
public:
    explicit Rotation(KeyRotationOptions const& options) : options_{options}, store_{options.keystore} {}

    KeyRotationReport run() {
        KeyEpochs epochs = store_.epochs();
        report_.resumed = epochs.announced.has_value() || !epochs.doomed.empty();
        if (epochs.doomed.empty()) {
            open_next(epochs);
            epochs = store_.epochs();
        }
        report_.epoch = epochs.open;
        for (int const old : epochs.doomed) rewrap(old, epochs.open);
        step("rewrapped");
        await_nodes(epochs.open);
        if (options_.before_destruction) options_.before_destruction();
        for (int const old : epochs.doomed) destroy(old);
        return report_;
    }

private:
    /// Servers are asked before anything is wrapped in the epoch: one that sees other files would serve nobody.
    void open_next(KeyEpochs const& epochs) {
        int const next = epochs.announced.value_or(epochs.newest + 1);
        make_key_file(kek_file(options_.keys_directory, next));
        step("made");
        if (!epochs.announced) store_.announce(next);
        step("announced");
        await_nodes(next);
        store_.open(next);
        step("opened");
    }

    void rewrap(int old_epoch, int new_epoch) {
        if (store_.holds_keys(old_epoch)) {
            Key old_kek = read_key_file(kek_file(options_.keys_directory, old_epoch));
            Wipe const wipe_old{old_kek};
            Key new_kek = read_key_file(kek_file(options_.keys_directory, new_epoch));
            Wipe const wipe_new{new_kek};
            for (KeyKind const kind : {KeyKind::subject, KeyKind::statistics})
                rewrap_all(kind, {old_epoch, old_kek}, {new_epoch, new_kek});
        }
        // Nothing can have been wrapped late; what is about to be destroyed is looked at all the same.
        if (store_.holds_keys(old_epoch))
            throw std::runtime_error{"keys are left in the old epoch; nothing was destroyed"};
    }

    struct Epoch {
        int number;
        Key const& kek;
    };

    void rewrap_all(KeyKind kind, Epoch from, Epoch to) {
        std::string after = before_all(kind);
        for (;;) {
            auto rows = store_.keys_in(kind, from.number, after, options_.batch);
            if (rows.empty()) return;
            after = rows.back().id;
            for (KeyRow& row : rows)
                row.wrapped = rewrapped(from.kek, to.kek, place_of(kind, row.id), row.wrapped);
            store_.replace(kind, from.number, to.number, rows);
            report_.rewrapped += static_cast<std::int64_t>(rows.size());
            step("batch");
        }
    }

    static std::string rewrapped(Key const& old_kek, Key const& new_kek, std::string const& place,
                                 std::string const& wrapped) {
        Key key = open_key(old_kek, place, wrapped);
        Wipe const wipe{key};
        return seal_key(new_kek, place, key);
    }

    void await_nodes(int epoch) {
        constexpr std::chrono::milliseconds pause{20};
        auto const latest = std::chrono::steady_clock::now() + options_.patience;
        while (store_.nodes_that_do_not_know(epoch) > 0) {
            if (std::chrono::steady_clock::now() > latest)
                throw std::runtime_error{
                    fmt::format("a server cannot read kek-{}.key: does it share the directory of keys? "
                                "Nothing was destroyed; run the rotation again",
                                epoch)};
            std::this_thread::sleep_for(pause);
        }
        step("known");
    }

    void destroy(int epoch) {
        destroy_key_file(kek_file(options_.keys_directory, epoch));
        step("destroyed");
        store_.mark_destroyed(epoch);
        ++report_.destroyed;
        step("marked");
    }

    void step(std::string_view name) const {
        if (options_.after) options_.after(name);
    }

    KeyRotationOptions const& options_;
    PgKeyRotationRepository store_;
    KeyRotationReport report_;
};

}  // namespace

KeyRotationReport rotate_keys(KeyRotationOptions const& options) {
    if (sodium_init() < 0) throw std::runtime_error{"libsodium does not start"};
    return Rotation{options}.run();
}

}  // namespace samtal::storage
