#pragma once

#include "samtal/storage/key_store.hpp"

#include <string>
#include <string_view>

// Files of 32 random bytes in keys/. Everything here throws std::runtime_error that names the file, never its
// content.
namespace samtal::storage {

[[nodiscard]] std::string kek_file(std::string const& directory, int epoch);

/// Throws KeyFileMissing when there is none.
[[nodiscard]] Key read_key_file(std::string const& path);

/// There whole or not at all, and on the disk when it returns. Leaves a file that is there already.
/// Returns whether it was made.
bool make_key_file(std::string const& path);

/// Overwritten, then removed; nothing happens where it is gone. Goes on where a crash stopped it.
void destroy_key_file(std::string const& path);

/// Makes a rename or removal in the directory last.
void sync_directory(std::string const& directory);

[[nodiscard]] std::string seal_key(Key const& kek, std::string_view place, Key const& key);
/// Throws std::runtime_error when it does not open.
[[nodiscard]] Key open_key(Key const& kek, std::string_view place, std::string_view wrapped);

/// Wipes a key when the block ends.
class Wipe {
public:
    explicit Wipe(Key& key) noexcept : key_{key} {}
    ~Wipe();
    Wipe(Wipe const&) = delete;
    Wipe& operator=(Wipe const&) = delete;

private:
    Key& key_;
};

}  // namespace samtal::storage
