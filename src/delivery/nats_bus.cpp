#include "nats_bus.hpp"

#include "samtal/ops/log.hpp"

#include <nats/nats.h>

#include <atomic>
#include <fstream>
#include <future>
#include <stdexcept>

namespace samtal::delivery {

namespace {

using namespace std::chrono_literals;

constexpr int most_pending = 65'536;
constexpr int most_pending_bytes = 64 * 1024 * 1024;
constexpr std::int64_t ping_every_ms = 1'000;
constexpr std::int64_t reconnect_every_ms = 200;
constexpr std::int64_t connect_within_ms = 2'000;

void check(natsStatus status, char const* what) {
    if (status != NATS_OK) throw std::runtime_error{std::string{what} + natsStatus_GetText(status)};
}

std::string first_line(std::string const& file) {
    std::ifstream in{file};
    std::string line;
    if (!in || !std::getline(in, line) || line.empty())
        throw std::runtime_error{file + ": the bus's password cannot be read"};
    return line;
}

class NatsBus final : public Bus {
public:
    explicit NatsBus(BusOptions const& options) : subject_{options.subject + ".packets"} {
        check(natsOptions_Create(&options_), "the bus: ");
        try {
            set_options(options);
        } catch (...) {
            natsOptions_Destroy(options_);
            throw;
        }
    }
    ~NatsBus() override {
        close();
        natsOptions_Destroy(options_);
    }
    NatsBus(NatsBus const&) = delete;
    NatsBus& operator=(NatsBus const&) = delete;

    void listen(Listener listener) override {
        listener_ = std::move(listener);
        natsConnection* made = nullptr;
        auto const status = natsConnection_Connect(&made, options_);
        connection_ = made;
        if (status != NATS_NOT_YET_CONNECTED) check(status, "the bus cannot be used: ");
        if (status == NATS_OK) turned(true, "bus.connected", ops::Level::info);
        check(natsConnection_Subscribe(&subscription_, connection_, subject_.c_str(), on_message, this),
              "the bus cannot be listened to: ");
        natsSubscription_SetPendingLimits(subscription_, most_pending, most_pending_bytes);
    }

    bool publish(std::string_view packet) override {
        // While it connects again the library would keep packets, and send them when everybody has read them
        // already.
        natsConnection* const connection = connection_;
        if (!connected_ || connection == nullptr || packet.size() > most_bytes) return false;
        return natsConnection_Publish(connection, subject_.c_str(), packet.data(),
                                      static_cast<int>(packet.size())) == NATS_OK;
    }

    bool connected() const noexcept override { return connected_; }

    void close() override {
        natsConnection* const connection = connection_;
        if (connection == nullptr) return;
        natsConnection_FlushTimeout(connection, 500);
        natsConnection_Close(connection);
        closed_.get_future().wait_for(5s);  // the last callback
        natsSubscription_Destroy(subscription_);
        natsConnection_Destroy(connection);
        subscription_ = nullptr;
        connection_ = nullptr;
    }

private:
    void set_options(BusOptions const& options) {
        natsOptions* const o = options_;
        check(natsOptions_SetURL(o, options.url.c_str()), "[bus] url: ");
        natsOptions_SetName(o, "samtal-server");
        natsOptions_SetNoEcho(o, true);
        natsOptions_SetMaxReconnect(o, -1);
        natsOptions_SetReconnectWait(o, reconnect_every_ms);
        natsOptions_SetReconnectJitter(o, 100, 100);
        natsOptions_SetTimeout(o, connect_within_ms);
        natsOptions_SetPingInterval(o, ping_every_ms);
        natsOptions_SetMaxPingsOut(o, 2);
        natsOptions_SetRetryOnFailedConnect(o, true, on_connected, this);
        natsOptions_SetReconnectedCB(o, on_connected, this);
        natsOptions_SetDisconnectedCB(o, on_disconnected, this);
        natsOptions_SetClosedCB(o, on_closed, this);
        natsOptions_SetErrorHandler(o, on_error, this);
        if (!options.credentials_file.empty())
            check(natsOptions_SetUserCredentialsFromFiles(o, options.credentials_file.c_str(), nullptr),
                  "[bus] credentials_file: ");
        if (!options.user.empty())
            check(natsOptions_SetUserInfo(o, options.user.c_str(), first_line(options.password_file).c_str()),
                  "[bus] user: ");
        if (options.ca_file.empty()) return;
        check(natsOptions_SetSecure(o, true), "[bus] ca_file: ");
        check(natsOptions_LoadCATrustedCertificates(o, options.ca_file.c_str()), "[bus] ca_file: ");
    }

    static void on_message(natsConnection*, natsSubscription*, natsMsg* message, void* self) {
        static_cast<NatsBus*>(self)->listener_.heard(
            {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))});
        natsMsg_Destroy(message);
    }
    static void on_connected(natsConnection*, void* self) {
        static_cast<NatsBus*>(self)->turned(true, "bus.connected", ops::Level::info);
    }
    static void on_disconnected(natsConnection*, void* self) {
        static_cast<NatsBus*>(self)->turned(false, "bus.disconnected", ops::Level::warning);
    }
    static void on_closed(natsConnection*, void* self) {
        auto& bus = *static_cast<NatsBus*>(self);
        bus.connected_ = false;
        bus.closed_.set_value();
    }
    static void on_error(natsConnection*, natsSubscription*, natsStatus status, void* self) {
        ops::write_log(ops::Level::warning, "bus.error", ops::field("what", natsStatus_GetText(status)));
        static_cast<NatsBus*>(self)->listener_.lost();
    }

    void turned(bool on, std::string_view event, ops::Level level) {
        connected_ = on;
        ops::write_log(level, event);
        listener_.lost();
    }

    std::string subject_;
    Listener listener_;
    natsOptions* options_ = nullptr;
    std::atomic<natsConnection*> connection_ = nullptr;
    natsSubscription* subscription_ = nullptr;
    std::atomic<bool> connected_ = false;
    std::promise<void> closed_;
};

}  // namespace

std::unique_ptr<Bus> make_nats_bus(BusOptions const& options) {
    return std::make_unique<NatsBus>(options);
}

}  // namespace samtal::delivery
