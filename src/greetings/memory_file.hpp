#pragma once

#include <sndfile.h>

#include <string>
#include <string_view>

namespace samtal::greetings {

/// Bytes in memory as libsndfile reads them.
class MemoryReader {
public:
    explicit MemoryReader(std::string_view bytes) : bytes_{bytes} {}
    static SF_VIRTUAL_IO functions() noexcept;

private:
    static sf_count_t size(void* self) noexcept;
    static sf_count_t seek(sf_count_t offset, int whence, void* self) noexcept;
    static sf_count_t read(void* into, sf_count_t count, void* self) noexcept;
    static sf_count_t tell(void* self) noexcept;

    std::string_view bytes_;
    sf_count_t at_ = 0;
};

/// A file in memory that libsndfile writes.
class MemoryWriter {
public:
    static SF_VIRTUAL_IO functions() noexcept;
    [[nodiscard]] std::string take() && { return std::move(bytes_); }

private:
    static sf_count_t size(void* self) noexcept;
    static sf_count_t seek(sf_count_t offset, int whence, void* self) noexcept;
    static sf_count_t read(void* into, sf_count_t count, void* self) noexcept;
    static sf_count_t write(void const* from, sf_count_t count, void* self);
    static sf_count_t tell(void* self) noexcept;

    std::string bytes_;
    sf_count_t at_ = 0;
};

}  // namespace samtal::greetings
