#include "switch_client.hpp"

#include "address_rules.hpp"

#include <curl/curl.h>
#include <sys/socket.h>

#include <memory>
#include <new>

namespace samtal::dialing {

namespace {

constexpr std::size_t most_answer_bytes = 64 * 1024;

using Handle = std::unique_ptr<CURL, decltype([](CURL* c) { curl_easy_cleanup(c); })>;
using Headers = std::unique_ptr<curl_slist, decltype([](curl_slist* l) { curl_slist_free_all(l); })>;

void add(Headers& headers, std::string const& line) {
    curl_slist* const longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc{};
    static_cast<void>(headers.release());
    headers.reset(longer);
}

std::size_t collect(char* bytes, std::size_t size, std::size_t count, void* into) {
    auto& body = *static_cast<std::string*>(into);
    if (body.size() + size * count > most_answer_bytes) return 0;  // ends the transfer
    body.append(bytes, size * count);
    return size * count;
}

int give_up_when_stopping(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::atomic<bool> const*>(stopping)->load() ? 1 : 0;
}

/// After the name was resolved, so that no name can lead somewhere else than it seems.
curl_socket_t open_public(void*, curlsocktype, curl_sockaddr* to) {
    if (!is_public(to->addr)) return CURL_SOCKET_BAD;
    return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

}  // namespace

SwitchClient::SwitchClient(DialingOptions options) : options_{std::move(options)} {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

SwitchClient::~SwitchClient() {
    curl_global_cleanup();
}

bool SwitchClient::may_call(std::string const& url) const {
    return is_allowed_url(url, options_.allowed_hosts, options_.private_addresses);
}

SwitchAnswer SwitchClient::post(std::string const& url, Secret const& credential, std::string const& body) const {
    if (!may_call(url))
        return {FailReason::unreachable, {}};  // the allowed hosts may have changed since it was set
    Handle const curl{curl_easy_init()};
    if (!curl) throw std::bad_alloc{};
    Headers headers;
    add(headers, "Content-Type: application/json");
    add(headers, "Expect:");
    add(headers, "Authorization: Bearer " + std::string{credential.reveal()});
    SwitchAnswer answer;
    auto const set = [&curl](CURLoption option, auto value) { curl_easy_setopt(curl.get(), option, value); };
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(CURLOPT_POSTFIELDS, body.data());
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_WRITEFUNCTION, &collect);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&answer.body));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &give_up_when_stopping);
    set(CURLOPT_XFERINFODATA, static_cast<void const*>(&stopping_));
    if (!options_.private_addresses) set(CURLOPT_OPENSOCKETFUNCTION, &open_public);
    CURLcode const done = curl_easy_perform(curl.get());
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    if (done == CURLE_OPERATION_TIMEDOUT)
        answer.problem = FailReason::timeout;
    else if (done != CURLE_OK && done != CURLE_WRITE_ERROR)
        answer.problem = FailReason::unreachable;
    else if (done == CURLE_WRITE_ERROR || status < 200 || status > 299)
        answer.problem = FailReason::refused;
    return answer;
}

}  // namespace samtal::dialing
