#include "admin_client.hpp"

#include <curl/curl.h>

#include <memory>

namespace samtal::ctl {

namespace {

struct Answer {
    long status = 0;
    std::string body;
};

std::size_t collect(char* data, std::size_t size, std::size_t count, void* into) {
    static_cast<std::string*>(into)->append(data, size * count);
    return size * count;
}

Answer send(std::string const& socket, std::string const& path, std::string const& body,
            std::chrono::seconds patience) {
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> const curl{curl_easy_init(), &curl_easy_cleanup};
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> const headers{
        curl_slist_append(nullptr, "Content-Type: application/json"), &curl_slist_free_all};
    Answer answer;
    std::string const url = "http://localhost" + path;  // only the path counts: the socket is the address
    curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, static_cast<long>(patience.count()));
    CURLcode const result = curl_easy_perform(curl.get());
    if (result == CURLE_COULDNT_CONNECT)
        throw Failure{"no server answers on " + socket + "; is it running, and may you use its socket?"};
    if (result != CURLE_OK) throw Failure{std::string{"the server did not answer: "} + curl_easy_strerror(result)};
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

/// "must be an E.164 number (phone)", out of a problem document.
std::string reason(nlohmann::json const& problem, long status) {
    if (!problem.is_object()) return "the server answered with status " + std::to_string(status);
    std::string text = problem.value("detail", problem.value("title", "status " + std::to_string(status)));
    auto const errors = problem.find("errors");
    if (errors != problem.end() && errors->is_array() && !errors->empty())
        text += " (" + errors->front().value("field", "") + ")";
    return text;
}

}  // namespace

nlohmann::json post(Context const& context, std::string const& path, nlohmann::json const& body,
                    std::chrono::seconds patience) {
    Answer const got = send(context.admin_socket(), path, body.dump(), patience);
    auto parsed = nlohmann::json::parse(got.body, nullptr, false);
    if (got.status < 200 || got.status > 299) throw Failure{reason(parsed, got.status)};
    if (got.body.empty()) return nlohmann::json::object();
    if (!parsed.is_object()) throw Failure{"the server's answer is no JSON object"};
    return parsed;
}

void answer(Context const& context, nlohmann::json const& answer, std::string const& readable) {
    say(context.json ? answer.dump() : readable);
}

}  // namespace samtal::ctl
