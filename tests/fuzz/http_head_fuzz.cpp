// Hostile bytes for the gate in front of everything: request heads and chunked bodies.
//   clang++-19 -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Isrc tests/fuzz/http_head_fuzz.cpp
//       src/net/http_head.cpp src/net/http.cpp src/net/chunk_decoder.cpp -o http_head_fuzz
#include "net/characters.hpp"
#include "net/chunk_decoder.hpp"
#include "net/http_head.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace samtal::net;

void require(bool promise) {
    if (!promise) std::abort();
}

/// What holds for every head that passes.
void check_head(RequestHead const& head) {
    auto const& request = head.request;
    require(request.path.starts_with('/') && request.path.find("..") == std::string::npos);
    require(request.headers.size() <= 64);
    std::size_t hosts = 0;
    for (auto const& header : request.headers) {
        require(is_token(std::string_view{header.name}));
        require(std::all_of(header.value.begin(), header.value.end(), is_field_value));
        if (header.name == "host") ++hosts;
    }
    require(hosts <= 1 && (hosts == 1 || !head.keep_alive));
    require(head.framing == Framing::chunked == request.has("transfer-encoding"));
    require(!(request.has("transfer-encoding") && request.has("content-length")));
    (void)check_websocket_handshake(head);
}

void try_head(std::string_view input) {
    std::size_t scanned = 0;
    auto const whole = find_head_end(input, scanned);
    std::size_t drip = 0;
    HeadEnd dripped;
    for (std::size_t n = 1; n <= input.size() && dripped.end == 0 && !dripped.malformed; ++n)
        dripped = find_head_end(input.substr(0, n), drip);
    require(whole.end == dripped.end && whole.malformed == dripped.malformed);
    RequestHead head;
    if (!parse_head(whole.end > 0 ? input.substr(0, whole.end) : input, head)) check_head(head);
}

void try_chunks(std::string_view input) {
    constexpr std::size_t limit = 256;
    ChunkDecoder whole{limit};
    std::string body;
    auto const used = whole.feed(input, body);
    require(body.size() <= limit && used <= input.size());
    ChunkDecoder dripped{limit};
    std::string same;
    for (char const c : input)
        if (dripped.feed({&c, 1}, same) == 0) break;
    require(whole.state() == dripped.state() && body == same);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const input{reinterpret_cast<char const*>(data), size};
    try_head(input);
    try_chunks(input);
    return 0;
}
