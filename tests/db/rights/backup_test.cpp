#include "erasure_fixture.hpp"
#include "planted_person.hpp"

#include <sodium.h>
#include <nlohmann/json.hpp>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <map>
#include <set>
#include <sstream>

namespace samtal::rights {
namespace {

using nlohmann::json;

/// A copy of the main database as pg_dump and psql make it, for the cluster's superuser.
class Backup {
public:
    explicit Backup(testing::TestDatabase& test) : test_{test}, name_{"backup_" + fresh_name()} {
        std::string const dump = test_.data + "/" + name_ + ".sql";
        sh(as_superuser("createdb") + " " + name_);
        sh(as_superuser("pg_dump") + " " + test_.main.name + " >" + dump);
        sh(as_superuser("psql") + " -Xq -v ON_ERROR_STOP=1 -d " + name_ + " <" + dump + " 2>&1 >/dev/null");
    }
    ~Backup() { sh(as_superuser("dropdb") + " " + name_); }
    Backup(Backup const&) = delete;
    Backup& operator=(Backup const&) = delete;

    std::vector<std::string> ask(std::string const& sql) const {
        std::istringstream answer{
            sh(as_superuser("psql") + " -XqAt -v ON_ERROR_STOP=1 -d " + name_ + " -c \"" + sql + "\"")};
        std::vector<std::string> lines;
        for (std::string line; std::getline(answer, line);) lines.push_back(line);
        return lines;
    }

private:
    static std::string fresh_name() {
        std::string name = fresh_id<MessageId>().text();
        std::ranges::replace(name, '-', '_');
        return name;
    }
    std::string as_superuser(std::string const& program) const {
        struct stat cluster{};
        if (stat((test_.data + "/postgres").c_str(), &cluster) != 0)
            throw std::runtime_error{"there is no cluster"};
        std::string const owner = getpwuid(cluster.st_uid)->pw_name;
        std::string const become = geteuid() == cluster.st_uid
                                       ? ""
                                       : fmt::format("setpriv --reuid={0} --regid={0} --init-groups ", owner);
        return fmt::format("cd / && {}{} -h {} -p {} -U {}", become, program, test_.main.host, test_.main.port,
                           owner);
    }
    static std::string sh(std::string const& command) {
        std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(command.c_str(), "r"), &pclose};
        std::string output;
        std::array<char, 65536> piece{};
        for (std::size_t got = 0; (got = fread(piece.data(), 1, piece.size(), pipe.get())) > 0;)
            output.append(piece.data(), got);
        if (pclose(pipe.release()) != 0) throw std::runtime_error{"failed: " + command + "\n" + output};
        return output;
    }

    testing::TestDatabase& test_;
    std::string name_;
};

/// Of a sealed column: how many values of one person's rows stand there, and how many of them open.
struct Opened {
    int values = 0;
    int readable = 0;
};

std::string bytes_of(std::string const& hex) {  // "\x…"
    std::string bytes(hex.size() / 2 - 1, '\0');
    sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), hex.data() + 2, hex.size() - 2,
                   nullptr, nullptr, nullptr);
    return bytes;
}

class BackupTest : public ErasureDatabaseTest {
protected:
    /// As whoever has the backup and today's key store would try: every sealed column that the schema names, of
    /// every row that leads to the person, bound to any id that the row holds.
    static std::map<std::string, Opened> try_everything(Backup const& backup, storage::ColumnCipher& opener,
                                                        UserId user) {
        std::map<std::string, Opened> found;
        for (std::string const& line : backup.ask("SELECT c.relname || '.' || a.attname FROM pg_description d "
                                                  "JOIN pg_class c ON c.oid = d.objoid JOIN "
                                                  "pg_attribute a ON (a.attrelid, a.attnum) = (d.objoid, "
                                                  "d.objsubid) WHERE d.classoid = 'pg_class'::regclass "
                                                  "AND d.description ~ '; cipher' AND c.relkind = 'r'")) {
            std::string const table = line.substr(0, line.find('.'));
            std::string const column = line.substr(line.find('.') + 1);
            for (std::string const& row : backup.ask(fmt::format(
                     "SELECT to_jsonb(t) FROM {} t WHERE to_jsonb(t)::text LIKE '%{}%' AND {} IS NOT NULL", table,
                     user.text(), column)))
                try_to_open(opener, user, line, json::parse(row), column, found[line]);
        }
        return found;
    }

private:
    static void try_to_open(storage::ColumnCipher& opener, UserId user, std::string const& name, json const& row,
                            std::string const& column, Opened& opened) {
        ++opened.values;
        std::string const sealed = bytes_of(row.at(column).get<std::string>());
        for (auto const& [key, value] : row.items()) {
            if (!value.is_string()) continue;
            auto const id = parse_uuid(value.get<std::string>());
            if (!id || !opener.open(user, {name, *id}, sealed)) continue;
            ++opened.readable;
            return;
        }
    }
};

TEST_F(BackupTest, I5_J1_OfTheErasedNothingIsReadableAndOfEverybodyElseAllIs) {
    PlantedPerson const gone{test, person()};
    PlantedPerson const stays{test, person()};
    Backup const backup{test};
    auto const before = try_everything(backup, cipher, gone.who.user);
    for (auto const& [column, opened] : before)
        EXPECT_EQ(opened.readable, opened.values) << column << ", the control";
    ASSERT_TRUE(erased(ask(gone.who)));

    auto const store = storage::make_pg_subject_keys(test.keystore, test.ring);  // as a server that starts today
    storage::ColumnCipher today{*store};
    for (storage::ColumnCipher* const opener : {&cipher, &today}) {
        auto const of_the_erased = try_everything(backup, *opener, gone.who.user);
        for (auto const& [column, opened] : of_the_erased) {
            EXPECT_GT(opened.values, 0) << column;
            EXPECT_EQ(opened.readable, 0) << column;
        }
        EXPECT_EQ(of_the_erased.size(), before.size());
        for (auto const& [column, opened] : try_everything(backup, *opener, stays.who.user))
            EXPECT_EQ(opened.readable, opened.values) << column;
    }
    // Each sealed column was among them, but for those under no person's key: two of duties with clocks of their
    // own, and a switch's.
    std::set<std::string> sealed;
    for (auto const& row :
         test.admin("SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = "
                    "a.attrelid WHERE col_description(a.attrelid, a.attnum) ~ '; cipher'"))
        sealed.insert(row[0].c_str());
    for (char const* const other :
         {"law_retention_calls.record", "recipient_notices.about", "switch_callbacks.credential"})
        sealed.erase(other);
    std::set<std::string> tried;
    for (auto const& [column, opened] : before)
        if (opened.values > 0) tried.insert(column);
    EXPECT_EQ(tried, sealed);
}

}  // namespace
}  // namespace samtal::rights
