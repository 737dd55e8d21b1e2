#include "samtal/audit/audit_log.hpp"

#include "leaf_codec.hpp"
#include "pg_audit_log_repository.hpp"
#include "verifier.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <fstream>
#include <stdexcept>

namespace samtal::audit {

namespace {

/// Runs the walk to its end on a loop of its own.
Extent walk_all(storage::Database& db, PermitIssuer& permits, LogVisitor& visitor) {
    PgAuditLogRepository log{db};
    auto const permit = permits.permit_operator<purpose::AuditTrail>(OrganisationId::nil());
    boost::asio::io_context loop;
    std::optional<Result<Extent>> extent;
    boost::asio::co_spawn(loop, walk(log, permit, visitor),
                          [&](std::exception_ptr const& failure, Result<Extent> found) {
                              if (failure) std::rethrow_exception(failure);
                              extent.emplace(std::move(found));
                          });
    loop.run();
    if (!*extent) throw Unavailable{"the database is busy"};
    return **extent;
}

std::optional<std::string> note_of(std::optional<std::string> const& kept) {
    if (!kept) return std::nullopt;
    return note_in(*kept);
}

/// Counts, so that a line is a leaf by its place.
class FileReader {
public:
    explicit FileReader(Verifier& verifier) : verifier_{verifier} {}

    /// False for a line that no export would write.
    bool take(std::string line) {
        auto const parsed = parse_line(std::move(line));
        if (!parsed) return false;
        if (auto const* const leaf = std::get_if<std::string>(&*parsed)) {
            verifier_.add(NumberedLeaf{extent_.numbered++, *leaf});
        } else if (auto const* const gone = std::get_if<PrunedLine>(&*parsed)) {
            verifier_.add(NumberedLeaf{extent_.numbered++, {}, gone->hash});
        } else if (auto const* const statement = std::get_if<StoredPruning>(&*parsed)) {
            verifier_.add(*statement);
        } else {
            auto const& checkpoint = std::get<StoredCheckpoint>(*parsed);
            extent_.signed_ = checkpoint.size;
            verifier_.add(checkpoint);
        }
        return true;
    }
    [[nodiscard]] Extent const& extent() const noexcept { return extent_; }

private:
    Verifier& verifier_;
    Extent extent_;
};

class Exporter final : public LogVisitor {
public:
    explicit Exporter(std::ofstream& out) : out_{out} {}
    void add(NumberedLeaf const& leaf) override {
        out_ << (leaf.pruned.empty() ? leaf.bytes : export_line(PrunedLine{leaf.pruned})) << '\n';
    }
    void add(StoredPruning const& statement) override { out_ << export_line(statement) << '\n'; }
    void add(StoredCheckpoint const& checkpoint) override { out_ << export_line(checkpoint) << '\n'; }
    [[nodiscard]] bool done() const override { return !out_; }

private:
    std::ofstream& out_;
};

}  // namespace

Verdict verify_database(storage::Database& db, PermitIssuer& permits, std::string const& public_key,
                        std::optional<std::string> const& kept) {
    Verifier verifier{public_key, note_of(kept)};
    verifier.finish(walk_all(db, permits, verifier));
    return {verifier.size(), verifier.problem()};
}

Verdict verify_file(std::string const& path, std::string const& public_key,
                    std::optional<std::string> const& kept) {
    std::ifstream in{path};
    if (!in) throw std::runtime_error{path + ": cannot be read"};
    Verifier verifier{public_key, note_of(kept)};
    FileReader reader{verifier};
    for (std::string line; !verifier.done() && std::getline(in, line);)
        if (!reader.take(std::move(line)))
            return {verifier.size(), "a line of the file is not as it was exported"};
    verifier.finish(reader.extent());
    return {verifier.size(), verifier.problem()};
}

std::int64_t export_log(storage::Database& db, PermitIssuer& permits, std::string const& path) {
    int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0) throw std::runtime_error{path + ": exists already, or cannot be written"};
    ::close(file);
    std::ofstream out{path};
    Exporter exporter{out};
    Extent const extent = walk_all(db, permits, exporter);
    out.close();
    if (!out) throw std::runtime_error{path + ": cannot be written"};
    return extent.signed_;
}

}  // namespace samtal::audit
