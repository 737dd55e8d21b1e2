#include "pg_request_rows_repository.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::rights {

Request request_of(storage::ColumnCipher& cipher, pqxx::row const& row) {
    Request request{.id = storage::id_of<RequestId>(row["request_id"]),
                    .organisation = storage::id_of<OrganisationId>(row["organisation_id"]),
                    .user = std::nullopt,
                    .kind = storage::text_of(row["kind"]),
                    .state = storage::text_of(row["state"]),
                    .language = storage::text_of(row["language"]),
                    .received_at = storage::time_of(row["received_at"]),
                    .due_at = storage::time_of(row["due_at"]),
                    .extended_at = storage::optional_time_of(row["extended_at"]),
                    .done_at = storage::optional_time_of(row["done_at"]),
                    .waits_for = row["waits_for"].is_null() ? "" : storage::text_of(row["waits_for"]),
                    .reason = std::nullopt,
                    .certificate = row["certificate"].is_null() ? "" : storage::text_of(row["certificate"])};
    if (row["user_id"].is_null()) return request;
    request.user = storage::id_of<UserId>(row["user_id"]);
    if (row["reason"].is_null()) return request;
    auto reason = cipher.open(*request.user, reason_cell(request.id), storage::bytes_of(row["reason"]));
    if (reason) request.reason.emplace(*std::move(reason));
    return request;
}

Result<std::string> pseudonym(storage::ColumnCipher& cipher, UserId person) {
    return cipher.owner_hash(person, "audit", person.text());
}

void record(storage::Tx& tx, RightsPermit const& permit, Literal act, std::string const& subject, RequestId id,
            Timestamp at) {
    bool const own = permit.kind() == ActorKind::person;
    storage::append_audit_leaf(tx, {.act = act,
                                    .actor = permit.kind(),
                                    .actor_pseudonym = own ? subject : std::string{},
                                    .subject = subject,
                                    .purpose = purpose::RightsAndEvidence::name,
                                    .reference = id.text(),
                                    .code = {},
                                    .at = at});
}

}  // namespace samtal::rights
