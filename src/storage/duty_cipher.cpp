#include "samtal/storage/duty_cipher.hpp"

namespace samtal::storage {

namespace {

/// The same cipher as for people's columns; only whose key it is differs.
class DutyKey final : public KeySource {
public:
    explicit DutyKey(Key key) : key_{key} {}
    Result<Key> key_of(UserId) override { return key_; }

private:
    Key key_;
};

}  // namespace

struct DutyCipher::Impl {
    Impl(KeyRing const& ring, std::string_view duty) : key{ring.derive("duty:" + std::string{duty})} {}

    DutyKey key;
    ColumnCipher cipher{key};
};

DutyCipher::DutyCipher(KeyRing const& ring, std::string_view duty) : impl_{std::make_unique<Impl>(ring, duty)} {}
DutyCipher::~DutyCipher() = default;

std::string DutyCipher::hash(std::string_view domain, std::string_view value) const {
    return impl_->cipher.owner_hash(UserId::nil(), domain, value).value();
}

std::string DutyCipher::seal(Cell const& cell, std::string_view plain) const {
    return impl_->cipher.seal(UserId::nil(), cell, plain).value();
}

Result<std::string> DutyCipher::open(Cell const& cell, std::string_view sealed) const {
    return impl_->cipher.open(UserId::nil(), cell, sealed);
}

}  // namespace samtal::storage
