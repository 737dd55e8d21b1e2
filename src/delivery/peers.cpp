#include "peers.hpp"

#include <algorithm>

namespace samtal::delivery {

bool Peers::hear(Packet const& packet, Steady now) {
    std::scoped_lock const lock{mutex_};
    Peer& peer = peers_[packet.node];
    if (peer.known && packet.first < peer.next) return false;
    if (peer.known && packet.first > peer.next) lost_ = true;
    peer.known = true;
    peer.heard = now;
    peer.next = packet.first + packet.items.size();
    return true;
}

void Peers::lose() {
    std::scoped_lock const lock{mutex_};
    lost_ = true;
}

Peers::News Peers::look(std::span<boost::uuids::uuid const> alive, Steady now) {
    std::scoped_lock const lock{mutex_};
    News news{std::exchange(lost_, false), {}};
    for (auto const& node : alive) {
        auto const [place, is_new] = peers_.try_emplace(node);
        Peer& peer = place->second;
        if (is_new) peer.heard = now;
        peer.alive = true;
        if (now - peer.heard > longest_silence) news.trouble = true;
    }
    for (auto at = peers_.begin(); at != peers_.end();) {
        Peer const& peer = at->second;
        bool const lives = std::ranges::find(alive, at->first) != alive.end();
        bool const forgotten = !lives && now - peer.heard > longest_silence;
        if (!lives && peer.alive) {
            news.trouble = true;
            news.gone.push_back(at->first);
            at->second.alive = false;
        }
        at = forgotten ? peers_.erase(at) : std::next(at);
    }
    return news;
}

}  // namespace samtal::delivery
