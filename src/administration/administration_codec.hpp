#pragma once

#include "administration_service.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::administration {

[[nodiscard]] Result<NewOrganisation> decode_organisation(gateway::Ask const&);
[[nodiscard]] Result<Invitation> decode_invitation(gateway::Ask const&);
[[nodiscard]] Result<NumberChange> decode_new_number(gateway::Ask const&);
[[nodiscard]] Result<NumberChange> decode_ended_number(gateway::Ask const&);
[[nodiscard]] Result<StateChange> decode_state(gateway::Ask const&);
[[nodiscard]] Result<RetentionChoice> decode_retention(gateway::Ask const&);
[[nodiscard]] Result<NewSwitch> decode_switch(gateway::Ask const&);

[[nodiscard]] std::string encode(OrganisationId);
[[nodiscard]] std::string encode(Invited const&);
[[nodiscard]] std::string encode(SwitchCreated const&);
[[nodiscard]] std::string encode_valid_from(Timestamp);
[[nodiscard]] std::string encode_valid_to(Timestamp);
[[nodiscard]] std::string encode(AccountState);
[[nodiscard]] std::string encode(RetentionChoice const&);

}  // namespace samtal::administration
