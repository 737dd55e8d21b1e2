#pragma once

#include "samtal/core/task.hpp"
#include "samtal/storage/tx.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace samtal::storage {

/// Told about each statement run: name, time, and whether it worked. Must be quick and must not throw.
using QueryObserver = std::function<void(std::string_view statement, std::chrono::nanoseconds, bool ok)>;

struct DatabaseOptions {
    std::string host;  // directory of the Unix socket, or a host name
    unsigned port = 5432;
    std::string name;
    std::string secrets_directory;  // a file for each role, named like it
    unsigned max_connections = 24;
    unsigned statement_timeout_ms = 5000;
    std::size_t queue_limit = 4096;  // jobs that may wait for one purpose
    QueryObserver observer;
};

/// What a connection needs. The password is read from its file when it is made, never kept.
struct LoginOptions {
    std::string host;
    unsigned port = 5432;
    std::string name;
    std::string user;
    std::string password_file;
    unsigned statement_timeout_ms = 5000;
    unsigned lock_timeout_ms = 0;  // for each lock; 0: as long as the statement may take
    unsigned idle_in_transaction_ms = 60'000;
    /// Few rows by index, always: what people wait for. Without it the planner reads whole tables while they are
    /// small or their statistics are old, and a statement's cost grows with history.
    bool point_reads = true;
};

/// After that a job's connection is cut off. PostgreSQL ends a statement in time; this is for one that does not
/// answer.
[[nodiscard]] constexpr std::chrono::milliseconds longest_job(unsigned statement_timeout_ms) {
    return std::chrono::milliseconds{statement_timeout_ms} + std::chrono::seconds{2};
}

enum class SchemaState { current, older, newer, unreachable };
enum class Mode { transaction, single };

/// Something to do on a connection. Lives with its caller until `done` was called.
class Job {
public:
    explicit Job(Mode m) : mode{m} {}
    virtual ~Job() = default;
    Job(Job const&) = delete;
    Job& operator=(Job const&) = delete;

    /// True: commit.
    virtual bool run(Tx&) = 0;

    Mode const mode;
    std::exception_ptr failure;
    std::function<void()> done;
};

template <class Run>
class JobOf final : public Job {
public:
    JobOf(Mode m, Run run) : Job{m}, run_{std::move(run)} {}
    bool run(Tx& tx) override { return run_(tx); }

private:
    Run run_;
};

/// The connections of one purpose: a thread for each, one bounded queue. A thread without work for a minute closes
/// its connection.
class PurposePool {
public:
    PurposePool(LoginOptions login, unsigned connections, std::size_t queue_limit, QueryObserver observer);
    ~PurposePool();
    PurposePool(PurposePool const&) = delete;
    PurposePool& operator=(PurposePool const&) = delete;

    /// False at once when the queue is full. Otherwise resumes the caller, on its own executor, after the job ran;
    /// rethrows what it threw.
    Task<bool> execute(Job&);
    void close();

private:
    bool enqueue(Job&);
    void work();
    Job* next(bool connected);

    LoginOptions login_;
    unsigned most_threads_;
    std::size_t queue_limit_;
    QueryObserver observer_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job*> queue_;
    std::vector<std::thread> threads_;
    unsigned idle_ = 0;
    bool closing_ = false;
};

}  // namespace samtal::storage
