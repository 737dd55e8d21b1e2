#include "samtal/storage/law_retention_cipher.hpp"

#include <algorithm>

namespace samtal::storage {

namespace {

Cell cell_of(std::string_view source_hash) {
    Cell cell{"law_retention_calls.record", {}};
    std::copy_n(source_hash.begin(), std::min<std::size_t>(source_hash.size(), cell.row.size()), cell.row.begin());
    return cell;
}

}  // namespace

LawRetentionCipher::LawRetentionCipher(KeyRing const& ring) : duty_{ring, "law_retention"} {}

std::string LawRetentionCipher::number_hash(std::string_view number) const {
    return duty_.hash("number", number);
}

std::string LawRetentionCipher::source_hash(std::string_view source) const {
    return duty_.hash("source", source);
}

std::string LawRetentionCipher::seal(std::string_view source_hash, std::string_view record) const {
    return duty_.seal(cell_of(source_hash), record);
}

Result<std::string> LawRetentionCipher::open(std::string_view source_hash, std::string_view sealed) const {
    return duty_.open(cell_of(source_hash), sealed);
}

}  // namespace samtal::storage
