#include "rectification_service.hpp"

#include "rectification_rules.hpp"
#include "samtal/directory/profile_values.hpp"

namespace samtal::rights {

namespace {

constexpr Error no_such_field{
    Errc::invalid, "must be given_name, family_name, contact_numbers, email or another field of yours", "field"};
constexpr Error no_name{Errc::invalid, "must be 1 to 200 bytes without control characters", "value"};
constexpr Error no_address{Errc::invalid, "must be an e-mail address", "value"};

}  // namespace

Task<Result<std::optional<Reason>>> RectificationService::rectify(RightsPermit const& permit, RequestRow& row,
                                                                  NewRequest const& wanted) {
    if (wanted.field == "email") co_return co_await change_address(permit, row, wanted);
    if (is_correctable(wanted.field)) {
        if (wanted.field != "contact_numbers" && !directory::is_name(wanted.value->open(permit)))
            co_return no_name;
        auto const done =
            co_await rectifications_.correct(permit, row, wanted.field, *wanted.value, parts_.in_force());
        if (!done) co_return done.error();
        co_return std::optional<Reason>{};
    }
    auto why = why_not_correctable(wanted.field, wanted.language);
    if (!why) co_return no_such_field;
    co_return co_await refuse(permit, row, *std::move(why));
}

Task<Result<std::optional<Reason>>> RectificationService::refuse(RightsPermit const& permit, RequestRow& row,
                                                                 std::string reason) {
    row.state = "refused";
    Reason told{std::move(reason)};
    auto const done = co_await rectifications_.refuse(permit, row, told);
    if (!done) co_return done.error();
    co_return std::optional<Reason>{std::move(told)};
}

/// The link first: whoever may not have one has not asked for anything yet.
Task<Result<std::optional<Reason>>> RectificationService::change_address(RightsPermit const& permit,
                                                                         RequestRow& row,
                                                                         NewRequest const& wanted) {
    auto const link = co_await parts_.identity.request_email_change(
        wanted.who, identity::MailAddress{wanted.value->open(permit)});
    if (!link && link.error().code == Errc::invalid) co_return no_address;
    if (!link) co_return link.error();
    row.state = "running";
    auto const done =
        co_await rectifications_.await(permit, row, *link, Reason{address_superseded(wanted.language)});
    if (!done) co_return done.error();
    co_return std::optional<Reason>{};
}

}  // namespace samtal::rights
