#include "archive.hpp"
#include "archive_csv.hpp"
#include "archive_file.hpp"
#include "archive_html.hpp"
#include "archive_manifest.hpp"
#include "pg_archive_repository.hpp"
#include "samtal/contacts/vcard.hpp"
#include "samtal/register/choice.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <list>

namespace samtal::rights {

namespace asio = boost::asio;

namespace {

/// One archive while it is made. File names come from the register, never from data.
class Making {
public:
    Making(PgArchiveRepository& rows, RightsPermit const& permit, ArchiveSubject subject, View view,
           ArchivePlan plan, Timestamp made)
        : rows_{rows},
          permit_{permit},
          subject_{std::move(subject)},
          view_{view},
          plan_{std::move(plan)},
          made_{made} {}

    Task<Result<std::string>> zip() {
        html_.write(html_head(plan_, view_, made_));
        for (ArchiveTable const& table : plan_.tables)
            if (auto const done = co_await add(table); !done) co_return done.error();
        html_.write(html_foot(plan_));
        html_.finish();
        std::string const listed = encode_manifest(plan_, view_, made_, files_);
        ArchiveFile& manifest = files_.emplace_front("manifest.json");
        manifest.write(listed);
        manifest.finish();
        co_return zipped(std::move(files_), made_);
    }

private:
    Task<Result<void>> add(ArchiveTable const& table) {
        ArchiveFile& json = files_.emplace_back("data/" + table.name + ".jsonl");
        ArchiveFile& csv = files_.emplace_back("data/" + table.name + ".csv");
        // Each act of consent is its own receipt.
        ArchiveFile* const receipts =
            table.name == "consent_events" ? &files_.emplace_back("receipts.jsonl") : nullptr;
        ArchiveFile* const cards = table.name == "contacts" ? &files_.emplace_back("contacts.vcf") : nullptr;
        csv.write(csv_header(table));
        html_.write(html_table(table));
        std::optional<std::string> after;
        do {
            auto const page = co_await rows_.page(permit_, subject_, table, after);
            if (!page) co_return page.error();
            for (ArchiveRow const& row : page->rows) {
                json.write_row(row.json + "\n");
                if (receipts != nullptr) receipts->write_row(receipt_of(row) + "\n");
                if (cards != nullptr) cards->write_row(contacts::vcard_of(part_of(row, "card")));
                for (auto const& [path, content] : row.files) add_file(path, content);
                csv.write_row(csv_line(row.cells));
                html_.write_row(html_row(row));
            }
            after = page->next;
        } while (after);
        html_.write(html_table_end(plan_, table, json.rows()));
        for (ArchiveFile* const file : {&json, &csv, receipts, cards})
            if (file != nullptr) file->finish();
        co_return Result<void>{};
    }

    void add_file(std::string const& path, std::string_view content) {
        ArchiveFile& file = files_.emplace_back(path);
        file.write(content);
        file.finish();
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
    std::list<ArchiveFile> files_;
    ArchiveFile& html_ = files_.emplace_back("index.html");
};

class ArchiveService final : public Archive {
public:
    explicit ArchiveService(ArchiveParts parts) : parts_{std::move(parts)}, rows_{parts_.db, parts_.cipher} {}
    ~ArchiveService() override { thread_.join(); }

    Task<Result<std::string>> build(RightsPermit const& permit, Principal who, View view,
                                    std::string language) override {
        if (language != "sv" && language != "en") co_return Error{Errc::invalid, "must be sv or en", "language"};
        if (permit.kind() == ActorKind::person && permit.actor() != who.user)
            co_return Error{Errc::denied, "only the person themselves"};
        co_return co_await asio::co_spawn(thread_, make(permit, who, view, std::move(language)),
                                          asio::use_awaitable);
    }

private:
    Task<Result<std::string>> make(RightsPermit const& permit, Principal who, View view, std::string language) {
        auto pseudonym = co_await rows_.pseudonym_of(permit, who.user);
        if (!pseudonym) co_return pseudonym.error();
        auto const chat = co_await rows_.chat_retention(permit, who.organisation);
        if (!chat) co_return chat.error();
        auto holds = processing::with_choice(parts_.in_force(), purpose::ChatMessaging::name, *chat);
        Making making{rows_,
                      permit,
                      {who.organisation, who.user, *std::move(pseudonym), view == View::portability},
                      view,
                      archive_plan(std::move(holds), view, language),
                      parts_.clock()};
        co_return co_await making.zip();
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
