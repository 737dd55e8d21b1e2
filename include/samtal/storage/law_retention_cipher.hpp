#pragma once

#include "samtal/storage/duty_cipher.hpp"

#include <string>
#include <string_view>

namespace samtal::storage {

/// The duty's own key for what is kept for law enforcement (LEK 9:19): no person's key, so that no erasure
/// destroys it, and of no use anywhere else. For who writes the records and who discloses them.
class LawRetentionCipher {
public:
    explicit LawRetentionCipher(KeyRing const&);

    /// 32 bytes: what a record is found by, and what corrects it.
    [[nodiscard]] std::string number_hash(std::string_view number) const;
    [[nodiscard]] std::string source_hash(std::string_view source) const;
    /// A record opens only beside its source_hash.
    [[nodiscard]] std::string seal(std::string_view source_hash, std::string_view record) const;
    [[nodiscard]] Result<std::string> open(std::string_view source_hash, std::string_view sealed) const;

private:
    DutyCipher duty_;
};

}  // namespace samtal::storage
