#pragma once

#include "samtal/storage/column_cipher.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace samtal::storage {

/// The key of a legal duty: nobody's own, so that no erasure destroys it before the duty is done, and of no use to
/// another duty.
class DutyCipher {
public:
    /// `duty` names it: "law_retention".
    DutyCipher(KeyRing const&, std::string_view duty);
    ~DutyCipher();
    DutyCipher(DutyCipher const&) = delete;
    DutyCipher& operator=(DutyCipher const&) = delete;

    [[nodiscard]] std::string hash(std::string_view domain, std::string_view value) const;  // 32 bytes
    [[nodiscard]] std::string seal(Cell const&, std::string_view plain) const;
    [[nodiscard]] Result<std::string> open(Cell const&, std::string_view sealed) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace samtal::storage
