#pragma once

#include "bus.hpp"
#include "samtal/delivery/delivery.hpp"

#include <memory>

namespace samtal::delivery {

/// The bus over a NATS server. Does not wait for it: it connects, and connects again, by itself. Throws
/// std::runtime_error for credentials that cannot be read.
[[nodiscard]] std::unique_ptr<Bus> make_nats_bus(BusOptions const&);

}  // namespace samtal::delivery
