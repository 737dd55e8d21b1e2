#include "archive_zip.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace samtal::rights {

namespace {

using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

/// libarchive's own message may quote a path, never content; it is not needed either.
void want(bool good) {
    if (!good) throw std::runtime_error{"an archive could not be written"};
}

la_ssize_t append(archive*, void* into, void const* bytes, std::size_t size) {
    static_cast<std::string*>(into)->append(static_cast<char const*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

}  // namespace

void ArchiveZip::Closer::operator()(archive* writer) const noexcept {
    archive_write_free(writer);
}

ArchiveZip::ArchiveZip(Timestamp made) : made_{made}, writer_{archive_write_new()} {
    archive* const writer = writer_.get();
    // Level 1: what is packed several times over is time that the others wait.
    want(writer != nullptr && archive_write_set_format_zip(writer) == ARCHIVE_OK &&
         archive_write_zip_set_compression_deflate(writer) == ARCHIVE_OK &&
         archive_write_set_format_option(writer, "zip", "compression-level", "1") == ARCHIVE_OK &&
         archive_write_set_bytes_in_last_block(writer, 1) == ARCHIVE_OK &&  // else the end is padded
         archive_write_open2(writer, &bytes_, nullptr, append, nullptr, nullptr) == ARCHIVE_OK);
}

void ArchiveZip::begin(std::string path) {
    file_ = {.path = std::move(path)};
    crypto_hash_sha256_init(&hash_);
    Entry const entry{archive_entry_new(), archive_entry_free};
    want(entry != nullptr);
    archive_entry_set_pathname(entry.get(), file_.path.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    archive_entry_set_mtime(entry.get(), std::chrono::system_clock::to_time_t(made_), 0);
    // No size: it is not known yet, and stands behind the file's bytes.
    want(archive_write_header(writer_.get(), entry.get()) == ARCHIVE_OK);
}

void ArchiveZip::write(std::string_view bytes) {
    crypto_hash_sha256_update(&hash_, reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size());
    file_.bytes += bytes.size();
    while (!bytes.empty()) {
        la_ssize_t const taken = archive_write_data(writer_.get(), bytes.data(), bytes.size());
        want(taken > 0);
        bytes.remove_prefix(static_cast<std::size_t>(taken));
    }
}

void ArchiveZip::end() {
    want(archive_write_finish_entry(writer_.get()) == ARCHIVE_OK);
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256_final(&hash_, hash.data());
    std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
    file_.sha256 = sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    files_.push_back(std::exchange(file_, {}));
}

void ArchiveZip::close() {
    want(archive_write_close(writer_.get()) == ARCHIVE_OK);
}

std::string ArchiveZip::take(std::size_t most) {
    std::string taken = bytes_.substr(0, most);
    bytes_.erase(0, taken.size());
    return taken;
}

}  // namespace samtal::rights
