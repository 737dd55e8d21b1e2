#pragma once

#include "samtal/storage/key_store.hpp"

#include <boost/uuid/uuid.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::storage {

/// The servers of the deployment, by the leases that they hold in the key store: a second each, renewed four times
/// as often. Any thread.
class Nodes {
public:
    struct Listener {
        /// A notice, in the order they were told; one's own come back too. Called before the lease is renewed:
        /// quick.
        std::function<void(std::string_view notice)> heard;
        /// Notices may have passed unheard: what they could have said is to be taken as said.
        std::function<void()> missed;
    };

    virtual ~Nodes() = default;
    /// Once, before anybody is served. The listener stays valid until the node is gone.
    virtual void listen(Listener) = 0;

    [[nodiscard]] virtual boost::uuids::uuid id() const noexcept = 0;
    /// Whether this server may act on what it holds in memory now.
    [[nodiscard]] virtual bool holds_lease() const noexcept = 0;
    /// Who else held a lease when this one was last renewed.
    [[nodiscard]] virtual std::vector<boost::uuids::uuid> others() const = 0;

    /// Tells notices of 41 to 512 bytes to all servers. When it returns each has heard them or holds no lease, at
    /// most about a second later. Blocks; throws Unavailable when the key store does not answer: tell them again
    /// then.
    virtual void tell(std::span<std::string const> notices) = 0;
};

/// Keys of people, kept by a server that is a node among others.
class NodeKeys : public SubjectKeys {
public:
    [[nodiscard]] virtual Nodes& nodes() noexcept = 0;
};

/// As make_pg_subject_keys.
[[nodiscard]] std::unique_ptr<NodeKeys> make_pg_node_keys(LoginOptions, KeyRing const&);

}  // namespace samtal::storage
