#include "checkpoint.hpp"

#include "samtal/storage/key_store.hpp"
#include "samtal/storage/values.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <charconv>
#include <vector>

namespace samtal::audit {

namespace {

constexpr std::string_view dash = "\u2014 ";
constexpr std::string_view previous_is = "samtal-previous ";
constexpr std::string_view of_tree;  // what a note is about, in its first line
constexpr std::string_view of_pruning = "/pruned";
constexpr std::size_t id_size = 4;
constexpr std::size_t signature_size = 64;
constexpr char ed25519 = '\x01';

std::string base64(std::string_view bytes) {
    std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // the NUL
    return text;
}

/// Nothing unless it is the text of exactly `size` bytes.
std::optional<std::string> from_base64(std::string_view text, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t found = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), size, text.data(), text.size(), nullptr,
                          &found, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        found != size)
        return std::nullopt;
    return bytes;
}

std::string hex(std::string_view bytes) {
    return storage::bytea(bytes).substr(2);
}

/// Of C2SP signed-note.
std::string key_id(std::string_view public_key) {
    std::string const input = origin_of(public_key) + '\n' + ed25519 + std::string{public_key};
    return storage::sha256(input).substr(0, id_size);
}

std::string text_of(std::string_view what, Checkpoint const& c, std::string_view public_key) {
    return fmt::format("{}{}\n{}\n{}\n{}{}\n", origin_of(public_key), what, c.size, base64(c.root), previous_is,
                       base64(c.previous));
}

std::string note_of(std::string const& text, std::string_view public_key, std::string_view signature) {
    return fmt::format("{}\n{}{} {}\n", text, dash, origin_of(public_key),
                       base64(key_id(public_key).append(signature)));
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        lines.push_back(text.substr(0, text.find('\n')));
        text.remove_prefix(std::min(text.size(), lines.back().size() + 1));
    }
    return lines;
}

struct Parsed {
    Checkpoint checkpoint;
    std::string signature;
};

std::optional<Parsed> parse(std::string_view what, std::string_view note, std::string_view public_key) {
    auto const lines = lines_of(note);
    if (lines.size() != 6 || !lines[3].starts_with(previous_is)) return std::nullopt;
    Parsed parsed;
    std::int64_t& size = parsed.checkpoint.size;
    std::from_chars(lines[1].data(), lines[1].data() + lines[1].size(), size);
    auto const root = from_base64(lines[2], 32);
    auto const previous = from_base64(lines[3].substr(previous_is.size()), 32);
    auto const signature = from_base64(lines[5].substr(lines[5].rfind(' ') + 1), id_size + signature_size);
    if (!root || !previous || !signature || size < 1) return std::nullopt;
    parsed.checkpoint.root = *root;
    parsed.checkpoint.previous = *previous;
    parsed.signature = signature->substr(id_size);
    // What was not looked at above, and what has several spellings, must be as it would be written.
    if (note_of(text_of(what, parsed.checkpoint, public_key), public_key, parsed.signature) != note)
        return std::nullopt;
    return parsed;
}

std::string sign(std::string_view what, storage::Signer const& signer, Checkpoint const& checkpoint) {
    std::string const text = text_of(what, checkpoint, signer.public_key());
    return note_of(text, signer.public_key(), signer.sign(text));
}

std::optional<Checkpoint> read(std::string_view what, std::string_view note, std::string_view public_key) {
    auto parsed = parse(what, note, public_key);
    if (!parsed) return std::nullopt;
    return std::move(parsed->checkpoint);
}

bool holds(std::string_view what, std::string_view note, std::string_view public_key) {
    auto const parsed = parse(what, note, public_key);
    return parsed &&
           storage::signature_holds(public_key, text_of(what, parsed->checkpoint, public_key), parsed->signature);
}

}  // namespace

std::string origin_of(std::string_view public_key) {
    constexpr std::size_t enough = 8;
    return "samtal.audit/" + hex(storage::sha256(public_key).substr(0, enough));
}

std::string verifier_key(std::string_view public_key) {
    return fmt::format("{}+{}+{}", origin_of(public_key), hex(key_id(public_key)),
                       base64(ed25519 + std::string{public_key}));
}

std::optional<std::string> parse_verifier_key(std::string_view text) {
    constexpr std::size_t key_size = 1 + 32;
    auto const begin = text.find('+', text.find('+') + 1);  // base64 has '+' too: the key begins after the second
    if (begin == std::string_view::npos) return std::nullopt;
    auto const bytes = from_base64(text.substr(begin + 1), key_size);
    if (!bytes || verifier_key(bytes->substr(1)) != text) return std::nullopt;
    return bytes->substr(1);
}

std::string sign_checkpoint(storage::Signer const& signer, Checkpoint const& checkpoint) {
    return sign(of_tree, signer, checkpoint);
}

std::optional<Checkpoint> read_checkpoint(std::string_view note, std::string_view public_key) {
    return read(of_tree, note, public_key);
}

bool checkpoint_holds(std::string_view note, std::string_view public_key) {
    return holds(of_tree, note, public_key);
}

std::string sign_pruning(storage::Signer const& signer, Checkpoint const& statement) {
    return sign(of_pruning, signer, statement);
}

std::optional<Checkpoint> read_pruning(std::string_view note, std::string_view public_key) {
    return read(of_pruning, note, public_key);
}

bool pruning_holds(std::string_view note, std::string_view public_key) {
    return holds(of_pruning, note, public_key);
}

std::string note_hash(std::string_view note) {
    return storage::sha256(note);
}

}  // namespace samtal::audit
