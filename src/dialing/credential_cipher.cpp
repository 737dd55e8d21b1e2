#include "credential_cipher.hpp"

namespace samtal::dialing {

namespace {

storage::Cell cell_of(SwitchId switch_id) {
    return {"switch_callbacks.credential", switch_id.value()};
}

}  // namespace

std::string CredentialCipher::seal(SwitchId switch_id, Secret const& credential) {
    return cipher_.seal(UserId::nil(), cell_of(switch_id), credential.reveal()).value();
}

std::optional<Secret> CredentialCipher::open(SwitchId switch_id, std::string const& sealed) {
    auto plain = cipher_.open(UserId::nil(), cell_of(switch_id), sealed);
    if (!plain) return std::nullopt;
    return Secret{*std::move(plain)};
}

}  // namespace samtal::dialing
