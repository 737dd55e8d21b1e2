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

/// What was signed, without the line that says what it is.
ordered_json document(std::string const& hex) {
    std::string const bytes = from_hex(hex);
    auto parsed = ordered_json::parse(bytes.substr(bytes.find('\n') + 1), nullptr, false);
    return parsed.is_discarded() ? ordered_json(hex) : parsed;
}

/// The row's first column is an id of ours, so nothing from outside becomes a path.
std::string file_of(ArchiveTable const& table, ArchiveRow const& row) {
    return table.name + "/" + row.cells.front().value() + ".wav";
}

}  // namespace

Result<ArchiveRow> decode_row(std::string_view content, ArchiveTable const& table, OpenCell const& open) {
    auto const source = ordered_json::parse(content);
    ordered_json shown = ordered_json::object();
    ArchiveRow row;
    for (ArchiveColumn const& column : table.columns) {
        ordered_json value = source.at(column.name);
        bool const sealed = column.kind == ColumnKind::cipher || column.kind == ColumnKind::cipher_json ||
                            column.kind == ColumnKind::cipher_wav;
        if (sealed && !value.is_null()) {
            auto plain = open(table.sealed_in + "." + column.name, from_hex(value.get_ref<std::string const&>()));
            if (!plain) return plain.error();
            if (*plain && column.kind == ColumnKind::cipher_wav) {
                row.files.emplace_back(file_of(table, row), *std::move(*plain));
                value = row.files.back().first;
            } else {
                value = *plain ? opened(*std::move(*plain), column.kind) : ordered_json{};
            }
        }
        if (column.kind == ColumnKind::document && value.is_string()) value = document(value.get<std::string>());
        row.cells.push_back(value.is_null() ? std::nullopt : std::optional{readable(value)});
        shown[column.name] = std::move(value);
    }
    row.json = dumped(shown);
    return row;
}

std::string part_of(ArchiveRow const& row, std::string_view column) {
    return dumped(ordered_json::parse(row.json).at(std::string{column}));
}

std::string receipt_of(ArchiveRow const& row) {
    auto const shown = ordered_json::parse(row.json);
    if (!shown.contains("document") || !shown.contains("signature")) return row.json;
    ordered_json receipt = shown.at("document");
    if (receipt.is_object()) receipt["signature"] = shown.at("signature");
    return dumped(receipt);
}

}  // namespace samtal::rights
