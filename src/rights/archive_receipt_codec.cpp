#include "archive_receipt_codec.hpp"

#include <sodium.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace samtal::rights {

using nlohmann::json;

std::string receipt_of(std::string const& row_json) {
    json const row = json::parse(row_json);
    auto const& hex = row.at("document").get_ref<std::string const&>();
    std::string document(hex.size() / 2, '\0');
    if (sodium_hex2bin(reinterpret_cast<unsigned char*>(document.data()), document.size(), hex.data(), hex.size(),
                       nullptr, nullptr, nullptr) != 0)
        throw std::runtime_error{"a consent's document was not exported as hex"};
    // A line that says what it is, then what was signed: see consent/ledger.hpp.
    json receipt = json::parse(document.substr(document.find('\n') + 1));
    receipt["signature"] = row.at("signature");
    return receipt.dump();
}

}  // namespace samtal::rights
