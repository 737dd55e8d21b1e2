#include "samtal/storage/law_retention_cipher.hpp"

#include "samtal/storage/column_cipher.hpp"

#include <algorithm>

namespace samtal::storage {

namespace {

/// The same cipher as for people's columns; only whose key it is differs.
class DutyKey final : public SubjectKeys {
public:
    explicit DutyKey(Key key) : key_{key} {}
    Result<Key> key_of(UserId) override { return key_; }
    void create(UserId) override {}
    void probe() override {}

private:
    Key key_;
};

Cell cell_of(std::string_view source_hash) {
    Cell cell{"law_retention_calls.record", {}};
    std::copy_n(source_hash.begin(), std::min<std::size_t>(source_hash.size(), cell.row.size()), cell.row.begin());
    return cell;
}

}  // namespace

struct LawRetentionCipher::Impl {
    explicit Impl(KeyRing const& ring) : key{ring.derive("duty:law_retention")} {}

    DutyKey key;
    ColumnCipher cipher{key};
};

LawRetentionCipher::LawRetentionCipher(KeyRing const& ring) : impl_{std::make_unique<Impl>(ring)} {}
LawRetentionCipher::~LawRetentionCipher() = default;

std::string LawRetentionCipher::number_hash(std::string_view number) const {
    return impl_->cipher.owner_hash(UserId::nil(), "number", number).value();
}

std::string LawRetentionCipher::source_hash(std::string_view source) const {
    return impl_->cipher.owner_hash(UserId::nil(), "source", source).value();
}

std::string LawRetentionCipher::seal(std::string_view source_hash, std::string_view record) const {
    return impl_->cipher.seal(UserId::nil(), cell_of(source_hash), record).value();
}

Result<std::string> LawRetentionCipher::open(std::string_view source_hash, std::string_view sealed) const {
    return impl_->cipher.open(UserId::nil(), cell_of(source_hash), sealed);
}

}  // namespace samtal::storage
