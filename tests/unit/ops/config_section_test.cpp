#include "samtal/ops/config_section.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>

namespace samtal::ops {
namespace {

constexpr auto text = R"([server]
address = "127.0.0.1"
port = 8080
secure = true
origins = ["https://a.example", "https://b.example"]
)";

/// What a reading refuses, or nothing.
std::string refusal(std::string_view toml, std::function<void(ConfigFile&)> const& read) {
    try {
        auto file = ConfigFile::parse(toml, "x.toml");
        read(file);
        file.finish();
    } catch (ConfigError const& e) {
        return e.what();
    }
    return {};
}

/// A variable for one test.
class Variable {
public:
    Variable(char const* name, char const* value) : name_{name} { setenv(name, value, 1); }
    ~Variable() { unsetenv(name_); }
    Variable(Variable const&) = delete;
    Variable& operator=(Variable const&) = delete;

private:
    char const* name_;
};

struct Values {
    std::string address = "::1";
    unsigned short port = 1;
    bool secure = false;
    std::vector<std::string> origins;

    void read(ConfigFile& file) {
        auto section = file.section("server");
        section.read("address", address)
            .read("port", port, static_cast<unsigned short>(1), static_cast<unsigned short>(65'535))
            .read("secure", secure)
            .read("origins", origins);
        section.finish();
    }
};

std::string refusal_of(std::string_view toml) {
    return refusal(toml, [](ConfigFile& file) { Values{}.read(file); });
}

TEST(ConfigSection, ReadsEachTypeAndKeepsDefaults) {
    Values values;
    auto file = ConfigFile::parse(text, "x.toml");
    values.read(file);
    EXPECT_EQ(values.address, "127.0.0.1");
    EXPECT_EQ(values.port, 8080);
    EXPECT_TRUE(values.secure);
    EXPECT_EQ(values.origins, (std::vector<std::string>{"https://a.example", "https://b.example"}));
    Values defaults;
    auto empty = ConfigFile::parse("", "x.toml");
    defaults.read(empty);
    EXPECT_EQ(defaults.address, "::1");
}

TEST(ConfigSection, RefusesWithFileLineAndKey) {
    EXPECT_EQ(refusal_of("[server]\nport = 0\n"), "x.toml:2: server.port: must be 1 to 65535");
    EXPECT_EQ(refusal_of("[server]\nport = \"8080\"\n"), "x.toml:2: server.port: must be an integer");
    EXPECT_EQ(refusal_of("[server]\nport = 8080.0\n"), "x.toml:2: server.port: must be an integer");
    EXPECT_EQ(refusal_of("[server]\nsecure = 1\n"), "x.toml:2: server.secure: must be true or false");
    EXPECT_EQ(refusal_of("[server]\naddress = 1\n"), "x.toml:2: server.address: must be a string");
    EXPECT_EQ(refusal_of("[server]\norigins = \"x\"\n"), "x.toml:2: server.origins: must be a list of strings");
    EXPECT_EQ(refusal_of("[server]\norigins = [1]\n"), "x.toml:2: server.origins: must be a list of strings");
    EXPECT_EQ(refusal_of("[server]\n\nprot = 1\n"), "x.toml:3: server.prot: unknown key");
    EXPECT_EQ(refusal_of("[sevrer]\n"), "x.toml:1: sevrer: unknown key");
    EXPECT_EQ(refusal_of("server = 1\n"), "x.toml:1: server: must be a table");
    EXPECT_EQ(refusal_of("[server\n"), "x.toml:1: is no TOML");
}

TEST(ConfigSection, LetsTheEnvironmentGoFirst) {
    Variable const address{"SAMTAL_SERVER_ADDRESS", "0.0.0.0"};
    Variable const port{"SAMTAL_SERVER_PORT", "81"};
    Variable const secure{"SAMTAL_SERVER_SECURE", "false"};
    Variable const origins{"SAMTAL_SERVER_ORIGINS", "a,b"};
    Values values;
    auto file = ConfigFile::parse(text, "x.toml");
    values.read(file);
    EXPECT_EQ(values.address, "0.0.0.0");
    EXPECT_EQ(values.port, 81);
    EXPECT_FALSE(values.secure);
    EXPECT_EQ(values.origins, (std::vector<std::string>{"a", "b"}));
}

TEST(ConfigSection, NamesTheVariableThatIsWrongAndNotItsValue) {
    {
        Variable const port{"SAMTAL_SERVER_PORT", "8080x"};
        EXPECT_EQ(refusal_of(text), "SAMTAL_SERVER_PORT: must be an integer");
    }
    {
        Variable const port{"SAMTAL_SERVER_PORT", "70000"};
        EXPECT_EQ(refusal_of(text), "SAMTAL_SERVER_PORT: must be 1 to 65535");
    }
    Variable const secure{"SAMTAL_SERVER_SECURE", "yes"};
    EXPECT_EQ(refusal_of(text), "SAMTAL_SERVER_SECURE: must be true or false");
}

TEST(ConfigSection, RefusesARuleOfItsReader) {
    auto const rule = [](ConfigFile& file) { file.section("server").refuse("key_file", "must be given"); };
    EXPECT_EQ(refusal("\n[server]\n", rule), "x.toml:2: server.key_file: must be given");
    EXPECT_EQ(refusal("\n[server]\nkey_file = \"\"\n", rule), "x.toml:3: server.key_file: must be given");
}

TEST(ConfigFile, SaysThatAFileCannotBeRead) {
    EXPECT_THROW((void)ConfigFile::load("/nonexistent/server.toml"), ConfigError);
    EXPECT_THROW((void)ConfigFile::load("/"), ConfigError);
}

}  // namespace
}  // namespace samtal::ops
