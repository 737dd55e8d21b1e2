#include "archive_file.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <stdexcept>

namespace samtal::rights {

namespace {

constexpr std::size_t piece_size = 64 * 1024;

using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;
using Writer = std::unique_ptr<archive, decltype(&archive_write_free)>;
using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;

/// libarchive's own message may quote a path, never content; it is not needed either.
void want(bool good) {
    if (!good) throw std::runtime_error{"an archive could not be written"};
}

la_ssize_t append(archive*, void* into, void const* bytes, std::size_t size) {
    static_cast<std::string*>(into)->append(static_cast<char const*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

void open(archive* writer, std::string& into) {
    want(archive_write_set_bytes_in_last_block(writer, 1) == ARCHIVE_OK);  // else the end is padded
    want(archive_write_open2(writer, &into, nullptr, append, nullptr, nullptr) == ARCHIVE_OK);
}

Entry entry_for(std::string const& path) {
    Entry entry{archive_entry_new(), archive_entry_free};
    want(entry != nullptr);
    archive_entry_set_pathname(entry.get(), path.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    return entry;
}

void put(archive* writer, std::string_view bytes) {
    while (!bytes.empty()) {
        la_ssize_t const taken = archive_write_data(writer, bytes.data(), bytes.size());
        want(taken > 0);
        bytes.remove_prefix(static_cast<std::size_t>(taken));
    }
}

}  // namespace

void ArchiveFile::Closer::operator()(archive* writer) const noexcept {
    archive_write_free(writer);
}

ArchiveFile::ArchiveFile(std::string path) : path_{std::move(path)}, writer_{archive_write_new()} {
    crypto_hash_sha256_init(&hash_);
    want(writer_ && archive_write_set_format_raw(writer_.get()) == ARCHIVE_OK &&
         archive_write_add_filter_gzip(writer_.get()) == ARCHIVE_OK &&
         archive_write_set_filter_option(writer_.get(), "gzip", "compression-level", "1") == ARCHIVE_OK);
    open(writer_.get(), packed_);
    want(archive_write_header(writer_.get(), entry_for(path_).get()) == ARCHIVE_OK);
}

void ArchiveFile::write(std::string_view bytes) {
    crypto_hash_sha256_update(&hash_, reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size());
    size_ += bytes.size();
    put(writer_.get(), bytes);
}

void ArchiveFile::finish() {
    want(archive_write_close(writer_.get()) == ARCHIVE_OK);
    writer_.reset();
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256_final(&hash_, hash.data());
    std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
    sha256_ = sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
}

void ArchiveFile::read(std::function<void(std::string_view piece)> const& take) const {
    if (size_ == 0) return;  // libarchive takes an empty file for a broken one
    Reader const reader{archive_read_new(), archive_read_free};
    archive_entry* entry = nullptr;
    want(reader && archive_read_support_filter_gzip(reader.get()) == ARCHIVE_OK &&
         archive_read_support_format_raw(reader.get()) == ARCHIVE_OK &&
         archive_read_open_memory(reader.get(), packed_.data(), packed_.size()) == ARCHIVE_OK &&
         archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK);
    std::string piece(piece_size, '\0');
    for (;;) {
        la_ssize_t const got = archive_read_data(reader.get(), piece.data(), piece.size());
        want(got >= 0);
        if (got == 0) return;
        take(std::string_view{piece}.substr(0, static_cast<std::size_t>(got)));
    }
}

std::string zipped(std::list<ArchiveFile> files, Timestamp made) {
    std::string zip;
    Writer const writer{archive_write_new(), archive_write_free};
    want(writer && archive_write_set_format_zip(writer.get()) == ARCHIVE_OK &&
         archive_write_zip_set_compression_deflate(writer.get()) == ARCHIVE_OK);
    open(writer.get(), zip);
    for (; !files.empty(); files.pop_front()) {
        ArchiveFile const& file = files.front();
        Entry const entry = entry_for(file.path());
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.size()));
        archive_entry_set_mtime(entry.get(), std::chrono::system_clock::to_time_t(made), 0);
        want(archive_write_header(writer.get(), entry.get()) == ARCHIVE_OK);
        file.read([&](std::string_view piece) { put(writer.get(), piece); });
    }
    want(archive_write_close(writer.get()) == ARCHIVE_OK);
    return zip;
}

}  // namespace samtal::rights
