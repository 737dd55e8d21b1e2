#include "server.hpp"

#include "entrances.hpp"
#include "metrics_endpoint.hpp"
#include "readiness.hpp"
#include "register_renewal.hpp"
#include "samtal/administration/administration.hpp"
#include "samtal/audit/audit_room.hpp"
#include "samtal/chat/room.hpp"
#include "samtal/consent/consent.hpp"
#include "samtal/contacts/contacts_room.hpp"
#include "samtal/delivery/delivery.hpp"
#include "samtal/delivery/single.hpp"
#include "samtal/dialing/dialing_room.hpp"
#include "samtal/directory/directory.hpp"
#include "samtal/gateway/documents.hpp"
#include "samtal/greetings/greetings_room.hpp"
#include "samtal/ops/log.hpp"
#include "samtal/ops/metrics.hpp"
#include "samtal/presence/call_presence.hpp"
#include "samtal/presence/presence.hpp"
#include "samtal/retention/retention.hpp"
#include "samtal/rights/rights.hpp"
#include "samtal/start/start.hpp"
#include "server_options.hpp"
#include "sweeper.hpp"

#include <chrono>
#include <stdexcept>

namespace samtal::app {

using namespace std::chrono_literals;

namespace {

void refuse_foreign_schema(storage::Database& db) {
    switch (db.probe()) {
        case storage::SchemaState::current:
            return;
        case storage::SchemaState::older:
            throw std::runtime_error{
                "the database's schema is older than this program: run samtalctl database migrate"};
        case storage::SchemaState::newer:
            throw std::runtime_error{"the database's schema is newer than this program: update the program"};
        case storage::SchemaState::unreachable:  // it may come: /readyz says so meanwhile
            ops::write_log(ops::Level::warning, "database.unreachable");
    }
}

}  // namespace

/// In the order of construction; what stands later uses what stands earlier.
struct Server::Parts {
    explicit Parts(ServerConfig const& c)
        : io{c.io_threads},
          notices{read_brands(c.brands_directory), processing::load(c.register_file)},
          ring{c.keys_directory},
          signer{ring},
          db{observed(c.database, metrics)},
          duty_db{duties(observed(c.database, metrics))},
          keys{storage::make_pg_node_keys(c.keystore, ring)},
          cipher{*keys},
          ledger{cipher, ring, notices},
          standings{consent::make_standings(db, gate)},
          mailer{make_mailer(c.mail)},
          call_presence{{presence, db, gate, io.first()}},
          numbers{ring, c.numbering},
          statistics{c.statistics, db, ring, gate, io.first()},
          event_log{chat::make_event_log(db, cipher, sockets, gate)},
          delivery{make_delivery(c.bus)},
          single{sockets, *event_log, io.first()},
          identity{{db, cipher, ring, gate, sockets, notices, ledger, statistics.recorder(), *mailer, system_now,
                    delivery ? &delivery->endings() : nullptr},
                   c.identity},
          consents{consent::make_consents(db, ledger, notices, system_now)},
          directory{directory::make_directory(
              db, cipher, io.first(),
              {[this](directory::NewEmail wanted) { return change_email(std::move(wanted)); },
               [this](UserId user) { change_shown_calls(user); }})},
          chat{chat::make_chat({db, cipher, sockets, fanout(), statistics.recorder(), io.first()}, {})},
          calls{{db, cipher, *keys, ring, numbers, gate, statistics.recorder(), io.first()}, c.calls},
          contacts{{db, cipher, numbers}},
          greetings{{db, cipher, numbers}, c.greetings},
          dialing{{db, cipher, ring, numbers, gate,
                   [this](UserId user, net::SharedText frame) { fanout().push({&user, 1}, frame); }, io.first()},
                  c.dialing},
          administration{
              {db, cipher, *keys, numbers, notices, [this](UserId user) { return identity.forget(user); }}},
          register_renewal{db, gate, notices, io.first()},
          rights{{db, duty_db, cipher, *keys, ring, signer, gate, identity.identity(), numbers, *mailer,
                  [this](UserId user) { return forget(user); },
                  [this](UserId user) { return statistics.forget(user); }, io.first(),
                  [this](gateway::Head const& head) { tell_changed(head); },
                  [this] { return *notices.in_force(); }}},
          retention{{db, cipher, ring, gate, metrics, io.first(), [this] { return *notices.in_force(); }},
                    c.retention},
          audit{{db, cipher, ring, gate, metrics, io.first(), [this] { return *notices.in_force(); }}},
          readiness{db, *keys, [this] { return rights.erasures_replayed(); }},
          sweeper{io.first(), identity, calls.states()},
          entrances{identity.people(), calls.machines()},
          gateway{router, entrances, &identity.idempotency(), sockets, edge(c, metrics, "/v1/ws", serving())},
          admin_gateway{admin_router, entrances, nullptr, sockets, edge(c, metrics, "", serving())},
          metrics_endpoint{metrics},
          server{io, gateway, c.listen},
          admin_server{io, admin_gateway, admin_listener(c)} {
        gate.use(*standings);
        sockets.observe(presence);
        calls.use(dialing.follower());
        calls.states().observe([this](OrganisationId organisation, UserId user, bool on_a_call) {
            call_presence.call(organisation, user, on_a_call);
        });
        if (delivery) tell_other_servers();
        add_routes();
        if (c.metrics_port != 0) metrics_server.emplace(io, metrics_endpoint, metrics_listener(c));
        metrics.gauge("samtal_connections", [this] { return static_cast<double>(server.connections()); });
        metrics.gauge("samtal_strangers", [this] { return static_cast<double>(server.strangers()); });
        metrics.gauge("samtal_sockets", [this] { return static_cast<double>(sockets.size()); });
        metrics.gauges("samtal_privacy_requests_open", "kind", [this] { return rights.workload().open; });
        metrics.gauge("samtal_privacy_requests_overdue", [this] { return rights.workload().overdue; });
        metrics.gauge("samtal_recipient_notices_waiting", [this] { return rights.workload().notices_waiting; });
        metrics.gauge("samtal_recipient_notices_overdue", [this] { return rights.workload().notices_overdue; });
        metrics.gauge("samtal_privacy_requests_days_to_deadline",
                      [this] { return rights.workload().days_to_nearest_deadline; });
    }

