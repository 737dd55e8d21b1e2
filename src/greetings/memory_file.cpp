#include "memory_file.hpp"

#include <algorithm>
#include <cstring>

namespace samtal::greetings {

namespace {

/// Where a seek ends up: never before the beginning, never past the end.
sf_count_t moved(sf_count_t at, sf_count_t size, sf_count_t offset, int whence) {
    sf_count_t const from = whence == SEEK_SET ? 0 : whence == SEEK_END ? size : at;
    // Overflow cannot happen: both are far below half of what the type holds, or the offset is refused.
    if (offset > size || offset < -size) return whence == SEEK_SET && offset > size ? size : at;
    return std::clamp<sf_count_t>(from + offset, 0, size);
}

sf_count_t copied(std::string_view bytes, sf_count_t& at, void* into, sf_count_t count) {
    auto const size = static_cast<sf_count_t>(bytes.size());
    sf_count_t const n = std::clamp<sf_count_t>(count, 0, size - std::min(at, size));
    if (n > 0) std::memcpy(into, bytes.data() + at, static_cast<std::size_t>(n));
    at += n;
    return n;
}

}  // namespace

SF_VIRTUAL_IO MemoryReader::functions() noexcept {
    return {size, seek, read, nullptr, tell};
}
sf_count_t MemoryReader::size(void* self) noexcept {
    return static_cast<sf_count_t>(static_cast<MemoryReader*>(self)->bytes_.size());
}
sf_count_t MemoryReader::seek(sf_count_t offset, int whence, void* self) noexcept {
    auto& file = *static_cast<MemoryReader*>(self);
    return file.at_ = moved(file.at_, size(self), offset, whence);
}
sf_count_t MemoryReader::read(void* into, sf_count_t count, void* self) noexcept {
    auto& file = *static_cast<MemoryReader*>(self);
    return copied(file.bytes_, file.at_, into, count);
}
sf_count_t MemoryReader::tell(void* self) noexcept {
    return static_cast<MemoryReader*>(self)->at_;
}

SF_VIRTUAL_IO MemoryWriter::functions() noexcept {
    return {size, seek, read, write, tell};
}
sf_count_t MemoryWriter::size(void* self) noexcept {
    return static_cast<sf_count_t>(static_cast<MemoryWriter*>(self)->bytes_.size());
}
sf_count_t MemoryWriter::seek(sf_count_t offset, int whence, void* self) noexcept {
    auto& file = *static_cast<MemoryWriter*>(self);
    return file.at_ = moved(file.at_, size(self), offset, whence);
}
sf_count_t MemoryWriter::read(void* into, sf_count_t count, void* self) noexcept {
    auto& file = *static_cast<MemoryWriter*>(self);
    return copied(file.bytes_, file.at_, into, count);
}
sf_count_t MemoryWriter::write(void const* from, sf_count_t count, void* self) {
    auto& file = *static_cast<MemoryWriter*>(self);
    auto const at = static_cast<std::size_t>(file.at_);
    auto const n = static_cast<std::size_t>(std::max<sf_count_t>(count, 0));
    file.bytes_.resize(std::max(file.bytes_.size(), at + n));
    std::memcpy(file.bytes_.data() + at, from, n);
    file.at_ += count;
    return count;
}
sf_count_t MemoryWriter::tell(void* self) noexcept {
    return static_cast<MemoryWriter*>(self)->at_;
}

}  // namespace samtal::greetings
