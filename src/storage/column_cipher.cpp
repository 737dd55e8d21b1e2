#include "samtal/storage/column_cipher.hpp"

#include "samtal/storage/subject_cipher.hpp"

namespace samtal::storage {

Result<std::string> ColumnCipher::seal(UserId subject, Cell const& cell, std::string_view plain) {
    auto const cipher = SubjectCipher::of(keys_, subject);
    if (!cipher) return cipher.error();
    return cipher->seal(cell, plain);
}

Result<std::string> ColumnCipher::open(UserId subject, Cell const& cell, std::string_view sealed) {
    auto const cipher = SubjectCipher::of(keys_, subject);
    if (!cipher) return cipher.error();
    return cipher->open(cell, sealed);
}

Result<std::string> ColumnCipher::owner_hash(UserId owner, std::string_view domain, std::string_view value) {
    auto const cipher = SubjectCipher::of(keys_, owner);
    if (!cipher) return cipher.error();
    return cipher->owner_hash(domain, value);
}

}  // namespace samtal::storage
