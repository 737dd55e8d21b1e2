#pragma once

#include "samtal/storage/column_cipher.hpp"

#include <array>

namespace samtal::storage {

/// Random numbers, each used once. The operating system is asked for many at a time: a system call for each is
/// half of what sealing costs. For one transaction's body: what is left over goes with it.
class Nonces {
public:
    static constexpr std::size_t size = 24;

    /// `at_once`: how many to ask for at a time, 40 at most.
    explicit Nonces(std::size_t at_once = most) : at_once_{at_once}, used_{at_once} {}
    ~Nonces();
    Nonces(Nonces const&) = delete;
    Nonces& operator=(Nonces const&) = delete;

    [[nodiscard]] std::string_view next();

private:
    static constexpr std::size_t most = 40;
    std::array<char, most * size> bytes_{};
    std::size_t at_once_;
    std::size_t used_;
};

/// What ColumnCipher does, for several values of one person, whose key is looked up once. Make it where the values
/// are sealed and do not keep it: it holds the key.
class SubjectCipher {
public:
    /// `not_found` when the subject was erased. May block on the key store.
    [[nodiscard]] static Result<SubjectCipher> of(KeySource&, UserId subject);
    SubjectCipher(SubjectCipher const&) = default;
    SubjectCipher& operator=(SubjectCipher const&) = default;
    ~SubjectCipher();

    [[nodiscard]] std::string seal(Cell const&, std::string_view plain, Nonces&) const;
    /// `invalid` when it was not sealed here, or for another cell.
    [[nodiscard]] Result<std::string> open(Cell const&, std::string_view sealed) const;
    [[nodiscard]] std::string owner_hash(std::string_view domain, std::string_view value) const;

private:
    explicit SubjectCipher(Key const& key) : key_{key} {}

    Key key_;
};

}  // namespace samtal::storage
