#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace samtal {

/// Random bytes of the operating system, drawn for many callers at once: a system call for each is dearer than
/// what is done with them. For what must be unique and may be known, such as ids and nonces; they wait in memory
/// before they are used, so never for keys, tokens or codes. At most 64. Throws std::runtime_error when the system
/// gives none.
void draw_public_random(std::span<std::uint8_t>);

}  // namespace samtal
