#pragma once

#include "samtal/storage/column_cipher.hpp"

namespace samtal::storage {

/// What ColumnCipher does, for several values of one person, whose key is looked up once. Make it where the values
/// are sealed and do not keep it: it holds the key.
class SubjectCipher {
public:
    /// `not_found` when the subject was erased. May block on the key store.
    [[nodiscard]] static Result<SubjectCipher> of(KeySource&, UserId subject);
    SubjectCipher(SubjectCipher const&) = default;
    SubjectCipher& operator=(SubjectCipher const&) = default;
    ~SubjectCipher();

    [[nodiscard]] std::string seal(Cell const&, std::string_view plain) const;
    /// `invalid` when it was not sealed here, or for another cell.
    [[nodiscard]] Result<std::string> open(Cell const&, std::string_view sealed) const;
    [[nodiscard]] std::string owner_hash(std::string_view domain, std::string_view value) const;

private:
    explicit SubjectCipher(Key const& key) : key_{key} {}

    Key key_;
};

}  // namespace samtal::storage
