#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::consent {

/// A brand (white label): what its people see instead of the operator's own name.
struct Brand {
    std::string id;  // file name in config/brands
    std::string name;
    std::string default_language = "sv";
};

/// One purpose as the person is told about it.
struct PurposeText {
    std::string name;
    bool opt_in;
    bool off_by_gpc;           // Sec-GPC: 1 shows it as not given
    std::int64_t minimum_age;  // whom a guardian must speak for below it; 0: nobody
    std::string terms_hash;    // 32 bytes: what a consent binds to
};

/// The notice of GDPR Art. 13 in the languages of the register, rendered from it once at start.
class Notices {
public:
    explicit Notices(std::vector<Brand> brands);

    struct Text {
        std::string html;
        std::string text;
    };
    /// Nothing for a language that the register has no texts in. An unknown brand gets the first one's name.
    [[nodiscard]] std::optional<Text> text(std::string_view brand, std::string_view language) const;
    /// Changes with material changes only.
    [[nodiscard]] std::string const& current_version() const noexcept { return version_; }
    [[nodiscard]] std::string const& controller() const noexcept { return controller_; }
    /// All purposes in the register's order; nullptr for an unknown one.
    [[nodiscard]] std::vector<PurposeText> const& purposes() const noexcept { return purposes_; }
    [[nodiscard]] PurposeText const* purpose(std::string_view name) const noexcept;
    [[nodiscard]] bool is_opt_in(std::string_view name) const noexcept;
    /// 32 bytes; empty for an unknown purpose.
    [[nodiscard]] std::string terms_hash(std::string_view purpose) const;
    [[nodiscard]] std::vector<Brand> const& brands() const noexcept { return brands_; }

private:
    std::vector<Brand> brands_;
    std::string version_;
    std::string controller_;
    std::vector<PurposeText> purposes_;
    std::map<std::pair<std::string, std::string>, Text> texts_;  // brand, language
};

}  // namespace samtal::consent
