#pragma once

#include "samtal/core/time.hpp"

#include <boost/uuid/uuid.hpp>
#include <pqxx/pqxx>

#include <cstdint>
#include <string>
#include <string_view>

namespace samtal::storage {

/// What libpqxx passes on as a parameter in binary format: 6 and 7 have different types for it.
#if defined(PQXX_VERSION_MAJOR) && PQXX_VERSION_MAJOR >= 7
using BinaryParameter = std::basic_string<std::byte>;
#else
using BinaryParameter = pqxx::binarystring;
#endif

/// An array parameter in PostgreSQL's binary format, for groups of rows: nothing is parsed or converted. The
/// statement's type must be exactly that of the array.
class BinaryArray {
public:
    enum class Of : std::uint32_t {  // as in pg_type.dat
        boolean = 16,
        bytea = 17,
        bigint = 20,
        integer = 23,
        text = 25,
        timestamptz = 1184,
        uuid = 2950
    };

    explicit BinaryArray(Of type);

    void add(boost::uuids::uuid const&);
    void add(std::int64_t);
    void add(std::int32_t);
    void add(std::string_view bytes);  // a text in UTF-8, without NUL
    void add_flag(bool);
    void add_time(Timestamp);
    void add_null();
    [[nodiscard]] BinaryParameter parameter() const;

private:
    void put(std::uint64_t value, unsigned bytes);
    void begin(std::uint32_t size);

    std::string bytes_;
    std::uint32_t count_ = 0;
    bool nulls_ = false;
};

}  // namespace samtal::storage
