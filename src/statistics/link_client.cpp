#include "link_client.hpp"

#include "samtal/statistics/release.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <new>

namespace samtal::statistics {

namespace {

namespace asio = boost::asio;

using Handle = std::unique_ptr<CURL, decltype([](CURL* c) { curl_easy_cleanup(c); })>;
using Headers = std::unique_ptr<curl_slist, decltype([](curl_slist* l) { curl_slist_free_all(l); })>;

std::size_t discard(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

int give_up_when_stopping(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::atomic<bool> const*>(stopping)->load() ? 1 : 0;
}

void add(Headers& headers, std::string const& line) {
    curl_slist* const longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc{};
    static_cast<void>(headers.release());
    headers.reset(longer);
}

std::string url_of(std::string const& address, unsigned short port) {
    bool const v6 = address.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}/frames", v6 ? "[" : "", address, v6 ? "]" : "", port);
}

}  // namespace

LinkClient::LinkClient(std::string const& address, unsigned short port, storage::Key const& key)
    : url_{url_of(address, port)}, key_{key} {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

LinkClient::~LinkClient() {
    stop();
    thread_.join();
    curl_global_cleanup();
}

Task<int> LinkClient::post(std::string frames) {
    co_return co_await asio::co_spawn(thread_, perform_there(*this, std::move(frames)), asio::use_awaitable);
}

Task<int> LinkClient::perform_there(LinkClient& self, std::string frames) {
    co_return self.perform(frames);
}

int LinkClient::perform(std::string const& frames) const {
    Handle const curl{curl_easy_init()};
    if (!curl) throw std::bad_alloc{};
    Headers headers;
    add(headers, "Content-Type: application/octet-stream");
    add(headers, "Expect:");
    add(headers, fmt::format("{}: {}", link_header, link_mac(key_, frames)));
    auto const set = [&curl](CURLoption option, auto value) { curl_easy_setopt(curl.get(), option, value); };
    set(CURLOPT_URL, url_.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http");
    set(CURLOPT_PROXY, "");  // the environment's proxies are for the world outside
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, 2'000L);
    set(CURLOPT_TIMEOUT_MS, 10'000L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(frames.size()));
    set(CURLOPT_POSTFIELDS, frames.data());
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_WRITEFUNCTION, &discard);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &give_up_when_stopping);
    set(CURLOPT_XFERINFODATA, static_cast<void const*>(&stopping_));
    if (curl_easy_perform(curl.get()) != CURLE_OK) return 0;
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

}  // namespace samtal::statistics
