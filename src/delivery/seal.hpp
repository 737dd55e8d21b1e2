#pragma once

#include "samtal/core/time.hpp"
#include "samtal/storage/key_store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace samtal::delivery {

/// What leaves a server for the others is sealed: XChaCha20-Poly1305 under a key of the deployment, another one
/// each day, derived from its ring. `use` keeps packets and notices apart.
class Seal {
public:
    Seal(storage::KeyRing const& ring, std::string_view use, Clock clock = system_now)
        : ring_{ring}, use_{use}, clock_{std::move(clock)} {}

    [[nodiscard]] std::string close(std::string_view head, std::string_view body) const;
    /// Nothing for what was not sealed by this deployment, or neither today nor a day before or after.
    [[nodiscard]] std::optional<std::string> open(std::string_view sealed) const;

private:
    [[nodiscard]] std::uint32_t today() const;
    [[nodiscard]] storage::Key key_of(std::uint32_t day) const;

    storage::KeyRing const& ring_;
    std::string use_;
    Clock clock_;
};

}  // namespace samtal::delivery
