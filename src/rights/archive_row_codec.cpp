#include "archive_row.hpp"

#include <nlohmann/json.hpp>

#include <sodium.h>

#include <stdexcept>

namespace samtal::rights {

using nlohmann::ordered_json;

namespace {

std::string from_hex(std::string const& hex) {
    std::string bytes(hex.size() / 2, '\0');
    if (sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), hex.data(), hex.size(),
                       nullptr, nullptr, nullptr) != 0)
        throw std::logic_error{"a sealed column was not exported as hex"};
    return bytes;
}

std::string dumped(ordered_json const& value) {
    // A text that is no UTF-8 must not keep a person from the rest of their data.
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// For a cell: a table has no place for structure.
std::string readable(ordered_json const& value) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_structured()) return dumped(value);
    std::string all;
    for (auto const& [name, part] : value.items()) {
        if (!all.empty()) all += ", ";
        all += value.is_object() ? name + ": " + readable(part) : readable(part);
    }
    return all;
}

ordered_json opened(std::string plain, ColumnKind kind) {
    if (kind == ColumnKind::cipher) return plain;
    auto parsed = ordered_json::parse(plain, nullptr, false);
    return parsed.is_discarded() ? ordered_json(std::move(plain)) : parsed;
}

}  // namespace

Result<ArchiveRow> decode_row(std::string_view content, ArchiveTable const& table, OpenCell const& open) {
    auto const source = ordered_json::parse(content);
    ordered_json shown = ordered_json::object();
    ArchiveRow row;
    for (ArchiveColumn const& column : table.columns) {
        ordered_json value = source.at(column.name);
        bool const sealed = column.kind == ColumnKind::cipher || column.kind == ColumnKind::cipher_json;
        if (sealed && !value.is_null()) {
            auto plain = open(table.sealed_in + "." + column.name, from_hex(value.get_ref<std::string const&>()));
            if (!plain) return plain.error();
            value = *plain ? opened(*std::move(*plain), column.kind) : ordered_json{};
        }
        row.cells.push_back(value.is_null() ? std::nullopt : std::optional{readable(value)});
        shown[column.name] = std::move(value);
    }
    row.json = dumped(shown);
    return row;
}

}  // namespace samtal::rights
