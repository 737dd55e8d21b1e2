#pragma once

#include "samtal/core/time.hpp"

#include <sodium.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

struct archive;

namespace samtal::rights {

/// A file of an archive while it is made: hashed as it grows and compressed in memory, because personal data in
/// plain text goes to no disk and a large table should not lie in memory whole.
class ArchiveFile {
public:
    explicit ArchiveFile(std::string path);
    ArchiveFile(ArchiveFile const&) = delete;
    ArchiveFile& operator=(ArchiveFile const&) = delete;

    void write(std::string_view);
    void write_row(std::string_view line) {
        write(line);
        ++rows_;
    }
    /// After this it can be read and has its hash.
    void finish();

    [[nodiscard]] std::string const& path() const noexcept { return path_; }
    [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] std::string const& sha256() const noexcept { return sha256_; }  // in hex
    void read(std::function<void(std::string_view piece)> const&) const;

private:
    struct Closer {
        void operator()(archive*) const noexcept;
    };

    std::string path_;
    std::uint64_t rows_ = 0;
    std::uint64_t size_ = 0;
    std::string sha256_;
    crypto_hash_sha256_state hash_{};
    std::string packed_;
    std::unique_ptr<archive, Closer> writer_;  // writes into packed_
};

/// The finished files as a ZIP, in their order. Takes them apart as it goes, so that they do not lie in memory
/// twice.
[[nodiscard]] std::string zipped(std::list<ArchiveFile> files, Timestamp made);

}  // namespace samtal::rights
