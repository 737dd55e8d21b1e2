#pragma once

#include "archive.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace samtal::rights {

/// How a column stands in the database: as it is shown, as plain bytes, as a document that was signed (a line,
/// then JSON), or sealed over text, over JSON, or over sound, which becomes a file of its own.
enum class ColumnKind { plain, hex, document, cipher, cipher_json, cipher_wav };

struct ArchiveColumn {
    std::string name;
    ColumnKind kind;
    std::string label;  // for the readable page
};

struct Withheld {
    std::string name;  // of a column, or of a table
    std::string label;
    std::string reason;
};

/// One table of the data map, as it stands in an archive.
struct ArchiveTable {
    std::string name;
    std::string title;
    std::string sealed_in;  // the table whose name its ciphers are bound to
    std::vector<ArchiveColumn> columns;
    std::vector<Withheld> withheld;
};

/// What an archive holds, in one view and one language.
struct ArchivePlan {
    std::string language;
    processing::Register in_force;  // why, for whom and how long
    std::vector<ArchiveTable> tables;
    std::vector<Withheld> tables_withheld;
};

/// Which tables and columns was decided when the program was built.
[[nodiscard]] ArchivePlan archive_plan(processing::Register in_force, View, std::string const& language);

}  // namespace samtal::rights
