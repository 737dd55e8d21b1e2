#include "samtal/ops/log.hpp"

#include "samtal/core/time.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <optional>

namespace samtal::ops {

namespace {

/// The one global: where log lines go. Made at the first use, so that a line before start_log() is not lost.
struct LogSink {
    LogSink() {
        logger->set_pattern("%v");  // the line is a JSON object already
        logger->flush_on(spdlog::level::trace);
    }

    std::string service = "samtal";
    std::shared_ptr<spdlog::logger> logger =
        std::make_shared<spdlog::logger>("samtal", std::make_shared<spdlog::sinks::stderr_sink_mt>());
};

LogSink& log_sink() {
    static LogSink sink;
    return sink;
}

std::optional<spdlog::level::level_enum> level_named(std::string_view name) {
    if (name == "debug") return spdlog::level::debug;
    if (name == "info") return spdlog::level::info;
    if (name == "warning") return spdlog::level::warn;
    if (name == "error") return spdlog::level::err;
    return std::nullopt;
}

spdlog::level::level_enum level_of(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warning:
            return spdlog::level::warn;
        case Level::error:
            break;
    }
    return spdlog::level::err;
}

std::string_view name_of(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            break;
    }
    return "error";
}

/// A JSON string with its quotes. Everything that could end the line or the string is escaped.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out.append({'\\', c});
        else if (byte < 0x20 || byte == 0x7f)
            out += fmt::format("\\u{:04x}", byte);
        else
            out.push_back(c);
    }
    return out + '"';
}

}  // namespace

bool start_log(std::string_view service, std::string_view level) {
    auto const wanted = level_named(level);
    if (!wanted) return false;
    log_sink().service = service;
    log_sink().logger->set_level(*wanted);
    return true;
}

void set_log_level(std::string_view level) {
    if (auto const wanted = level_named(level)) log_sink().logger->set_level(*wanted);
}

void write_log(Level level, std::string_view event, std::string const& fields) {
    LogSink& sink = log_sink();
    if (!sink.logger->should_log(level_of(level))) return;
    std::string const line =
        fmt::format(R"({{"at":"{}","level":"{}","service":{},"event":{}{}{}}})", rfc3339(system_now()),
                    name_of(level), quoted(sink.service), quoted(event), fields.empty() ? "" : ",", fields);
    sink.logger->log(level_of(level), spdlog::string_view_t{line});
}

std::string field(std::string_view name, std::string_view value) {
    return quoted(name) + ':' + quoted(value);
}

}  // namespace samtal::ops