    std::unique_ptr<delivery::Delivery> make_delivery(delivery::BusOptions const& bus) {
        if (bus.kind == "in_process") return nullptr;
        return std::make_unique<delivery::Delivery>(
            bus, delivery::DeliveryParts{
                     sockets, *event_log, keys->nodes(), ring, metrics, io.first(),
                     [this](gateway::Ending const& ending) { identity.apply(ending); },
                     [this](SessionId session) { identity.reread(session); }, [this] { identity.reread_all(); },
                     [this](std::string_view node, delivery::Sighting const& s) {
                         presence.heard(node, {s.user, s.connected, presence::State{s.state}});
                     },
                     [this](delivery::Talk const& t) {
                         calls.states().heard({t.name, t.organisation, t.people, t.until});
                     },
                     [this](delivery::Shown const& shown) { call_presence.changed(shown.user); },
                     [this](std::string_view node) {
                         presence.lost(node);
                         call_presence.changed();
                     },
                     [this] {
                         presence.report();
                         calls.states().report();
                     }});
    }
    void tell_other_servers() {
        presence.use([this](presence::Sighting const& s) {
            delivery->tell(delivery::Sighting{s.user, s.connected, static_cast<unsigned char>(s.state)});
        });
        calls.states().use([this](calls::LiveCall const& call) {
            delivery->tell(delivery::Talk{call.name, call.organisation, call.people, call.until});
        });
    }
    void change_shown_calls(UserId user) {
        call_presence.changed(user);
        if (delivery) delivery->tell(delivery::Shown{user});
    }
    gateway::Fanout& fanout() {
        if (delivery) return delivery->fanout();
        return single;
    }
    void tell_changed(gateway::Head const& head) {
        if (delivery) return delivery->changed(head);
        single.changed(head);
    }
    std::function<bool()> serving() {
        return [this] { return !delivery || delivery->endings().in_touch(); };
    }

    Task<void> forget(UserId user) {
        calls.states().forget(user);
        return identity.forget(user);
    }

    Task<Result<void>> change_email(directory::NewEmail wanted) {
        auto const link = co_await identity.identity().request_email_change(wanted.who, std::move(wanted.address));
        if (!link) co_return link.error();
        co_return Result<void>{};
    }

