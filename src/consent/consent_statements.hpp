#pragma once

#include "samtal/storage/tx.hpp"

namespace samtal::consent {

inline constexpr storage::Statement standing_consent{R"sql(
-- consent.standing_consent
SELECT s.event_id
  FROM consent_state s
  JOIN users u ON (u.organisation_id, u.user_id) = (s.organisation_id, s.user_id)
 WHERE s.organisation_id = $1 AND s.user_id = $2 AND s.purpose = $3 AND s.state = 'given' AND u.state = 'active'
   AND s.terms_hash = (SELECT current_terms($3))
)sql"};

inline constexpr storage::Statement standing_objection{R"sql(
-- consent.standing_objection
SELECT FROM objections WHERE organisation_id = $1::uuid AND user_id = $2::uuid AND purpose = $3::text
)sql"};

// A consent to other terms than those in force has expired, since they came into force.
inline constexpr storage::Statement read_states{R"sql(
-- consent.read_states
SELECT s.purpose, s.state, (extract(epoch FROM s.since) * 1000)::bigint, s.notice_version,
       s.state = 'given' AND s.terms_hash <> t.terms_hash, (extract(epoch FROM t.since) * 1000)::bigint
  FROM consent_state s
  LEFT JOIN LATERAL (SELECT terms_hash, since FROM consent_terms WHERE purpose = s.purpose
                      ORDER BY since DESC LIMIT 1) t ON true
 WHERE s.organisation_id = $1 AND s.user_id = $2
)sql"};

inline constexpr storage::Statement read_states_at{R"sql(
-- consent.read_states_at
SELECT p.name, e.state, (extract(epoch FROM e.acted_at) * 1000)::bigint, e.notice_version,
       e.state = 'given' AND e.terms_hash <> t.terms_hash, (extract(epoch FROM t.since) * 1000)::bigint
  FROM unnest($3::text[]) AS p (name)
 CROSS JOIN LATERAL (SELECT state, acted_at, notice_version, terms_hash FROM consent_events
                      WHERE organisation_id = $1 AND user_id = $2 AND purpose = p.name
                        AND acted_at <= to_timestamp($4::bigint / 1000.0)
                      ORDER BY sequence DESC LIMIT 1) e
  LEFT JOIN LATERAL (SELECT terms_hash, since FROM consent_terms
                      WHERE purpose = p.name AND since <= to_timestamp($4::bigint / 1000.0)
                      ORDER BY since DESC LIMIT 1) t ON true
)sql"};

inline constexpr storage::Statement read_events{R"sql(
-- consent.read_events
SELECT event_id, sequence, purpose, state, (extract(epoch FROM acted_at) * 1000)::bigint, notice_version, document, signature
  FROM consent_events
 WHERE organisation_id = $1 AND user_id = $2 AND purpose = $3 AND sequence > $4::bigint
 ORDER BY sequence
 LIMIT $5::bigint
)sql"};

inline constexpr storage::Statement read_latest{R"sql(
-- consent.read_latest
SELECT event_id, sequence, purpose, state, (extract(epoch FROM acted_at) * 1000)::bigint, notice_version, document, signature
  FROM consent_events
 WHERE organisation_id = $1 AND user_id = $2 AND purpose = $3
 ORDER BY sequence DESC
 LIMIT 1
)sql"};

inline constexpr storage::Statement read_event{R"sql(
-- consent.read_event
SELECT event_id, sequence, purpose, state, (extract(epoch FROM acted_at) * 1000)::bigint, notice_version, document, signature
  FROM consent_events
 WHERE organisation_id = $1 AND event_id = $2
)sql"};

inline constexpr storage::Statement read_acknowledgement{R"sql(
-- consent.read_acknowledgement
SELECT (extract(epoch FROM acknowledged_at) * 1000)::bigint
  FROM acknowledgements
 WHERE organisation_id = $1 AND user_id = $2 AND notice_version = $3
)sql"};

inline constexpr storage::Statement add_acknowledgement{R"sql(
-- consent.add_acknowledgement
INSERT INTO acknowledgements (organisation_id, user_id, notice_version, acknowledged_at)
VALUES ($1, $2, $3, to_timestamp($4::bigint / 1000.0))
ON CONFLICT DO NOTHING
)sql"};

}  // namespace samtal::consent
