#include "push_together.hpp"

#include "samtal/net/socket.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace samtal::net {

namespace {

using Writers = std::vector<std::shared_ptr<Writer>>;

struct Gathered {
    unsigned depth = 0;
    std::vector<std::pair<boost::asio::any_io_executor, Writers>> places;  // one for each I/O thread
};
thread_local Gathered gathered;

}  // namespace

PushTogether::PushTogether() noexcept {
    ++gathered.depth;
}

PushTogether::~PushTogether() {
    if (--gathered.depth > 0) return;
    for (auto& [executor, writers] : std::exchange(gathered.places, {}))
        boost::asio::post(executor, [all = std::move(writers)] {
            for (auto const& writer : all) writer->work();
        });
}

void wake(std::shared_ptr<Writer> writer, boost::asio::any_io_executor const& executor) {
    if (gathered.depth == 0) return boost::asio::post(executor, [w = std::move(writer)] { w->work(); });
    auto& places = gathered.places;
    auto place = std::ranges::find(places, executor, [](auto const& p) { return p.first; });
    if (place == places.end()) place = places.insert(place, {executor, Writers{}});
    place->second.push_back(std::move(writer));
}

}  // namespace samtal::net
