#pragma once

#include "samtal/core/secret.hpp"
#include "samtal/storage/column_cipher.hpp"

#include <optional>

namespace samtal::dialing {

/// What the server is let in by at switches, sealed under a key of the deployment: it is no person's.
class CredentialCipher {
public:
    explicit CredentialCipher(storage::KeyRing const& ring) : key_{ring.derive("switch-callback")} {}

    [[nodiscard]] std::string seal(SwitchId, Secret const&);
    /// Nothing for what was sealed under another key.
    [[nodiscard]] std::optional<Secret> open(SwitchId, std::string const& sealed);

private:
    class DeploymentKey final : public storage::KeySource {
    public:
        explicit DeploymentKey(storage::Key key) : key_{key} {}
        Result<storage::Key> key_of(UserId) override { return key_; }

    private:
        storage::Key key_;
    };

    DeploymentKey key_;
    storage::ColumnCipher cipher_{key_};
};

}  // namespace samtal::dialing
