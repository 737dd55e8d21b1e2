"""Purpose and field types out of the register."""
from __future__ import annotations

import json

import expiry
import export
from model import RUN_TIME, SERVICE_CLASSES, Purpose, Register
from periods import LIMITS

HEAD = """// Derived from config/processing.toml by tools/register. Not to be edited.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>

namespace samtal {

/// GDPR Art. 6(1), the points this system relies on.
enum class Basis { consent, contract, legal_obligation, legitimate_interest };
/// What the person decides: nothing, consent, or objection (Art. 21).
enum class Choice { none, opt_in, object };
/// What the LEK calls the service: some duties, and purposes, exist in one class only.
enum class ServiceClass { """ + ", ".join(SERVICE_CLASSES) + """ };
/// What this service was built as. A purpose that does not exist in it has no rights. Not known to the compiler, so that a service of
/// another class differs in one object file.
extern ServiceClass const register_service_class;
/// Which kinds of actor may act under a purpose.
struct Callers {
    bool person, doorstep, machine, operator_;
};

"""

CONCEPT = """template <class P>
concept Purpose = requires {
    { P::name } -> std::convertible_to<std::string_view>;
    { P::basis } -> std::convertible_to<Basis>;
    { P::index } -> std::convertible_to<std::size_t>;
};

/// Whether the register lets purpose P handle field F. What it does not name, it forbids.
template <Purpose P, class F>
inline constexpr bool may_read = false;

"""


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def field_type(table: str, column: str) -> str:
    return f"{camel(table)}{camel(column)}"


def purpose_type(index: int, purpose: Purpose) -> str:
    raw = purpose.raw
    callers = ", ".join("true" if caller in raw["callers"] else "false"
                        for caller in ("person", "doorstep", "machine", "operator"))
    return (f"struct {purpose.camel} {{\n"
            f"    static constexpr std::size_t index = {index};\n"
            f"    static constexpr std::string_view name = \"{purpose.name}\";\n"
            f"    static constexpr Basis basis = Basis::{raw['basis']};\n"
            f"    static constexpr Choice choice = Choice::{raw['choice']};\n"
            f"    static constexpr Callers callers{{{callers}}};\n"
            f"    static constexpr bool honours_restriction = {str(raw.get('honours_restriction', True)).lower()};\n"
            f"{codes(raw)}}};\n")


def codes(raw: dict) -> str:
    """The closed list of reasons that an act under the purpose must name, where there is one."""
    named = ", ".join(f'"{code}"' for code in raw.get("codes", []))
    return f"    static constexpr std::array<std::string_view, {len(raw['codes'])}> codes{{{named}}};\n" if named else ""


def header(register: Register) -> str:
    out = [HEAD, "/// The closed list of reasons for which this system touches personal data.\nnamespace purpose {\n"]
    out += [purpose_type(i, p) for i, p in enumerate(register.purposes)]
    out.append("}  // namespace purpose\n\n/// The personal columns.\nnamespace field {\n")
    for table in register.tables.values():
        for column in table.fields:
            out.append(f"struct {field_type(table.name, column)} {{\n"
                       f"    static constexpr std::string_view column = \"{table.name}.{column}\";\n}};\n")
    out.append("}  // namespace field\n\n")
    names = ", ".join(f'"{p.name}"' for p in register.purposes)
    out.append(f"inline constexpr std::array<std::string_view, {len(register.purposes)}> purpose_names{{{names}}};\n\n")
    tables = ", ".join("true" if p.touches() else "false" for p in register.purposes)
    out.append("/// Whether the purpose touches a table at all. By index.\n"
               f"inline constexpr std::array<bool, {len(register.purposes)}> purpose_has_tables{{{tables}}};\n\n")
    out.append("/// Whether the law makes such a service keep traffic data for law enforcement (LEK 9:19).\n"
               "[[nodiscard]] constexpr bool must_keep_traffic(ServiceClass service_class) noexcept {\n"
               "    return service_class == ServiceClass::number_based_public;\n}\n\n")
    choices = ", ".join(f"Choice::{p.raw['choice']}" for p in register.purposes)
    out.append("/// In the order of purpose_names.\n"
               f"inline constexpr std::array<Choice, {len(register.purposes)}> purpose_choices{{{choices}}};\n\n")
    out.append(CONCEPT)
    for purpose in register.purposes:
        for table, column in register.personal_fields(purpose):
            out.append("template <>\ninline constexpr bool may_read<purpose::"
                       f"{purpose.camel}, field::{field_type(table, column)}> = true;\n")
    out.append("\n}  // namespace samtal\n")
    return "".join(out)


def facts(register: Register) -> dict:
    """What is decided when the program is built: the running server holds the file it reads against it."""
    return {
        "run_time": RUN_TIME, "limits": LIMITS,
        "kept_after_erasure": [{"holding": t.name, "category": t.category(), "why": t.kept}
                               for t in register.tables.values() if t.kept],
        "purposes": [{"name": p.name, "fields": [f"{t}.{c}" for t, c in register.personal_fields(p)],
                      "categories": register.categories(p), "in_effect": register.in_effect(p)}
                     for p in register.purposes],
    }


def raw_string(text: str, limit: int = 8000) -> str:
    """One C++ literal from pieces that every compiler takes."""
    pieces = [text[i:i + limit] for i in range(0, len(text), limit)] or [""]
    return "\n    ".join(f'R"~~({piece})~~"' for piece in pieces)


def source(register: Register, grants: str) -> str:
    return ("// Derived from config/processing.toml by tools/register. Not to be edited.\n"
            '#include "samtal/core/register_texts.hpp"\n\n#include "samtal/core/register.hpp"\n\n'
            "// Every compiler takes more than the 65,536 characters that the standard promises.\n"
            '#pragma GCC diagnostic ignored "-Woverlength-strings"\n\nnamespace samtal {\n\n'
            f"ServiceClass const register_service_class = ServiceClass::{register.raw['service_class']};\n\n"
            f"std::string_view const register_source =\n    {raw_string(register.path.read_text())};\n\n"
            f"std::string_view const register_facts =\n    {raw_string(json.dumps(facts(register), ensure_ascii=False))};\n\n"
            f"std::string_view const register_exports =\n    {raw_string(json.dumps(export.texts(register), ensure_ascii=False))};\n\n"
            f"std::string_view const register_expiry =\n    {raw_string(json.dumps(expiry.texts(register)))};\n\n"
            f"std::string_view const register_grants =\n    {raw_string(grants)};\n\n"
            "}  // namespace samtal\n")
