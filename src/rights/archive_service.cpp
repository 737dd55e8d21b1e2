#include "archive.hpp"
#include "archive_html.hpp"
#include "archive_manifest.hpp"
#include "archive_zip.hpp"
#include "pg_archive_repository.hpp"
#include "samtal/contacts/vcard.hpp"
#include "samtal/core/csv.hpp"
#include "samtal/register/choice.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace samtal::rights {

namespace asio = boost::asio;

namespace {

/// One archive while it is made. File names come from the register, never from data. A table is read once for each
/// file that shows it: to read it once, all its files would have to grow at the same time, in memory.
class Making {
public:
    Making(PgArchiveRepository& rows, RightsPermit const& permit, ArchiveSubject subject, View view,
           ArchivePlan plan, Timestamp made, TakePiece take)
        : rows_{rows},
          permit_{permit},
          subject_{std::move(subject)},
          view_{view},
          plan_{std::move(plan)},
          made_{made},
          take_{std::move(take)},
          zip_{made} {}

    Task<Result<void>> run() {
        if (auto const done = co_await add_page(); !done) co_return done.error();
        for (ArchiveTable const& table : plan_.tables)
            if (auto const done = co_await add(table); !done) co_return done.error();
        std::string const listed = encode_manifest(plan_, view_, made_, zip_.files());
        zip_.begin("manifest.json");
        zip_.write(listed);
        zip_.end();
        zip_.close();
        co_return co_await hand_over(1);
    }

private:
    using Show = std::function<std::string(ArchiveRow const&)>;

    Task<Result<void>> add_page() {
        zip_.begin("index.html");
        zip_.write(html_head(plan_, view_, made_));
        for (ArchiveTable const& table : plan_.tables) {
            zip_.write(html_table(table));
            auto const rows = co_await write_rows(table, html_row);
            if (!rows) co_return rows.error();
            zip_.write(html_table_end(plan_, table, *rows));
        }
        zip_.write(html_foot(plan_));
        zip_.end();
        co_return Result<void>{};
    }

    Task<Result<void>> add(ArchiveTable const& table) {
        std::string const path = "data/" + table.name;
        auto done = co_await add_file(path + ".jsonl", "", table, [](auto const& row) { return row.json + "\n"; });
        if (done)
            done = co_await add_file(path + ".csv", csv_header(table), table,
                                     [](auto const& row) { return csv_line(row.cells); });
        // Each act of consent is its own receipt.
        if (done && table.name == "consent_events")
            done = co_await add_file("receipts.jsonl", "", table,
                                     [](auto const& row) { return receipt_of(row) + "\n"; });
        if (done && table.name == "contacts")
            done = co_await add_file("contacts.vcf", "", table,
                                     [](auto const& row) { return contacts::vcard_of(part_of(row, "card")); });
        if (done && std::ranges::count(table.columns, ColumnKind::cipher_wav, &ArchiveColumn::kind) > 0)
            done = co_await add_sounds(table);
        co_return done;
    }

    Task<Result<void>> add_file(std::string path, std::string head, ArchiveTable const& table, Show show) {
        zip_.begin(std::move(path));
        zip_.write(head);
        auto const rows = co_await write_rows(table, std::move(show));
        if (!rows) co_return rows.error();
        zip_.end();
        co_return Result<void>{};
    }

    /// How many there were.
    Task<Result<std::uint64_t>> write_rows(ArchiveTable const& table, Show show) {
        std::uint64_t count = 0;
        auto const done = co_await each_row(table, [&](ArchiveRow const& row) {
            zip_.write_row(show(row));
            ++count;
        });
        if (!done) co_return done.error();
        co_return count;
    }

    Task<Result<void>> add_sounds(ArchiveTable const& table) {
        co_return co_await each_row(table, [this](ArchiveRow const& row) {
            for (auto const& [path, content] : row.files) {
                zip_.begin(path);
                zip_.write(content);
                zip_.end();
            }
        });
    }

    Task<Result<void>> each_row(ArchiveTable const& table, std::function<void(ArchiveRow const&)> show) {
        std::optional<std::string> after;
        do {
            auto const page = co_await rows_.page(permit_, subject_, table, after);
            if (!page) co_return page.error();
            std::ranges::for_each(page->rows, show);
            if (auto const taken = co_await hand_over(Archive::piece_bytes); !taken) co_return taken.error();
            after = page->next;
        } while (after);
        co_return Result<void>{};
    }

    /// Pieces for as long as at least so much waits.
    Task<Result<void>> hand_over(std::size_t least) {
        while (zip_.waiting() >= least)
            if (auto const taken = co_await take_(zip_.take(Archive::piece_bytes)); !taken)
                co_return taken.error();
        co_return Result<void>{};
    }

    static std::string csv_header(ArchiveTable const& table) {
        std::vector<std::optional<std::string>> names;
        for (ArchiveColumn const& column : table.columns) names.emplace_back(column.name);
        return csv_line(names);
    }

    PgArchiveRepository& rows_;
    RightsPermit const& permit_;
    ArchiveSubject subject_;
    View view_;
    ArchivePlan plan_;
    Timestamp made_;
    TakePiece take_;
    ArchiveZip zip_;
};

class ArchiveService final : public Archive {
public:
    explicit ArchiveService(ArchiveParts parts) : parts_{std::move(parts)}, rows_{parts_.db, parts_.cipher} {}
    ~ArchiveService() override { thread_.join(); }

    Task<Result<void>> build(RightsPermit const& permit, Principal who, View view, std::string language,
                             TakePiece take) override {
        if (language != "sv" && language != "en") co_return Error{Errc::invalid, "must be sv or en", "language"};
        if (permit.kind() == ActorKind::person && permit.actor() != who.user)
            co_return Error{Errc::denied, "only the person themselves"};
        co_return co_await asio::co_spawn(thread_, make(permit, who, view, std::move(language), std::move(take)),
                                          asio::use_awaitable);
    }

private:
    Task<Result<void>> make(RightsPermit const& permit, Principal who, View view, std::string language,
                            TakePiece take) {
        auto pseudonym = co_await rows_.pseudonym_of(permit, who.user);
        if (!pseudonym) co_return pseudonym.error();
        auto const chosen = co_await rows_.chosen_periods(permit, who.organisation);
        if (!chosen) co_return chosen.error();
        auto holds = processing::with_choice(parts_.in_force(), *chosen);
        Making making{rows_,
                      permit,
                      {who.organisation, who.user, *std::move(pseudonym), view == View::portability},
                      view,
                      archive_plan(std::move(holds), view, language),
                      parts_.clock(),
                      std::move(take)};
        co_return co_await making.run();
    }

    ArchiveParts parts_;
    PgArchiveRepository rows_;
    asio::thread_pool thread_{1};
};

}  // namespace

std::unique_ptr<Archive> make_archive(ArchiveParts parts) {
    return std::make_unique<ArchiveService>(std::move(parts));
}

}  // namespace samtal::rights
