// What must not compile, each beside a twin that does. Not part of the build: tests/arch/compile_test.py lets
// clang check that exactly the marked lines are refused (-verify), so an error that goes missing fails, and so
// does one too many.
// clang-format off: an error belongs to its line.
#include "samtal/consent/gate.hpp"
#include "samtal/core/personal.hpp"
#include "samtal/core/secret.hpp"
#include "samtal/core/time.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/tx.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <ostream>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

namespace samtal {

using Chat = Permit<purpose::ChatMessaging>;
using History = Permit<purpose::CallHistory>;
using Text = Personal<std::string, field::MessagesText>;
using Title = Personal<std::string, field::ConversationsTitle>;
using GivenName = Personal<std::string, field::ProfilesGivenName>;
using Username = Personal<std::string, field::CredentialsUsername>;

// A permit cannot be made, copied or kept by anybody but the gate.
void make(Actor who, Scope what, DecisionId why) { Chat{who, what, why}; }       // expected-error {{calling a private constructor}}
void make_by_braces(Actor w, Scope s, DecisionId d) { Chat p = {w, s, d}; (void)p; }  // expected-error {{calling a private constructor}}
void make_nothing() { Chat p; (void)p; }                                        // expected-error {{no matching constructor}}
void take(Chat p) { Chat q{std::move(p)}; (void)q; }
void copy(Chat const& p) { Chat q{p}; (void)q; }                                // expected-error {{call to deleted constructor}}
void copy_again(Chat& p, Chat const& q) { p = q; }                              // expected-error {{selected deleted operator '='}}
void move_again(Chat& p, Chat q) { p = std::move(q); }
auto keep(Chat const& p) { return [p] { (void)p; }; }                           // expected-error {{call to deleted constructor}}
auto keep_reference(Chat const& p) { return [&p] { (void)p; }; }
void promote(History p) { Chat q{std::move(p)}; (void)q; }                      // expected-error {{no matching}}
void same(History p) { History q{std::move(p)}; (void)q; }
void needs_chat(Chat const&);
void give_other(History const& p) { needs_chat(p); }                            // expected-error {{no matching function}}
void give_same(Chat const& p) { needs_chat(p); }
void compare(Chat const& a, Chat const& b) { (void)(a == b); }                  // expected-error {{invalid operands}}
void compare_actor(Chat const& a, Chat const& b) { (void)(a.actor() == b.actor()); }
void change_actor(Chat& p, UserId other) { p.actor() = other; }                 // expected-error {{no viable overloaded '='}}
UserId read_actor(Chat const& p) { return p.actor(); }
void reach_inside(Chat& p) { (void)p.actor_; }                                  // expected-error {{'actor_' is a private member}}
void ask_scope(Chat const& p, UserId u) { (void)p.covers(u); }
void no_purpose(Permit<int>* p) { (void)p; }                                   // expected-error {{constraints not satisfied}}
void a_purpose(Permit<purpose::Marketing>* p) { (void)p; }

// Nobody else may issue permits, and nobody gets one for whom the purpose is not meant.
struct Forger : PermitIssuer {
    Task<Result<DecisionId>> decide(Principal, std::string_view, Basis, Choice) override;
    DecisionId standing_decision(std::string_view) override;
};
void forge() { Forger f; (void)f; }                                             // expected-error {{implicitly-deleted default constructor}}
void gate() { consent::Gate g; (void)g; }
void doorstep_chat(PermitIssuer& i) { (void)i.permit_doorstep<purpose::ChatMessaging>(); }      // expected-error {{no matching member function}}
void doorstep_login(PermitIssuer& i) { (void)i.permit_doorstep<purpose::AccountLogin>(); }
void doorstep_history(PermitIssuer& i) { (void)i.permit_doorstep<purpose::CallHistory>(); }     // expected-error {{no matching member function}}
void machine_history(PermitIssuer& i, OrganisationId o) { (void)i.permit_machine<purpose::CallHistory>(o); }  // expected-error {{no matching member function}}
void machine_calls(PermitIssuer& i, OrganisationId o) { (void)i.permit_machine<purpose::CallSetup>(o); }
void machine_directory(PermitIssuer& i, OrganisationId o) { (void)i.permit_machine<purpose::ProfileDirectory>(o); } // expected-error {{no matching member function}}
void operator_chat(PermitIssuer& i, OrganisationId o) { (void)i.permit_operator<purpose::ChatMessaging>(o); } // expected-error {{no matching member function}}
void operator_invites(PermitIssuer& i, OrganisationId o) { (void)i.permit_operator<purpose::ResellerService>(o); }
void operator_history(PermitIssuer& i, OrganisationId o) { (void)i.permit_operator<purpose::CallHistory>(o); } // expected-error {{no matching member function}}
void operator_directory(PermitIssuer& i, OrganisationId o) { (void)i.permit_operator<purpose::ProfileDirectory>(o); } // expected-error {{no matching member function}}
void operator_market(PermitIssuer& i, OrganisationId o) { (void)i.permit_operator<purpose::Marketing>(o); }   // expected-error {{no matching member function}}
void person_calls(PermitIssuer& i, Principal w) { (void)i.permit<purpose::CallSetup>(w, w.user); }
void person_retains(PermitIssuer& i, Principal w) { (void)i.permit<purpose::LawRetention>(w, w.user); }       // expected-error {{no matching member function}}
void person_chats(PermitIssuer& i, Principal w) { (void)i.permit<purpose::ChatMessaging>(w, w.user); }
void person_reseller(PermitIssuer& i, Principal w) { (void)i.permit<purpose::ResellerService>(w, w.user); }   // expected-error {{no matching member function}}

// A value opens with a permit that may read its field, and in no other way.
std::string open(Text const& t, Chat const& p) { return t.open(p); }
std::string open_wrong(Text const& t, History const& p) { return t.open(p); }   // expected-error {{no matching member function}}
std::string open_without(Text const& t) { return t.open(); }                    // expected-error {{no matching member function}}
std::string name_for_chat(GivenName const& n, Chat const& p) { return n.open(p); }                            // expected-error {{no matching member function}}
std::string name_for_colleagues(GivenName const& n, Permit<purpose::ProfileDirectory> const& p) { return n.open(p); }
std::string login_for_chat(Username const& n, Chat const& p) { return n.open(p); }                            // expected-error {{no matching member function}}
std::string login_for_login(Username const& n, Permit<purpose::AccountLogin> const& p) { return n.open(p); }
std::string text_for_market(Text const& t, Permit<purpose::Marketing> const& p) { return t.open(p); }         // expected-error {{no matching member function}}
std::string text_for_figures(Text const& t, Permit<purpose::AnonymousStatistics> const& p) { return t.open(p); }  // expected-error {{no matching member function}}
std::string read_member(Text const& t) { return t.value_; }                     // expected-error {{'value_' is a private member}}
std::string convert(Text const& t) { return t; }                                // expected-error {{no viable conversion}}
std::string_view view(Text const& t) { return t; }                              // expected-error {{no viable conversion}}
void wrap(std::string s) { Text t = s; (void)t; }                               // expected-error {{no viable conversion}}
void wrap_plainly(std::string s) { Text t{std::move(s)}; (void)t; }
void rename(Text t) { Title u{std::move(t)}; (void)u; }                         // expected-error {{no matching}}
void equal(Text const& a, Text const& b) { (void)(a == b); }                    // expected-error {{invalid operands}}
void equal_opened(Text const& a, Text const& b, Chat const& p) { (void)(a.open(p) == b.open(p)); }
void stream(std::ostream& o, Text const& t) { o << t; }                         // expected-error {{invalid operands}}
void stream_secret(std::ostream& o, Secret const& s) { o << s; }                // expected-error {{invalid operands}}
void print(Text const& t) { (void)fmt::format("{}", t); }
void as_json(Text const& t) { nlohmann::json j = t; (void)j; }                  // expected-error {{no viable conversion}}
void opened_as_json(Text const& t, Chat const& p) { nlohmann::json j = t.open(p); (void)j; }
void open_rvalue_permit(Text const& t, Chat p) { (void)t.open(std::move(p)); }
void text_of_number(Personal<int, field::MessagesText> const& v, Chat const& p) { std::string s = v.open(p); (void)s; }  // expected-error {{no viable conversion}}

// Secrets stay where they are.
void copy_secret(Secret const& s) { Secret t{s}; (void)t; }                     // expected-error {{call to deleted constructor}}
void move_secret(Secret s) { Secret t{std::move(s)}; (void)t; }
void secret_from_text() { Secret s = std::string{"x"}; (void)s; }               // expected-error {{no viable conversion}}
std::string secret_as_text(Secret const& s) { return s; }                       // expected-error {{no viable conversion}}
void equal_secrets(Secret const& a, Secret const& b) { (void)(a == b); }        // expected-error {{invalid operands}}

// One kind of id is no other kind.
void wants_user(UserId);
void wrong_kind(ConversationId c) { wants_user(c); }                            // expected-error {{no matching function for call to 'wants_user'}}
void right_kind(UserId u) { wants_user(u); }
void raw_kind(boost::uuids::uuid u) { wants_user(u); }                          // expected-error {{no matching function for call to 'wants_user'}}
void raw_named(boost::uuids::uuid u) { wants_user(UserId{u}); }
void mixed(UserId u, MessageId m) { (void)(u == m); }                           // expected-error {{invalid operands}}
void text_id(std::string s) { wants_user(s); }                                  // expected-error {{no matching function for call to 'wants_user'}}
void checked_id(std::string const& s) { if (auto u = UserId::parse(s)) wants_user(*u); }
void swapped(storage::ColumnCipher& c, MessageId m) { (void)c.seal(m, {field::MessagesText::column, m.value()}, ""); }  // expected-error {{no viable conversion}}
void in_order(storage::ColumnCipher& c, UserId u, MessageId m) { (void)c.seal(u, {field::MessagesText::column, m.value()}, ""); }

// Text of people cannot become an error, a statement or a problem's name.
void quote(std::string const& s) { Error e{Errc::invalid, s.c_str()}; (void)e; }        // expected-error {{not a constant expression}} expected-note {{}}
void say(std::string const&) { Error e{Errc::invalid, "is too long"}; (void)e; }
void run_text(std::string const& s) { storage::Statement q{s.c_str()}; (void)q; }       // expected-error {{not a constant expression}} expected-note {{}}
void unnamed() { storage::Statement q{"SELECT 1"}; (void)q; }                           // expected-error {{not a constant expression}} expected-note 0-9 {{}}
void named() { storage::Statement q{"\n-- core.one\nSELECT 1\n"}; (void)q; }

// The database is reached with a permit, and a body answers with a Result.
void body(storage::Database& d, Chat const& p) { (void)d.run(p, [](storage::Tx&) -> Result<int> { return 1; }); }
void no_permit(storage::Database& d) { (void)d.run([](storage::Tx&) -> Result<int> { return 1; }); }           // expected-error {{no matching member function}}
void no_result(storage::Database& d, Chat const& p) { (void)d.run(p, [](storage::Tx&) { return 1; }); }
// expected-error@*:* {{a transaction body returns Result<T>}} expected-error@*:* {{member reference base type 'int'}} expected-error@*:* {{no viable conversion from 'samtal::Error' to 'int'}}
void name_as_permit(storage::Database& d) { (void)d.run("chat_messaging", [](storage::Tx&) -> Result<int> { return 1; }); }  // expected-error {{no matching member function}}
void purpose_as_permit(storage::Database& d) { (void)d.run(purpose::ChatMessaging{}, [](storage::Tx&) -> Result<int> { return 1; }); }  // expected-error {{no matching member function}}
void send_text(storage::Tx& tx) { (void)tx.exec(std::string{"SELECT 1"}); }             // expected-error {{no matching member function for call to 'exec'}}
void send_statement(storage::Tx& tx, storage::Statement const& q) { (void)tx.exec(q, 1); }

// A route names a purpose whose callers come in by that door.
struct Empty {};
Result<Empty> decode(gateway::Ask const&);
Task<Result<gateway::Reply>> chat(Chat, Empty);
Task<Result<gateway::Reply>> setup(Permit<purpose::CallSetup>, Empty);
constexpr auto get = net::Method::get;
void route(gateway::Router& r) { r.person<purpose::ChatMessaging>(get, "/v1/x", decode, chat); }
void no_reason(gateway::Router& r) { r.person(get, "/v1/x", decode, chat); }            // expected-error {{no matching member function}}
void made_up_reason(gateway::Router& r) { r.person<Empty>(get, "/v1/x", decode, chat); }        // expected-error {{no matching member function}}

}  // namespace samtal
