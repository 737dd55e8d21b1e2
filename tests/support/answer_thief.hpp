#pragma once

#include <atomic>
#include <filesystem>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace samtal::testing {

/// Stands between a client and PostgreSQL, in a directory of its own, and breaks connections at the worst moment.
class AnswerThief {
public:
    /// `host`: PostgreSQL's socket directory. `place`: where to make the directory.
    AnswerThief(std::string const& host, unsigned port, std::filesystem::path const& place);
    ~AnswerThief();
    AnswerThief(AnswerThief const&) = delete;
    AnswerThief& operator=(AnswerThief const&) = delete;

    [[nodiscard]] std::string directory() const { return directory_; }

    enum class Theft { none, answer, question };
    /// The next COMMIT, or whatever has these words in it, is done and its answer lost (`answer`), or it is lost
    /// itself (`question`); with it the connection. Then that many new connections are refused.
    void steal_next_commit(Theft what, int refusals = 0) { steal_next("COMMIT", what, refusals); }
    void steal_next(std::string words, Theft what, int refusals = 0);

private:
    [[nodiscard]] Theft theft_of(std::string_view question);
    void cut();
    void accept();
    void carry(int client, int server);
    bool pass_on(int client, int server);

    std::string directory_, there_, here_;
    int listener_;
    std::atomic<int> refusals_ = 0;
    std::atomic<bool> closing_ = false;
    std::mutex mutex_;
    std::string words_;
    Theft theft_ = Theft::none;
    int refuse_then_ = 0;
    std::list<int> clients_;
    std::vector<std::thread> carriers_;
    std::thread acceptor_;
};

}  // namespace samtal::testing
