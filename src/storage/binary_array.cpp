#include "samtal/storage/binary_array.hpp"

#include <array>
#include <cstddef>

namespace samtal::storage {

namespace {

// Dimensions, whether there are nulls, element type, then for the one dimension its size and lower bound: four
// bytes each.
constexpr std::size_t nulls_at = 4;
constexpr std::size_t size_at = 12;
constexpr std::uint32_t null_size = 0xffff'ffff;

// PostgreSQL counts from 2000 on.
constexpr std::chrono::sys_days epoch{std::chrono::year{2000} / 1 / 1};

}  // namespace

BinaryArray::BinaryArray(Of type) {
    put(1, 4);
    put(0, 4);  // nulls: known at the end
    put(static_cast<std::uint32_t>(type), 4);
    put(0, 4);  // the size, known at the end
    put(1, 4);
}

void BinaryArray::put(std::uint64_t value, unsigned bytes) {
    std::array<char, 8> out;
    for (unsigned i = 0; i < bytes; ++i) out[i] = static_cast<char>(value >> (8 * (bytes - 1 - i)));
    bytes_.append(out.data(), bytes);
}

void BinaryArray::begin(std::uint32_t size) {
    put(size, 4);
    ++count_;
}

void BinaryArray::add(boost::uuids::uuid const& id) {
    begin(static_cast<std::uint32_t>(id.size()));
    bytes_.append(id.begin(), id.end());
}

void BinaryArray::add(std::int64_t value) {
    begin(8);
    put(static_cast<std::uint64_t>(value), 8);
}

void BinaryArray::add(std::int32_t value) {
    begin(4);
    put(static_cast<std::uint32_t>(value), 4);
}

void BinaryArray::add(std::string_view bytes) {
    begin(static_cast<std::uint32_t>(bytes.size()));
    bytes_.append(bytes);
}

void BinaryArray::add_flag(bool value) {
    begin(1);
    bytes_.push_back(value ? '\1' : '\0');
}

void BinaryArray::add_time(Timestamp at) {
    add(std::int64_t{std::chrono::microseconds{at - epoch}.count()});
}

void BinaryArray::add_null() {
    nulls_ = true;
    begin(null_size);
}

BinaryParameter BinaryArray::parameter() const {
    std::string whole = bytes_;
    for (unsigned i = 0; i < 4; ++i) whole[size_at + i] = static_cast<char>(count_ >> (24 - 8 * i));
    if (nulls_) whole[nulls_at + 3] = '\1';
#if defined(PQXX_VERSION_MAJOR) && PQXX_VERSION_MAJOR >= 7
    auto const* const first = reinterpret_cast<std::byte const*>(whole.data());
    return {first, first + whole.size()};
#else
    return pqxx::binarystring{whole};
#endif
}

}  // namespace samtal::storage
