#pragma once

#include "samtal/core/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The processing register as it stands in its file now (GDPR Art. 30). What it says about columns, rights and
/// lawful bases was compiled in (core/register.hpp) and cannot differ; texts, recipients and periods can.
namespace samtal::processing {

/// A text in both languages of the register.
struct Words {
    std::string sv, en;
    /// `language` is sv or en.
    [[nodiscard]] std::string const& in(std::string_view language) const noexcept {
        return language == "sv" ? sv : en;
    }
};

struct Category {
    std::string id;
    Words name;
};

struct Recipient {
    std::string id;
    Words name;
    std::string role;                       // processor, controller, authority
    std::string country;                    // ISO 3166, two letters
    std::string mechanism;                  // eea, adequacy, scc, derogation, none (then nothing may go there)
    std::string agreement;                  // empty: none is needed
    std::string expires;                    // full-date; empty: until further notice
    std::vector<std::string> passes_on_to;  // recipients by whom it lets the data be processed
    std::string notify{};                   // where it is told of corrections and erasures (Art. 19); may be empty
    bool silent = true;                     // of an authority: people see what it got only when the case allows it
};

/// What goes before the rest does.
struct Step {
    std::string of, duration, action;
};

/// Periods are ISO 8601 durations of years, months and days.
struct Retention {
    std::string anchor, duration, action, lag;
    std::vector<Step> steps;
};

struct PurposeEntry {
    std::string name;
    Words title, reason;
    std::string basis, law, choice;
    Words kept;              // the retention in words
    Words interest, source;  // empty where there is none
    Retention retention;
    std::vector<std::string> recipients, people, categories, fields;  // ids; fields as table.column
    bool off_by_gpc = false;
    std::int64_t minimum_age = 0;  // below it a guardian consents; 0 where nobody is asked
    std::string terms_hash;        // 32 bytes: what a consent binds to. Changes with material changes only
    Words kept_pattern{};          // `kept` with {period} and the like still in it
};

struct Register {
    std::string controller, contact, dpo, authority, service_class;
    std::vector<Words> security;
    std::vector<Category> categories, people;
    std::vector<Recipient> recipients;
    std::vector<PurposeEntry> purposes;  // those that exist in this class of service, in the register's order
    std::string version;                 // of the notice: changes with material changes only
    std::string digest;                  // of the file: changes with every byte

    /// Throws std::out_of_range for an id that the register does not name.
    [[nodiscard]] Recipient const& recipient(std::string_view id) const;
    [[nodiscard]] Words const& category(std::string_view id) const;
    [[nodiscard]] Words const& group(std::string_view id) const;  // of people
    /// The recipients of a purpose and those they pass its data on to, each once.
    [[nodiscard]] std::vector<std::string> reached_by(PurposeEntry const&) const;
    /// By purpose name; nullptr for one that does not exist.
    [[nodiscard]] PurposeEntry const* purpose(std::string_view name) const noexcept;
};

/// A contradiction: where it stands, and why it cannot be.
struct Problem {
    unsigned line;
    std::string key, reason;
};

/// Reads and checks a register. Throws ops::ConfigError with one line "file:line: key: reason" for a file that
/// cannot be read, contradicts itself, or differs from what was compiled in by more than texts, recipients and
/// periods.
[[nodiscard]] Register load(std::string const& path);

/// The register that the program was built from.
[[nodiscard]] Register built_in();

/// All contradictions of a file, in the order of its lines. Throws ops::ConfigError when it cannot be read.
[[nodiscard]] std::vector<Problem> contradictions(std::string const& path);

/// The recipients whose agreement has ended: nothing should go there until it is renewed.
[[nodiscard]] std::vector<Problem> expired_agreements(std::string const& path, Timestamp now);

}  // namespace samtal::processing
