#include "server_config.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <filesystem>

namespace samtal::app {

namespace {

bool is_loopback(std::string const& address) {
    boost::system::error_code malformed;
    auto const parsed = boost::asio::ip::make_address(address, malformed);
    return !malformed && parsed.is_loopback();
}

void read_listen(ops::ConfigFile& file, ServerConfig& c) {
    auto server = file.section("server");
    server.read("address", c.listen.address)
        .read<unsigned short>("port", c.listen.port, 0, 65'535)
        .read("io_threads", c.io_threads, 0U, 256U)
        .read("max_connections", c.listen.limits.connections, 1U, 1'000'000U)
        .read("admin_socket", c.admin_socket)
        .read("allowed_origins", c.allowed_origins)
        .read("public_url", c.identity.public_url);
    server.finish();
    auto tls = file.section("tls");
    net::TlsFiles files;
    bool plain_beyond_loopback = false;
    tls.read("certificate_file", files.certificate_file)
        .read("key_file", files.key_file)
        .read("plain_beyond_loopback", plain_beyond_loopback);
    if (files.certificate_file.empty() != files.key_file.empty())
        tls.refuse("certificate_file", "a certificate needs its key, and a key its certificate");
    tls.finish();
    if (!files.certificate_file.empty()) c.listen.tls = std::move(files);
    // Behind a proxy that speaks TLS the operator says so; nobody sends passwords in clear by accident.
    if (!c.listen.tls && !plain_beyond_loopback && !is_loopback(c.listen.address))
        server.refuse("address",
                      "plain HTTP is for loopback only: set [tls], or plain_beyond_loopback behind a proxy");
}

void read_databases(ops::ConfigFile& file, ServerConfig& c) {
    auto database = file.section("database");
    c.database.name = "samtal";
    database.read("host", c.database.host)
        .read("port", c.database.port, 1U, 65'535U)
        .read("name", c.database.name)
        .read("secrets_directory", c.database.secrets_directory)
        .read("max_connections", c.database.max_connections, 1U, 1'000U)
        .read("statement_timeout_ms", c.database.statement_timeout_ms, 1U, 600'000U)
        .finish();
    auto keystore = file.section("keystore");
    c.keystore.name = "samtal_keys";
    c.keystore.user = "samtal_keystore";
    keystore.read("host", c.keystore.host)
        .read("port", c.keystore.port, 1U, 65'535U)
        .read("name", c.keystore.name)
        .read("user", c.keystore.user)
        .read("password_file", c.keystore.password_file)
        .finish();
    c.statistics.keystore = c.keystore;
    auto keys = file.section("keys");
    keys.read("directory", c.keys_directory).finish();
}

void read_login(ops::ConfigFile& file, ServerConfig& c) {
    auto login = file.section("login");
    auto& i = c.identity;
    login.read("argon2_memory_kib", i.argon2_memory_kib, 19'456U, 4'194'304U)
        .read("argon2_passes", i.argon2_passes, 2U, 100U)
        .read("workers", i.workers, 1U, 64U)
        .read("queue", i.queue, 1U, 100'000U)
        .read("throttle_by_address", i.throttle_by_address)
        .read("failures_per_minute", i.failures_per_minute, 1U, 100'000U)
        .finish();
}

void read_mail(ops::ConfigFile& file, ServerConfig& c) {
    auto mail = file.section("mail");
    mail.read("sink", c.mail.sink)
        .read("directory", c.mail.directory)
        .read("smtp_url", c.mail.smtp.url)
        .read("smtp_user", c.mail.smtp.user)
        .read("smtp_password_file", c.mail.smtp.password_file)
        .read("from", c.mail.from);
    if (c.mail.sink != "directory" && c.mail.sink != "smtp") mail.refuse("sink", "must be directory or smtp");
    if (c.mail.sink == "smtp" && c.mail.smtp.url.empty()) mail.refuse("smtp_url", "is needed with sink smtp");
    mail.finish();
}

void read_operations(ops::ConfigFile& file, ServerConfig& c) {
    auto metrics = file.section("metrics");
    metrics.read("address", c.metrics_address).read<unsigned short>("port", c.metrics_port, 0, 65'535).finish();
    auto log = file.section("log");
    log.read("level", c.log_level);
    if (c.log_level != "debug" && c.log_level != "info" && c.log_level != "warning" && c.log_level != "error")
        log.refuse("level", "must be debug, info, warning or error");
    log.finish();
}

void read_calls(ops::ConfigFile& file, ServerConfig& c) {
    auto calls = file.section("calls");
    calls.read("time_zone", c.calls.time_zone)
        .read("country_code", c.numbering.country_code)
        .read("trunk_prefix", c.numbering.trunk_prefix)
        .read("international_prefix", c.numbering.international_prefix);
    if (!calls::is_time_zone(c.calls.time_zone)) calls.refuse("time_zone", "must be an IANA name");
    if (!calls::is_country_code(c.numbering.country_code))
        calls.refuse("country_code", "must be 1 to 3 digits, without +");
    auto const digits = [](std::string const& text) {
        return text.size() <= 4 && text.find_first_not_of("0123456789") == std::string::npos;
    };
    if (!digits(c.numbering.trunk_prefix)) calls.refuse("trunk_prefix", "must be at most 4 digits");
    if (c.numbering.international_prefix.empty() || !digits(c.numbering.international_prefix))
        calls.refuse("international_prefix", "must be 1 to 4 digits");
    calls.finish();
}

void read_bus(ops::ConfigFile& file, ServerConfig& c) {
    auto bus = file.section("bus");
    bus.read("kind", c.bus.kind)
        .read("url", c.bus.url)
        .read("subject", c.bus.subject)
        .read("credentials_file", c.bus.credentials_file)
        .read("user", c.bus.user)
        .read("password_file", c.bus.password_file)
        .read("ca_file", c.bus.ca_file);
    if (c.bus.kind != "in_process" && c.bus.kind != "nats") bus.refuse("kind", "must be in_process or nats");
    if (c.bus.user.empty() != c.bus.password_file.empty())
        bus.refuse("user", "a user needs a password_file, and a password_file a user");
    bus.finish();
}

void read_greetings(ops::ConfigFile& file, ServerConfig& c) {
    auto greetings = file.section("greetings");
    greetings.read("sample_rate", c.greetings.sample_rate, 8'000U, 16'000U)
        .read("most_seconds", c.greetings.most_seconds, 1U, 180U)
        .read("most_bytes", c.greetings.most_bytes, 1'024U, 10U * 1024U * 1024U);
    if (c.greetings.sample_rate != 8'000 && c.greetings.sample_rate != 16'000)
        greetings.refuse("sample_rate", "must be 8000 or 16000");
    greetings.finish();
    c.greetings.time_zone = c.calls.time_zone;
}

void read_dialing(ops::ConfigFile& file, ServerConfig& c) {
    auto dialing = file.section("dialing");
    auto timeout = static_cast<unsigned>(c.dialing.timeout.count());
    dialing.read("allowed_hosts", c.dialing.allowed_hosts)
        .read("private_addresses", c.dialing.private_addresses)
        .read("timeout_ms", timeout, 100U, 30'000U)
        .finish();
    c.dialing.timeout = std::chrono::milliseconds{timeout};
}

void read_rooms(ops::ConfigFile& file, ServerConfig& c) {
    auto brands = file.section("brands");
    brands.read("directory", c.brands_directory).finish();
    file.section("register").read("file", c.register_file).finish();
    auto statistics = file.section("statistics");
    statistics.read("labels_file", c.statistics.labels_file)
        .read("aggregator_address", c.statistics.worker_address)
        .read<unsigned short>("aggregator_port", c.statistics.worker_port, 1, 65'535)
        .read("link_key_file", c.statistics.link_key_file)
        .finish();
    read_calls(file, c);
    read_greetings(file, c);
    read_dialing(file, c);
    auto retention = file.section("retention");
    auto every = static_cast<unsigned>(c.retention.every.count());
    retention.read("every_minutes", every, 1U, 1'440U)
        .read("batch_rows", c.retention.batch_rows, 1U, 10'000U)
        .finish();
    c.retention.every = std::chrono::minutes{every};
    c.retention.time_zone = c.calls.time_zone;
}

}  // namespace

ServerConfig read_server_config(std::string const& path) {
    auto file = ops::ConfigFile::load(path);
    ServerConfig config;
    config.listen.port = 8080;
    config.listen.limits.connections = 10'000;
    read_listen(file, config);
    read_operations(file, config);
    read_databases(file, config);
    read_login(file, config);
    read_mail(file, config);
    read_bus(file, config);
    read_rooms(file, config);
    file.finish();
    return config;
}

std::vector<consent::Brand> read_brands(std::string const& directory) {
    std::vector<consent::Brand> brands;
    std::error_code problem;
    for (auto const& entry : std::filesystem::directory_iterator{directory, problem}) {
        if (entry.path().extension() != ".toml") continue;
        auto file = ops::ConfigFile::load(entry.path().string());
        consent::Brand brand{entry.path().stem().string(), {}, "sv"};
        auto top = file.section("brand");
        top.read("name", brand.name).read("default_language", brand.default_language);
        if (brand.name.empty()) top.refuse("name", "is needed");
        if (brand.default_language != "sv" && brand.default_language != "en")
            top.refuse("default_language", "must be sv or en");
        top.finish();
        file.finish();
        brands.push_back(std::move(brand));
    }
    if (brands.empty()) throw ops::ConfigError{directory + ": holds no brand (NAME.toml)"};
    std::ranges::sort(brands, {}, &consent::Brand::id);
    return brands;
}

}  // namespace samtal::app
