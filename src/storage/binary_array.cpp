#include "samtal/storage/binary_array.hpp"

#include <cstddef>

namespace samtal::storage {

namespace {

// Dimensions, flags, element type, then for the one dimension its size and lower bound: four bytes each.
constexpr std::size_t size_at = 12;

}  // namespace

BinaryArray::BinaryArray(Of type) {
    put(1, 4);
    put(0, 4);  // no nulls
    put(static_cast<std::uint32_t>(type), 4);
    put(0, 4);  // the size, known at the end
    put(1, 4);
}

void BinaryArray::put(std::uint64_t value, unsigned bytes) {
    while (bytes-- > 0) bytes_.push_back(static_cast<char>(value >> (8 * bytes)));
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

BinaryParameter BinaryArray::parameter() const {
    std::string whole = bytes_;
    for (unsigned i = 0; i < 4; ++i) whole[size_at + i] = static_cast<char>(count_ >> (24 - 8 * i));
#if defined(PQXX_VERSION_MAJOR) && PQXX_VERSION_MAJOR >= 7
    auto const* const first = reinterpret_cast<std::byte const*>(whole.data());
    return {first, first + whole.size()};
#else
    return pqxx::binarystring{whole};
#endif
}

}  // namespace samtal::storage
