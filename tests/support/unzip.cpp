#include "support/unzip.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <stdexcept>

namespace samtal::testing {

std::map<std::string, std::string> unzip(std::string const& zip) {
    std::unique_ptr<archive, decltype(&archive_read_free)> const reader{archive_read_new(), archive_read_free};
    archive_read_support_format_zip(reader.get());
    if (archive_read_open_memory(reader.get(), zip.data(), zip.size()) != ARCHIVE_OK)
        throw std::runtime_error{"no ZIP"};
    std::map<std::string, std::string> files;
    archive_entry* entry = nullptr;
    int state = ARCHIVE_OK;
    while ((state = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
        std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
        if (archive_read_data(reader.get(), content.data(), content.size()) !=
            static_cast<la_ssize_t>(content.size()))
            throw std::runtime_error{"a file in the ZIP is broken"};
        if (!files.emplace(archive_entry_pathname(entry), std::move(content)).second)
            throw std::runtime_error{"a file is in the ZIP twice"};
    }
    if (state != ARCHIVE_EOF) throw std::runtime_error{"the ZIP is broken"};
    return files;
}

}  // namespace samtal::testing
