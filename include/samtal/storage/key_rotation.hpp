#pragma once

#include "samtal/storage/purpose_pool.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace samtal::storage {

struct KeyRotationOptions {
    LoginOptions keystore;  // as samtal_keys_migrator, who becomes samtal_keys_rotator
    std::string keys_directory;
    int batch = 5'000;  // keys rewrapped in one transaction
    /// How long servers may take to read a new key file.
    std::chrono::milliseconds patience{30'000};
    /// Before the old epoch is destroyed: the moment to back up the key store. What it throws stops the rotation
    /// there.
    std::function<void()> before_destruction;
    /// Told after each step that has been made durable; for progress. May throw: like a crash there.
    std::function<void(std::string_view step)> after;
};

struct KeyRotationReport {
    int epoch = 0;               // the open one
    std::int64_t rewrapped = 0;  // keys, by this run
    int destroyed = 0;           // epochs, by this run
    bool resumed = false;        // an interrupted rotation was finished
};

/// Opens the next epoch of key-encryption keys, rewraps every key of the key store in it, and destroys the epoch
/// before, while servers serve. Each step is durable and repeatable: after a crash anywhere, the next run goes on.
/// Throws std::runtime_error with one line for the operator: another rotation runs, a server cannot read the new
/// key file, a wrapped key does not open. Nothing is destroyed then. Throws Unavailable when the key store does
/// not answer.
KeyRotationReport rotate_keys(KeyRotationOptions const&);

}  // namespace samtal::storage
