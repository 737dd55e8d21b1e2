#pragma once

#include <csignal>
#include <string_view>

namespace samtal::app {

/// Blocks the signals that the main thread waits for. Before any thread is started: they inherit it.
inline void block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int const signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

/// SIGINT, SIGTERM or SIGHUP, when one comes.
inline int wait_for_signal() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int const signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
    int received = 0;
    sigwait(&signals, &received);
    return received;
}

}  // namespace samtal::app
