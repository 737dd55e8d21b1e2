#pragma once

#include "samtal/core/time.hpp"

#include <sodium.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct archive;

namespace samtal::rights {

/// A file that stands in the ZIP.
struct ZippedFile {
    std::string path;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    std::string sha256{};  // in hex
};

/// A ZIP while it is made, one file after the other. It holds only the bytes that nobody has taken yet: no file,
/// no table and not the ZIP lies in memory whole.
class ArchiveZip {
public:
    /// `made` becomes the time of each file.
    explicit ArchiveZip(Timestamp made);
    ArchiveZip(ArchiveZip const&) = delete;
    ArchiveZip& operator=(ArchiveZip const&) = delete;

    /// The file that write() goes to from here on. The one before must be ended.
    void begin(std::string path);
    void write(std::string_view);
    void write_row(std::string_view line) {
        write(line);
        ++file_.rows;
    }
    void end();
    /// No file follows.
    void close();

    [[nodiscard]] std::vector<ZippedFile> const& files() const noexcept { return files_; }
    [[nodiscard]] std::size_t waiting() const noexcept { return bytes_.size(); }
    /// Up to so many of the bytes that wait, in their order.
    [[nodiscard]] std::string take(std::size_t most);

private:
    struct Closer {
        void operator()(archive*) const noexcept;
    };

    Timestamp made_;
    ZippedFile file_;
    crypto_hash_sha256_state hash_{};
    std::vector<ZippedFile> files_;
    std::string bytes_;
    std::unique_ptr<archive, Closer> writer_;  // writes into bytes_, to its very end
};

}  // namespace samtal::rights