    void add_routes() {
        readiness.add_routes(router);
        gateway::add_document_routes(router);
        gateway::add_listing_route(admin_router, router);
        identity.add_routes(router);
        consent::add_routes(router, *consents, notices);
        directory::add_routes(router, *directory);
        chat::add_routes(router, *chat);
        presence::add_routes(router, presence, db);
        start::add_routes(router, {chat::Limits{}.text_bytes, net::Limits{}.frame_bytes, chat::Limits{}.members,
                                   presence::Presence::most_watched});
        calls.add_routes(router);
        contacts.add_routes(router);
        greetings.add_routes(router);
        dialing.add_routes(router);
        dialing.add_admin_routes(admin_router);
        administration.add_routes(admin_router);
        rights.add_routes(router);
        rights.add_admin_routes(admin_router);
        statistics::add_admin_routes(admin_router, statistics);
        retention.add_routes(admin_router);
        audit.add_routes(router);
        audit.add_admin_routes(admin_router);
    }

    ops::Metrics metrics;
    net::IoThreads io;
    consent::Notices notices;
    consent::Gate gate;
    storage::KeyRing ring;
    storage::Signer signer;
    storage::Database db;
    storage::Database duty_db;
    std::unique_ptr<storage::NodeKeys> keys;
    storage::ColumnCipher cipher;
    consent::Ledger ledger;
    std::unique_ptr<consent::StandingRepository> standings;
    std::unique_ptr<ops::Mailer> mailer;
    presence::Presence presence;
    presence::CallPresence call_presence;
    gateway::Sockets sockets;
    calls::PhoneNumbers numbers;
    statistics::Statistics statistics;
    std::unique_ptr<gateway::EventLog> event_log;
    std::unique_ptr<delivery::Delivery> delivery;  // nothing: this is the only server
    delivery::Single single;                       // in use where it is
    identity::IdentityRoom identity;
    std::unique_ptr<consent::Consents> consents;
    std::unique_ptr<directory::Directory> directory;
    std::unique_ptr<chat::Chat> chat;
    calls::CallsRoom calls;
    contacts::ContactsRoom contacts;
    greetings::GreetingsRoom greetings;
    dialing::DialingRoom dialing;
    administration::AdministrationRoom administration;
    RegisterRenewal register_renewal;
    rights::RightsRoom rights;
    retention::RetentionRoom retention;
    audit::AuditRoom audit;
    Readiness readiness;
    Sweeper sweeper;
    gateway::Router router{gate};
    gateway::Router admin_router{gate};
    Entrances entrances;
    gateway::Gateway gateway;
    gateway::Gateway admin_gateway;
    MetricsEndpoint metrics_endpoint;
    net::Server server;
    net::Server admin_server;
    std::optional<net::Server> metrics_server;
};

Server::Server(ServerConfig const& config) : parts_{std::make_unique<Parts>(config)} {
    refuse_foreign_schema(parts_->db);
    warn_of_expired_agreements(config.register_file);
}

Server::~Server() = default;

void Server::start() {
    if (parts_->delivery)
        parts_->delivery->start();
    else
        parts_->single.start();
    parts_->statistics.start();
    parts_->register_renewal.start();
    parts_->audit.start();
    parts_->sweeper.start();
    parts_->rights.start();
    parts_->retention.start();
    parts_->admin_server.start();
    if (parts_->metrics_server) parts_->metrics_server->start();
    parts_->server.start();
}

bool Server::renew_register(std::string const& path) {
    bool const renewed = parts_->register_renewal.renew(path);
    if (renewed) warn_of_expired_agreements(path);
    return renewed;
}

void Server::stop() {
    constexpr auto grace = 5s;
    parts_->server.stop(grace);
    parts_->admin_server.stop(grace);
    parts_->sweeper.stop();
    parts_->register_renewal.stop();
    parts_->rights.stop();
    parts_->retention.stop();
    parts_->audit.stop();
    parts_->statistics.stop();
    if (parts_->metrics_server) parts_->metrics_server->stop(1s);
    if (parts_->delivery)
        parts_->delivery->stop();
    else
        parts_->single.stop();
    parts_->identity.close();
    parts_->greetings.close();
    parts_->dialing.close();
    parts_->readiness.stop();
    parts_->duty_db.close();
    parts_->db.close();
    parts_->io.join();
}

}  // namespace samtal::app
